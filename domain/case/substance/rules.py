"""Rules of the substantive check.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.
"""

from domain.case.substance import events as e
from domain.case.substance.verbs import SubstanceVerbs
from domain.kernel.lifecycle import Attempt
from domain.values.staff import is_among


def item_needs_a_check(case: SubstanceVerbs, _: Attempt) -> bool:
    """该事项的条款没有要求实质核查，不得另加核查，请直接作出决定（〔依据·实质核查〕）"""
    return case.terms.substantive_check


def two_officers_check(case: SubstanceVerbs, event: e.SubstanceChecked) -> bool:
    """实质核查须由两名以上工作人员进行，请填写录入人员以外的另一名核查人员（〔依据·实质核查〕）"""
    return not is_among(event.colleague, (event.by.person,))


def substance_is_checked(case: SubstanceVerbs, _: Attempt) -> bool:
    """该事项须先由两名以上工作人员核查材料的实质内容，请先办理实质核查（〔依据·实质核查〕）"""
    return not case.terms.substantive_check or case.checked is not None


def substance_is_true(case: SubstanceVerbs, _: Attempt) -> bool:
    """实质核查认定材料内容不真实，不能准予，请不予准予，情况有变化的重新核查（〔依据·实质核查〕）"""
    return case.checked is None or case.checked.found_true


# the rules as the tables name them --------------------------------------------------------------

CHECKED_AND_TRUE = (substance_is_checked, substance_is_true)
