"""Events of the supervision track: inspection and rectification."""

from typing import Any, ClassVar

from domain.case.values import (
    BreachKind,
    Demands,
    InspectionConclusion,
    RectificationConclusion,
    RefusalEvidence,
    Shortfall,
)
from domain.kernel.aggregate import Event, Upcaster
from domain.values.texts import LongText, PublicText, RecordedText
from domain.values.workdays import Day, Deadline


def _note_was_public(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"conclusion": InspectionConclusion.KEPT.value, "public_note": facts["note"]}


def _forewarning_was_not_dated(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"forewarn_by": facts["penalize_by"]}


def _evidence_was_public(facts: dict[str, Any]) -> dict[str, Any]:
    conclusion = RectificationConclusion.PUT_RIGHT.value
    return facts | {"conclusion": conclusion, "public_note": facts["evidence"]}


class InspectionPassed(
    Event, topic="case/inspection-passed", published=True, words={"note": "核查意见"}
):
    """The inspection found that the promise was kept (履约践诺).

    The note is internal.  The public reads the public note, or without one the conclusion.
    """

    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_note_was_public,)

    note: LongText
    conclusion: InspectionConclusion = InspectionConclusion.KEPT
    public_note: PublicText | None = None


class BreachFound(
    Event, topic="case/breach-found", published=True, words={"order_by": "责令整改期限"}
):
    """A breach found by inspection, or by the service when a material is overdue."""

    kind: BreachKind
    finding: RecordedText
    """Typed by an officer, or composed by the service (`composed_texts.overdue`)."""
    order_by: Deadline


class RectificationOrdered(
    Event, topic="case/rectification-ordered", words={"items": "整改要求", "rectify_by": "整改期限"}
):
    """An order to rectify the breach (先要求其限期整改); no sanction is possible before it."""

    items: Demands
    rectify_by: Deadline


class Rectified(Event, topic="case/rectified", published=True, words={"done_on": "完成日期"}):
    """The breach was put right.  The evidence is internal; the public reads the rest."""

    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_evidence_was_public,)

    evidence: LongText
    done_on: Day
    conclusion: RectificationConclusion = RectificationConclusion.PUT_RIGHT
    public_note: PublicText | None = None


class RectificationFailed(
    Event,
    topic="case/rectification-failed",
    words={"shortfall": "整改未果的情形", "forewarn_by": "事先告知期限"},
):
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_forewarning_was_not_dated,)

    shortfall: Shortfall
    finding: LongText
    forewarn_by: Deadline
    """In events of earlier releases the last day that they recorded, that of the sanction."""
    penalize_by: Deadline


class RectificationRefused(
    Event, topic="case/rectification-refused", shows={"evidence.digest": "拒绝整改的证据"}
):
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_forewarning_was_not_dated,)

    evidence: RefusalEvidence
    forewarn_by: Deadline
    penalize_by: Deadline
