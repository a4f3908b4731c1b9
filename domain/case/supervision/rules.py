"""Rules of the supervision track.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.  The numbers (I4 …) are the invariants listed in domain/README.md.
"""

from domain.case.supervision import events as e
from domain.case.supervision.verbs import SupervisionVerbs
from domain.case.values import BreachKind, RefusalProof, Shortfall
from domain.kernel.lifecycle import Attempt
from domain.values.staff import is_among, person_key

# inspection --------------------------------------------------------------------------------------


def decider_does_not_inspect(case: SupervisionVerbs, attempt: Attempt) -> bool:
    """作出决定的人员不得参与同一案件的核查和整改认定（I17）"""
    return case.decided_by is None or not is_among(attempt.by.person, {case.decided_by})


def overdue_only_after_the_due_date(case: SupervisionVerbs, event: e.BreachFound) -> bool:
    """没有已过补交期限的材料，不能认定逾期未补齐"""
    if event.kind is not BreachKind.SUPPLEMENT_OVERDUE:
        return True
    return any(material.due.passed(event.day) for material in case.outstanding)


def inadequate_only_after_a_review(case: SupervisionVerbs, event: e.BreachFound) -> bool:
    """没有经审核退回而尚未补正的容缺材料，不能认定补正材料不合格（I8）"""
    if event.kind is not BreachKind.SUPPLEMENT_INADEQUATE:
        return True
    return any(material.is_inadequate for material in case.outstanding)


def all_supplied(case: SupervisionVerbs, _: Attempt) -> bool:
    """还有容缺材料没有补齐"""
    return not case.outstanding


# rectification -----------------------------------------------------------------------------------


def overdue_only_after_the_order(case: SupervisionVerbs, event: e.RectificationFailed) -> bool:
    """整改期限未到，不能认定逾期未整改"""
    overdue = case.rectify_by is not None and case.rectify_by.passed(event.day)
    return event.shortfall is not Shortfall.OVERDUE or overdue


def refusal_is_evidenced(case: SupervisionVerbs, event: e.RectificationRefused) -> bool:
    """沉默不等于拒绝：须有当事人书面材料，或者两名以上执法人员的记录"""
    by_two = event.evidence.proof is RefusalProof.RECORDED_BY_TWO
    return not by_two or len(set(map(person_key, event.evidence.officers))) > 1


# the rules as the tables name them --------------------------------------------------------------

INSPECTED_BY_ANOTHER = (decider_does_not_inspect,)
BREACH_IS_SHOWN = (overdue_only_after_the_due_date, inadequate_only_after_a_review)
KEPT_AND_COMPLETE = (decider_does_not_inspect, all_supplied)
