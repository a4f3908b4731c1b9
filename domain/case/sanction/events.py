"""Events of the sanction track: prior notice, hearing, decision."""

from domain.case.values import (
    BasisDocument,
    Measures,
    Publicity,
    Severity,
    Sha256,
    SparedReason,
    Verdict,
)
from domain.kernel.aggregate import Event
from domain.values.texts import LongText
from domain.values.workdays import Deadline


class SanctionForewarned(
    Event, topic="case/sanction-forewarned", words={"statement_until": "陈述申辩期限"}
):
    """The prior written notice of the measures intended, the reason and the right to be heard."""

    measures: Measures
    reason: LongText
    statement_until: Deadline


class StatementHeard(
    Event, topic="case/statement-heard", words={"statement": "陈述申辩", "opinion": "意见"}
):
    statement: LongText
    opinion: LongText


class StatementWaived(
    Event, topic="case/statement-waived", shows={"digest": "放弃陈述申辩的书面材料"}
):
    """The party waived the right to be heard in writing."""

    digest: Sha256


class PenaltyImposed(
    Event,
    topic="case/penalty-imposed",
    names=("basis.number",),
    published=True,
    words={"severity": "失信等级", "basis": "依据的法律文书", "publicity": "公示期"},
):
    measures: Measures
    severity: Severity
    basis: BasisDocument
    verdict: Verdict
    publicity: Publicity | None


class PenaltyWaived(
    Event, topic="case/penalty-waived", published=True, words={"explanation": "说明"}
):
    reason: SparedReason
    explanation: LongText
    verdict: Verdict
