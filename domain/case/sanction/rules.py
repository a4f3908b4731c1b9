"""Rules of the sanction track.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.  The numbers (I4 …) are the invariants listed in domain/README.md.
"""

from domain.case.sanction import events as e
from domain.case.sanction.verbs import SanctionVerbs
from domain.case.supervision.rules import decider_does_not_inspect
from domain.case.values import FulfilmentStatus
from domain.kernel.lifecycle import Attempt
from domain.values.staff import is_among


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


def basis_is_in_effect(case: SanctionVerbs, event: e.PenaltyImposed) -> bool:
    """惩戒须依据已经送达生效的法律文书（国办发〔2020〕49号）"""
    return event.basis.issued_on <= event.basis.served_on <= event.day


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


# the rules as the tables name them --------------------------------------------------------------

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
