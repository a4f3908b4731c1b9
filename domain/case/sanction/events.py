"""Events of the sanction track: prior notice, hearing, decision."""

from typing import Annotated

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
from domain.values.parties import ONLY_IF_SET
from domain.values.texts import LongText, Paragraphs
from domain.values.workdays import Deadline


class SanctionForewarned(
    Event, topic="case/sanction-forewarned", words={"statement_until": "陈述申辩期限"}
):
    """The prior written notice of the measures intended, the reason and the right to be heard."""

    measures: Measures
    reason: LongText
    statement_until: Deadline


class StatementHeard(
    Event,
    topic="case/statement-heard",
    words={
        "statement": "陈述申辩",
        "opinion": "意见",
        "verbatim_because": "照录原文的理由",
    },
):
    """The party was heard (行政处罚法 45); a statement with personal data is kept verbatim."""

    statement: Paragraphs
    opinion: LongText
    verbatim_because: Annotated[LongText | None, ONLY_IF_SET] = None
    """Why the statement keeps personal data; it is then shown in the case file only."""


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
