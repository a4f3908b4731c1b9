"""Every fact a commitment case records.  Topics are storage format: never edit one.

Dates on which something falls due are facts too: worked out once, kept for ever.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from domain.case.values import (
    BasisDocument,
    BreachKind,
    DecisionDocument,
    DeferredMaterial,
    Letter,
    Publicity,
    RecordType,
    RefusalEvidence,
    Severity,
    Sha256,
    Shortfall,
    SparedReason,
    Verdict,
)
from domain.catalogue.terms import CommitmentType, PinnedItem, SanctionMeasure
from domain.kernel.aggregate import Created, Event
from domain.values.credit import CreditAnswer
from domain.values.identifiers import CommitmentCode, MaterialCode
from domain.values.parties import LongText, ShortText, Subject
from domain.values.workdays import Deadline

Texts = Annotated[tuple[LongText, ...], Field(min_length=1, max_length=60)]
Measures = Annotated[tuple[SanctionMeasure, ...], Field(min_length=1, max_length=7)]


class CaseOpened(Created, topic="case/case-opened"):
    """Materials were received for an item in force; its terms are pinned here."""

    kind: CommitmentType
    applicant: Subject
    pinned: PinnedItem
    submitted: tuple[MaterialCode, ...]
    query_by: Deadline


class CreditCleared(Event, topic="case/credit-cleared"):
    """The credit answer holds no exclusion (信用记录良好)."""

    answer: CreditAnswer
    fresh_until: Deadline
    notify_by: Deadline


class CreditReconfirmed(Event, topic="case/credit-reconfirmed"):
    """Asked again because the answer was stale: still no exclusion."""

    answer: CreditAnswer
    fresh_until: Deadline


class CreditExcluded(Event, topic="case/credit-excluded"):
    """An exclusion holds: the matter goes the ordinary way (仍按照原审批程序办理)."""

    answer: CreditAnswer


class NoticeServed(Event, topic="case/notice-served"):
    """Told once, and whole (一次性告知): conditions, standards, consequences, what may follow."""

    conditions: Texts
    standards: Texts
    consequences: Texts
    deferred: tuple[DeferredMaterial, ...]
    digest: Sha256
    commit_by: Deadline


class CommitmentMade(Event, topic="case/commitment-made"):
    """The applicant promised, in writing (信用承诺书)."""

    code: CommitmentCode
    record_type: RecordType
    reason: ShortText
    content: LongText
    liability: LongText
    deferred: tuple[DeferredMaterial, ...]
    """Promised to follow, each by its date (书面承诺在规定期限内提供)."""
    letter: Letter
    decide_by: Deadline


class CommitmentDeclined(Event, topic="case/commitment-declined"):
    """The applicant chose the ordinary procedure instead."""

    reason: LongText


class ApplicationGranted(Event, topic="case/application-granted"):
    document: DecisionDocument
    inspect_by: Deadline


class ApplicationRefused(Event, topic="case/application-refused"):
    document: DecisionDocument
    reason: LongText


class MaterialSupplied(Event, topic="case/material-supplied"):
    material: MaterialCode
    digest: Sha256
    review_by: Deadline


class MaterialAccepted(Event, topic="case/material-accepted"):
    material: MaterialCode


class MaterialReturned(Event, topic="case/material-returned"):
    material: MaterialCode
    reason: LongText
    due: Deadline


class InspectionPassed(Event, topic="case/inspection-passed"):
    """The promise was found kept (履约践诺)."""

    note: LongText


class BreachFound(Event, topic="case/breach-found"):
    """Found by inspection, or by the clock when a material did not come in time."""

    kind: BreachKind
    finding: LongText
    order_by: Deadline


class RectificationOrdered(Event, topic="case/rectification-ordered"):
    """Put it right first (先要求其限期整改): no sanction before this."""

    items: Texts
    rectify_by: Deadline


class Rectified(Event, topic="case/rectified"):
    evidence: LongText
    done_on: date


class RectificationFailed(Event, topic="case/rectification-failed"):
    shortfall: Shortfall
    finding: LongText
    penalize_by: Deadline


class RectificationRefused(Event, topic="case/rectification-refused"):
    evidence: RefusalEvidence
    penalize_by: Deadline


class SanctionForewarned(Event, topic="case/sanction-forewarned"):
    """Prior written notice of what is intended, why, and of the right to be heard."""

    measures: Measures
    reason: LongText
    statement_until: Deadline


class StatementHeard(Event, topic="case/statement-heard"):
    statement: LongText
    opinion: LongText


class StatementWaived(Event, topic="case/statement-waived"):
    """The right to be heard was given up in writing."""

    digest: Sha256


class PenaltyImposed(Event, topic="case/penalty-imposed"):
    measures: Measures
    severity: Severity
    basis: BasisDocument
    verdict: Verdict
    publicity: Publicity | None


class PenaltyWaived(Event, topic="case/penalty-waived"):
    reason: SparedReason
    explanation: LongText
    verdict: Verdict


class CaseWithdrawn(Event, topic="case/case-withdrawn"):
    """The applicant took the application back before a decision (撤回): no bad record."""

    reason: LongText


INVESTIGATIONS = (BreachFound, RectificationFailed, RectificationRefused, SanctionForewarned)
"""Who records one of these has taken part in the investigation."""
