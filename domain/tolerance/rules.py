"""Named rules of a tolerance review.  A rule's docstring is the reason shown when it is broken.

The requester, the checker, the deciders and the officer concerned are different people
(公务员法 76 requires recusal; the city sets the rest).
"""

from domain.catalogue.terms import CommitmentType
from domain.kernel.lifecycle import Attempt
from domain.tolerance import events as e
from domain.tolerance.grounds import (
    DeferredHandlingError,
    LawAtTheTime,
    Outcome,
)
from domain.tolerance.state import ReviewState
from domain.tolerance.values import AuthorityKind, Officer, Ruling
from domain.values.staff import is_among

Decided = e.Exempted | e.Mitigated | e.NotExempted
Settled = e.ReconsiderationSettled | e.AppealSettled


# asking -----------------------------------------------------------------------------------------


def its_cases_are_deferred(_: ReviewState, event: e.ToleranceRequested) -> bool:
    """这一情形只适用于容缺受理型案件（〔依据·方案·容缺失误〕）"""
    if not isinstance(event.ground, DeferredHandlingError):
        return True
    kinds = {case.id: case.kind for case in event.cases}
    deferred = CommitmentType.DEFERRED_MATERIALS
    return all(kinds.get(link.id) is deferred for link in event.ground.cases)


def each_is_linked_once(_: ReviewState, event: e.ToleranceRequested) -> bool:
    """同一案件或者事项只能关联一次"""
    cases, items = {case.id for case in event.cases}, {item.code for item in event.matters}
    return (len(cases), len(items)) == (len(event.cases), len(event.matters))


# checking ---------------------------------------------------------------------------------------


def checked_outside_the_chain(review: ReviewState, attempt: Attempt) -> bool:
    """核查单位不能是申请单位、所涉单位或者它们的上级单位"""
    chain = {department.code for department in review.requested.superiors}
    return attempt.by.department.code not in review.departments | chain


def checked_by_another(review: ReviewState, attempt: Attempt) -> bool:
    """提出申请的人员、所涉人员和他的直接上级不得核查"""
    return not is_among(attempt.by.person, review.involved)


# deciding ---------------------------------------------------------------------------------------


def recorded_by_another(review: ReviewState, attempt: Attempt) -> bool:
    """所涉单位和人员、他的直接上级以及提出申请、核查的人员，不得记录决定"""
    outside = attempt.by.department.code not in review.departments
    return outside and not is_among(attempt.by.person, review.barred)


def decided_by_others(review: ReviewState, event: Decided) -> bool:
    """所涉人员、他的直接上级以及提出申请、核查的人员，不得参与决定"""
    return not any(is_among(each, review.barred) for each in event.decision.deciders)


def authority_is_competent(_: ReviewState, event: Decided) -> bool:
    """容错的决定应当由任免机关或者纪检监察机关作出"""
    return event.decision.kind in (AuthorityKind.APPOINTING, AuthorityKind.DISCIPLINE)


def authority_is_another(review: ReviewState, event: Decided) -> bool:
    """申请单位或者所涉单位不能自己作出决定"""
    return event.decision.authority.code not in review.departments


def facts_are_confirmed(review: ReviewState, _: Attempt) -> bool:
    """核查没有确认该情形的事实，不能免责或者从轻"""
    return review.checked is not None and review.checked.check.facts_confirmed


def all_four_conditions_are_met(review: ReviewState, _: Attempt) -> bool:
    """四项条件没有全部满足，不能免责（〔依据·容错免责〕）"""
    return review.checked is not None and review.checked.check.conditions.all_met


def no_more_than_the_law_said(review: ReviewState, _: Attempt) -> bool:
    """事发当时的规定只是从轻追究，不能免责"""
    ground = review.requested.ground
    return not isinstance(ground, LawAtTheTime) or ground.provides is Outcome.EXEMPTED


def refusal_is_signed_off(review: ReviewState, event: e.NotExempted) -> bool:
    """四项条件全部满足而不予免责的，须有另一名上级签批（〔依据·容错免责〕）"""
    if review.checked is None or not review.checked.check.all_four_met:
        return True
    involved = review.barred | {*event.decision.deciders, event.by.person}
    return event.sign_off is not None and not is_among(event.sign_off.person, involved)


# notifying --------------------------------------------------------------------------------------


def served_on_whom_it_concerns(review: ReviewState, event: e.DecisionNotified) -> bool:
    """决定应当送达所涉人员本人"""
    concerned = review.requested.concerned
    return not isinstance(concerned, Officer) or is_among(event.recipient, {concerned.person})


# asking for another look ------------------------------------------------------------------------


def still_time_to_reconsider(review: ReviewState, attempt: Attempt) -> bool:
    """申请复核的期限已过（〔依据·公务员复核申诉〕：三十日）"""
    return review.reconsider_by is not None and not review.reconsider_by.passed(attempt.today)


def still_time_to_appeal(review: ReviewState, attempt: Attempt) -> bool:
    """申诉的期限已过（〔依据·公务员复核申诉〕：三十日，复核后十五日）"""
    return review.appeal_by is not None and not review.appeal_by.passed(attempt.today)


def ruled_by_others(review: ReviewState, event: Settled) -> bool:
    """所涉人员、他的直接上级以及提出申请、核查的人员，不得参与复核和申诉处理"""
    return not any(is_among(each, review.barred) for each in event.ruling.decision.deciders)


def changed_for_the_better(review: ReviewState, event: Settled) -> bool:
    """复核、申诉改变原决定的，只能有利于所涉人员或者单位，不得加重（〔依据·复核申诉的处理〕）"""
    before, after = review.outcome, event.ruling.changed_to
    return after is None or (before is not None and after.burden < before.burden)


def reconsidered_by_the_same(review: ReviewState, event: e.ReconsiderationSettled) -> bool:
    """复核由原处理机关作出（〔依据·公务员复核申诉〕）"""
    return _authority(event.ruling) == review.decided_by


def appeal_goes_to_another(review: ReviewState, event: e.AppealSettled) -> bool:
    """申诉应当由公务员主管部门或者上一级机关处理，不能由原处理机关处理（〔依据·公务员复核申诉〕）"""
    return _authority(event.ruling) not in review.departments | {review.decided_by}


def _authority(ruling: Ruling) -> str:
    return ruling.decision.authority.code


# the rules as the table names them --------------------------------------------------------------

REQUEST_IS_SOUND = (its_cases_are_deferred, each_is_linked_once)
CHECKED_FROM_OUTSIDE = (checked_outside_the_chain, checked_by_another)
MAY_BE_EXEMPTED = (
    recorded_by_another,
    facts_are_confirmed,
    all_four_conditions_are_met,
    no_more_than_the_law_said,
)
MAY_BE_MITIGATED = (recorded_by_another, facts_are_confirmed)
BY_ANOTHER = (recorded_by_another,)
DECISION_IS_SOUND = (authority_is_competent, authority_is_another, decided_by_others)
REFUSAL_IS_SOUND = (*DECISION_IS_SOUND, refusal_is_signed_off)
SERVICE_IS_SOUND = (served_on_whom_it_concerns,)
RULING_IS_SOUND = (ruled_by_others, changed_for_the_better)
