"""Events of the sanction track: prior notice, hearing, decision."""

from typing import Annotated, Any, ClassVar

from domain.case.periods import Publicity
from domain.case.values import (
    BasisDocument,
    Measures,
    Severity,
    SparedReason,
    SparingProof,
    Verdict,
)
from domain.kernel.aggregate import Event, Upcaster
from domain.kernel.documents import IssuedNumber
from domain.values.identifiers import Sha256
from domain.values.parties import ONLY_IF_SET
from domain.values.texts import LongText, RecordedText
from domain.values.workdays import Deadline


def _basis_without_issuer(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"basis": facts["basis"] | dict.fromkeys(("issuer", "digest", "breach_quoted"))}


def _spared_without_proof(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"proof": None}


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

    statement: RecordedText
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
    shows={"basis.digest": "依据的法律文书"},
    names=("basis.number",),
    published=True,
    words={
        "severity": "失信等级",
        "basis": "依据的法律文书",
        "issuer": "作出文书的机关或者机构",
        "breach_quoted": "文书认定的违诺",
        "publicity": "公示期",
    },
):
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_basis_without_issuer,)

    measures: Measures
    severity: Severity
    basis: BasisDocument
    verdict: Verdict
    publicity: Publicity | None

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        number = self.basis.issued_number
        return (number,) if number else ()


class PenaltyWaived(
    Event,
    topic="case/penalty-waived",
    shows={"proof.digest": "不予惩戒的证据"},
    published=True,
    words={"explanation": "说明", "ended_on": "违诺终了日期"},
):
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_spared_without_proof,)

    reason: SparedReason
    explanation: LongText
    verdict: Verdict
    proof: SparingProof | None = None
    """None in events recorded before a proof was demanded."""
