"""Rules of the sanction track.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.  The numbers (I4 …) are the invariants listed in domain/README.md.
"""

from domain.case.periods import PROSECUTION_MONTHS
from domain.case.sanction import events as e
from domain.case.sanction.verbs import SanctionVerbs
from domain.case.supervision.rules import decider_does_not_inspect
from domain.case.values import BasisDocument, FulfilmentStatus, SparedReason
from domain.kernel.lifecycle import Attempt
from domain.values.staff import is_among
from domain.values.workdays import add_months


def the_case_is_unrectified(case: SanctionVerbs, _: Attempt) -> bool:
    """整改不到位或者拒绝整改之后，才能告知拟实施的惩戒"""
    return case.is_unrectified


def measures_are_the_items(
    case: SanctionVerbs, event: e.SanctionForewarned | e.PenaltyImposed
) -> bool:
    """惩戒措施不在该事项管理办法规定的范围内"""
    return set(event.measures) <= set(case.terms.measures)


def the_party_was_heard(case: SanctionVerbs, attempt: Attempt) -> bool:
    """惩戒前须送达事先告知，并听取陈述申辩、由当事人书面放弃或者待期限届满（I9）"""
    if case.hearing_is_closed:
        return True
    return case.statement_until is not None and case.statement_until.passed(attempt.today)


def investigator_does_not_judge(case: SanctionVerbs, attempt: Attempt) -> bool:
    """核查人员和拟定惩戒的人员不得听取陈述申辩，也不得作出惩戒决定（I17）"""
    return not is_among(attempt.by.person, case.investigators)


def no_heavier_than_forewarned(case: SanctionVerbs, event: e.PenaltyImposed) -> bool:
    """惩戒措施超出了事先告知的范围"""
    return set(event.measures) <= set(case.forewarned_measures)


def basis_is_on_file(case: SanctionVerbs, event: e.PenaltyImposed) -> bool:
    """惩戒依据的法律文书须写明作出机关并登记文书（〔依据·失信行为认定〕）"""
    return event.basis.issuer is not None and event.basis.digest is not None


def basis_is_of_the_items_organs(case: SanctionVerbs, event: e.PenaltyImposed) -> bool:
    """行政机关的文书应当由该事项的决定单位或者监管单位作出，否则与本案无关（I10）"""
    organs = {case.pinned.item.department.code, case.pinned.item.supervisor.code}
    return not event.basis.kind.is_of_an_administrative_organ or _issuer(event.basis) in organs


def ruling_names_the_breach(case: SanctionVerbs, event: e.PenaltyImposed) -> bool:
    """裁判文书、仲裁裁决书须摘录其中认定当事人违诺的内容，否则与本案无关（I10）"""
    basis = event.basis
    return basis.kind.is_of_an_administrative_organ or basis.breach_quoted is not None


def _issuer(basis: BasisDocument) -> str | None:
    return basis.issuer.code if basis.issuer else None


def verdict_and_texts_agree(case: SanctionVerbs, event: e.PenaltyImposed | e.PenaltyWaived) -> bool:
    """全部履行时不得填写未履行内容和追究内容，未全部履行时两项都必须填写（I19）"""
    verdict = event.verdict
    texts = (verdict.unfulfilled_content, verdict.breach_consequence)
    if verdict.status is FulfilmentStatus.FULLY_FULFILLED:
        return texts == (None, None)
    return None not in texts


def a_penalty_needs_an_unkept_promise(case: SanctionVerbs, event: e.PenaltyImposed) -> bool:
    """承诺已全部履行的，不得实施惩戒"""
    return event.verdict.status is not FulfilmentStatus.FULLY_FULFILLED


# sparing -----------------------------------------------------------------------------------------


def sparing_is_proved(case: SanctionVerbs, event: e.PenaltyWaived) -> bool:
    """不予惩戒的理由须有证据（〔依据·不予处罚〕、〔依据·追究时效〕）"""
    return event.proof is not None


def corrected_as_the_reason_says(case: SanctionVerbs, event: e.PenaltyWaived) -> bool:
    """以及时改正为理由不予惩戒的，须写明改正日期（〔依据·不予处罚〕）"""
    corrected = (SparedReason.MINOR_AND_CORRECTED, SparedReason.FIRST_AND_SLIGHT)
    return event.reason not in corrected or _corrected(event)


def fulfilled_only_if_corrected(case: SanctionVerbs, event: e.PenaltyWaived) -> bool:
    """整改未果的案件，没有改正日期和证据的，不能认定全部履行"""
    return event.verdict.status is not FulfilmentStatus.FULLY_FULFILLED or _corrected(event)


def found_after_the_period_of_prosecution(case: SanctionVerbs, event: e.PenaltyWaived) -> bool:
    """违诺行为终了之日起二年后才发现的，才超过追究时效（〔依据·追究时效〕）"""
    if event.reason is not SparedReason.TIME_BARRED:
        return True
    ended_on = event.proof.ended_on if event.proof else None
    if ended_on is None or case.found_on is None:
        return False
    return case.found_on > add_months(ended_on, PROSECUTION_MONTHS)


def _corrected(event: e.PenaltyWaived) -> bool:
    return event.proof is not None and event.proof.corrected_on is not None


# the rules as the tables name them --------------------------------------------------------------

UNRECTIFIED_BY_ANOTHER = (the_case_is_unrectified, decider_does_not_inspect)
HEARD_BY_ANOTHER = (the_case_is_unrectified, investigator_does_not_judge)
DECIDED_BY_ANOTHER = (investigator_does_not_judge,)
HEARD_AND_BY_ANOTHER = (the_party_was_heard, investigator_does_not_judge)
PENALTY_IS_LAWFUL = (
    measures_are_the_items,
    no_heavier_than_forewarned,
    basis_is_on_file,
    basis_is_of_the_items_organs,
    ruling_names_the_breach,
    verdict_and_texts_agree,
    a_penalty_needs_an_unkept_promise,
)
SPARING_IS_LAWFUL = (
    verdict_and_texts_agree,
    sparing_is_proved,
    corrected_as_the_reason_says,
    fulfilled_only_if_corrected,
    found_after_the_period_of_prosecution,
)
