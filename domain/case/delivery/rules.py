"""Rules of the delivery track.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.
"""

from domain.case.delivery import events as e
from domain.case.delivery.verbs import DeliveryVerbs
from domain.documents.kinds import DocumentKind
from domain.kernel.lifecycle import Attempt
from domain.values.staff import is_among


def a_decision_was_made(case: DeliveryVerbs, _: Attempt) -> bool:
    """还没有作出准予或者不予准予的决定，没有可以送达、更正的决定书"""
    return case.decided is not None


def something_is_amended(case: DeliveryVerbs, event: e.DecisionCorrected) -> bool:
    """更正后的决定文书与原来的完全相同，不需要更正"""
    return event.document != case.decision_document


def only_a_grant_issues_a_licence(case: DeliveryVerbs, event: e.DecisionCorrected) -> bool:
    """不予准予的决定没有核发证照，不填写有效期和证照文件"""
    return event.corrects is DocumentKind.GRANT or not event.document.is_of_a_licence


def another_approves_the_amendment(case: DeliveryVerbs, event: e.DecisionCorrected) -> bool:
    """批准更正的人须是录入更正的人员以外的人"""
    return not is_among(event.approved_by, (event.by.person,))


# the rules as the tables name them --------------------------------------------------------------

DECIDED = (a_decision_was_made,)
AMENDMENT_IS_SOUND = (
    something_is_amended,
    only_a_grant_issues_a_licence,
    another_approves_the_amendment,
)
