"""Named rules of a case.  A rule's docstring is the reason shown when it does not hold.

Conditions see the case, the person and the day; requirements see the case and the event that
would be recorded.  The numbers (I4 …) are the invariants listed in domain/README.md.
"""

from typing import TYPE_CHECKING

from domain.case import events as e
from domain.case.values import (
    BreachKind,
    Channel,
    FulfilmentStatus,
    Mark,
    RefusalProof,
    Shortfall,
    SignatureLevel,
)
from domain.catalogue.terms import CommitmentType, DecisionGate, Weight
from domain.kernel.lifecycle import Attempt
from domain.values.identifiers import commitment_parts
from domain.values.parties import SubjectCategory

if TYPE_CHECKING:
    from domain.case.case import Case


# opening ----------------------------------------------------------------------------------------


def primary_materials_are_in(case: "Case", event: e.CaseOpened) -> bool:
    """主要申请材料不齐全，不能启用信用承诺（河南省优化营商环境条例 第三十五条）"""
    return {m.code for m in event.pinned.terms.of(Weight.PRIMARY)} <= set(event.submitted)


def materials_are_on_the_list(case: "Case", event: e.CaseOpened) -> bool:
    """收取的材料不在该事项的材料清单内，清单之外不得索要"""
    return set(event.submitted) <= {m.code for m in event.pinned.terms.materials}


def something_is_deferred(case: "Case", event: e.CaseOpened) -> bool:
    """材料已经齐全，不需要容缺受理，请选择告知承诺或者直接办理"""
    missing = {m.code for m in event.pinned.terms.materials} - set(event.submitted)
    return event.kind is not CommitmentType.DEFERRED_MATERIALS or bool(missing)


# credit -----------------------------------------------------------------------------------------


def query_is_due(case: "Case", attempt: Attempt) -> bool:
    """上次的信用查询结果仍在有效期内，不必重新查询"""
    return case.credit_fresh_until is None or case.credit_fresh_until.passed(attempt.today)


def no_exclusion_holds(case: "Case", event: e.CreditCleared | e.CreditReconfirmed) -> bool:
    """申请人有不得适用信用承诺的情形（I5）"""
    return not event.answer.findings


def an_exclusion_holds(case: "Case", event: e.CreditExcluded) -> bool:
    """没有查到不得适用信用承诺的情形，不能转回原审批程序"""
    return bool(event.answer.findings)


def credit_answer_is_fresh(case: "Case", attempt: Attempt) -> bool:
    """信用查询结果已过有效期，请先重新查询（I4）"""
    return not query_is_due(case, attempt)


# promise ----------------------------------------------------------------------------------------


def deferred_are_secondary_and_dated(case: "Case", event: e.NoticeServed) -> bool:
    """只有次要材料可以容缺，且每份都要写明补交期限（I7）"""
    secondary = {m.code for m in case.terms.of(Weight.SECONDARY)}
    if {m.code for m in event.deferred} != case.missing:
        return False
    return case.missing <= secondary and all(m.due.on > event.day for m in event.deferred)


def letter_cites_the_notice(case: "Case", event: e.CommitmentMade) -> bool:
    """承诺书引用的不是已送达的告知书（I2）"""
    return case.notice is not None and event.letter.notice_digest == case.notice.digest


def online_promise_is_reliably_signed(case: "Case", event: e.CommitmentMade) -> bool:
    """线上承诺须使用经验证的可靠电子签名或者电子印章（I3）"""
    reliable = (SignatureLevel.RELIABLE_E, SignatureLevel.QUALIFIED_SEAL)
    signature = event.letter.signature
    return event.letter.channel is not Channel.ONLINE or (
        signature.level in reliable and signature.verified
    )


def marked_as_the_applicant_must(case: "Case", event: e.CommitmentMade) -> bool:
    """承诺书应由本人签字，单位应盖章或者由授权代理人签字"""
    if event.letter.signature.mark is Mark.AUTHORISED_SIGNATURE:
        return True
    person = case.applicant.category is SubjectCategory.PERSON
    return event.letter.signature.mark is (Mark.SIGNATURE if person else Mark.SEAL)


def signed_after_the_notice(case: "Case", event: e.CommitmentMade) -> bool:
    """签署日期应在告知之后、受理承诺当日或之前"""
    signed_on = event.letter.signature.signed_on
    return case.notice is not None and case.notice.day <= signed_on <= event.day


def code_matches_region_and_day(case: "Case", event: e.CommitmentMade) -> bool:
    """承诺编码与受理地区或者承诺日期不符（I20）"""
    region, day, _ = commitment_parts(event.code)
    return (region, day) == (case.region, event.letter.signature.signed_on)


# decision ---------------------------------------------------------------------------------------


def gate_is_open(case: "Case", attempt: Attempt) -> bool:
    """该事项须待所缺材料补齐后才能作出准予决定"""
    return case.terms.gate is DecisionGate.BEFORE_SUPPLEMENT or all_supplied(case, attempt)


# supplement -------------------------------------------------------------------------------------


def all_supplied(case: "Case", _: Attempt) -> bool:
    """还有容缺材料没有补齐"""
    return not case.outstanding


def supplies_are_open(case: "Case", _: Attempt) -> bool:
    """案件已经办结或者正在等待责令整改，现在不能补交材料"""
    return case.takes_supplies


def supply_is_in_time(case: "Case", event: e.MaterialSupplied) -> bool:
    """补交期限已过；责令整改后可以在整改期限内补交"""
    due = case.rectify_by or case.supplements[event.material].due
    return not due.passed(event.day)


# inspection -------------------------------------------------------------------------------------


def decider_does_not_inspect(case: "Case", attempt: Attempt) -> bool:
    """作出决定的人员不得参与同一案件的核查和整改认定（I17）"""
    return attempt.by.person != case.decided_by


def overdue_only_after_the_due_date(case: "Case", event: e.BreachFound) -> bool:
    """没有已过补交期限的材料，不能认定逾期未补齐"""
    if event.kind is not BreachKind.SUPPLEMENT_OVERDUE:
        return True
    return any(material.due.passed(event.day) for material in case.outstanding)


# rectification ----------------------------------------------------------------------------------


def put_right_in_time(case: "Case", event: e.Rectified) -> bool:
    """整改完成日期超出了整改期限"""
    return (
        case.rectify_by is not None
        and not case.rectify_by.passed(event.done_on)
        and event.done_on <= event.day
    )


def overdue_only_after_the_order(case: "Case", event: e.RectificationFailed) -> bool:
    """整改期限未到，不能认定逾期未整改"""
    overdue = case.rectify_by is not None and case.rectify_by.passed(event.day)
    return event.shortfall is not Shortfall.OVERDUE or overdue


def refusal_is_evidenced(case: "Case", event: e.RectificationRefused) -> bool:
    """沉默不等于拒绝：须有当事人书面材料，或者两名以上执法人员的记录"""
    by_two = event.evidence.proof is RefusalProof.RECORDED_BY_TWO
    return not by_two or len(set(event.evidence.officers)) > 1


# sanction ---------------------------------------------------------------------------------------


def the_case_is_unrectified(case: "Case", _: Attempt) -> bool:
    """整改不到位或者拒绝整改之后，才能告知拟实施的惩戒"""
    return case.is_unrectified


def measures_are_the_items(case: "Case", event: e.SanctionForewarned | e.PenaltyImposed) -> bool:
    """惩戒措施不在该事项管理办法规定的范围内"""
    return set(event.measures) <= set(case.terms.measures)


def the_party_was_heard(case: "Case", attempt: Attempt) -> bool:
    """惩戒前须送达事先告知，并听取陈述申辩、由当事人书面放弃或者待期限届满（I9）"""
    if case.hearing_is_closed:
        return True
    return case.statement_until is not None and case.statement_until.passed(attempt.today)


def investigator_does_not_judge(case: "Case", attempt: Attempt) -> bool:
    """核查人员和拟定惩戒的人员不得听取陈述申辩，也不得作出惩戒决定（I17）"""
    return attempt.by.person not in case.investigators


def no_heavier_than_forewarned(case: "Case", event: e.PenaltyImposed) -> bool:
    """惩戒措施超出了事先告知的范围"""
    return set(event.measures) <= set(case.forewarned_measures)


def basis_is_in_effect(case: "Case", event: e.PenaltyImposed) -> bool:
    """惩戒须依据已经送达生效的法律文书（国办发〔2020〕49号）"""
    return event.basis.issued_on <= event.basis.served_on <= event.day


def verdict_and_texts_agree(case: "Case", event: e.PenaltyImposed | e.PenaltyWaived) -> bool:
    """全部履行时不得填写未履行内容和追究内容，未全部履行时两项都必须填写（I19）"""
    verdict = event.verdict
    texts = (verdict.unfulfilled_content, verdict.breach_consequence)
    if verdict.status is FulfilmentStatus.FULLY_FULFILLED:
        return texts == (None, None)
    return None not in texts


def a_penalty_needs_an_unkept_promise(case: "Case", event: e.PenaltyImposed) -> bool:
    """承诺已全部履行的，不得实施惩戒"""
    return event.verdict.status is not FulfilmentStatus.FULLY_FULFILLED


# the rules as the tables name them --------------------------------------------------------------

MATERIALS_ARE_SOUND = (materials_are_on_the_list, primary_materials_are_in, something_is_deferred)
LETTER_IS_SOUND = (
    letter_cites_the_notice,
    online_promise_is_reliably_signed,
    marked_as_the_applicant_must,
    signed_after_the_notice,
    code_matches_region_and_day,
)
MAY_BE_GRANTED = (credit_answer_is_fresh, gate_is_open)
INSPECTED_BY_ANOTHER = (decider_does_not_inspect,)
KEPT_AND_COMPLETE = (decider_does_not_inspect, all_supplied)
UNRECTIFIED_BY_ANOTHER = (the_case_is_unrectified, decider_does_not_inspect)
HEARD_BY_ANOTHER = (the_case_is_unrectified, investigator_does_not_judge)
DECIDED_BY_ANOTHER = (investigator_does_not_judge,)
HEARD_AND_BY_ANOTHER = (the_party_was_heard, investigator_does_not_judge)
PENALTY_IS_LAWFUL = (
    measures_are_the_items,
    no_heavier_than_forewarned,
    basis_is_in_effect,
    verdict_and_texts_agree,
    a_penalty_needs_an_unkept_promise,
)
