"""Events of the supervision track: inspection and rectification."""

from domain.case.values import (
    BreachKind,
    Demands,
    RefusalEvidence,
    Shortfall,
)
from domain.kernel.aggregate import Event
from domain.values.texts import LongText, RecordedText
from domain.values.workdays import Day, Deadline


class InspectionPassed(
    Event, topic="case/inspection-passed", published=True, words={"note": "核查意见"}
):
    """The inspection found that the promise was kept (履约践诺)."""

    note: LongText


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
    evidence: LongText
    done_on: Day


class RectificationFailed(
    Event, topic="case/rectification-failed", words={"shortfall": "整改未果的情形"}
):
    shortfall: Shortfall
    finding: LongText
    penalize_by: Deadline


class RectificationRefused(
    Event, topic="case/rectification-refused", shows={"evidence.digest": "拒绝整改的证据"}
):
    evidence: RefusalEvidence
    penalize_by: Deadline
