"""Rules of the identity track.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.
"""

from domain.case.identity import events as e
from domain.case.identity.values import Whose
from domain.case.identity.verbs import IdentityVerbs
from domain.kernel.lifecycle import Attempt
from domain.values.parties import Organisation
from domain.values.staff import is_among


def name_was_given_by_another(case: IdentityVerbs, attempt: Attempt) -> bool:
    """更正须由登记现有姓名（名称）的人员以外的另一名工作人员办理"""
    given_by = case.name_given_by
    return given_by is None or not is_among(attempt.by.person, (given_by,))


def something_is_corrected(case: IdentityVerbs, event: e.IdentityCorrected) -> bool:
    """更正后的姓名（名称）与登记的完全相同，不需要更正"""
    who = case.applicant
    if event.whose is Whose.GUARDIAN:
        return True  # the register knows the names
    return not isinstance(who, Organisation) or event.name not in (None, who.name)


def no_person_is_named(case: IdentityVerbs, event: e.IdentityCorrected) -> bool:
    """自然人的姓名只存入个人信息库，不写入办理记录"""
    return isinstance(case.applicant, Organisation) or (event.former, event.name) == (None, None)


def the_guardian_is_known(case: IdentityVerbs, event: e.IdentityCorrected) -> bool:
    """本案没有登记监护人，没有监护人的姓名可以更正"""
    return event.whose is not Whose.GUARDIAN or case.guardian is not None


# the rules as the tables name them --------------------------------------------------------------

BY_ANOTHER = (name_was_given_by_another,)
CORRECTION_IS_SOUND = (something_is_corrected, no_person_is_named, the_guardian_is_known)
