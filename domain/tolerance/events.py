"""All events of a tolerance review.  Topics are storage format: never edit one.

A review links to cases and catalogue items and never changes them.
"""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from domain.kernel import instants
from domain.kernel.aggregate import Created, Event, Upcaster
from domain.kernel.documents import IssuedNumber
from domain.tolerance.grounds import Evidence, Ground
from domain.tolerance.values import (
    Check,
    Concerned,
    Conditions,
    Decision,
    LinkedCase,
    LinkedItem,
    Ruling,
    SignOff,
    Superiors,
)
from domain.values.texts import LongText, RecordedText, ShortText
from domain.values.workdays import Day, Deadline

REQUESTED_ON = {
    "plan_followed.digest": "按方案办理的证明",
    "ground.public_motive.digest": "出于公心的证明",
} | {f"conditions.{name}.digest": "四项条件的证据" for name in Conditions.model_fields}
DECIDED_BY = {"decision.digest": "决定"}
RESTS_ON = {"wording": "四项条件依据的文本"}
Wording = RecordedText | None
"""On which wording of the four conditions a decision rests; None if recorded before this was."""


class ToleranceRequested(
    Created,
    topic="tolerance/tolerance-requested",
    shows=REQUESTED_ON,
    words={
        "superiors": "上级单位",
        "plan_followed": "按方案办理的证明",
        "matters": "关联的事项",
        "concerned": "所涉单位或者人员",
    },
):
    """The department of the recorder requests tolerance for one of its units or staff (R42)."""

    concerned: Concerned
    superiors: Superiors
    plan_followed: Evidence
    ground: Ground
    conditions: Conditions
    cases: Annotated[tuple[LinkedCase, ...], Field(max_length=100)]
    matters: Annotated[tuple[LinkedItem, ...], Field(max_length=50)]


class FactsChecked(
    Event,
    topic="tolerance/facts-checked",
    shows={"check.evidence": "核查的证据"},
    words={"check": "核查结论"},
):
    """A body outside the chain of departments checked the facts."""

    check: Check


def _without_wording(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"wording": None}


class Exempted(
    Event,
    topic="tolerance/exempted",
    shows=DECIDED_BY,
    names=("decision.number",),
    words=RESTS_ON,
):
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_without_wording,)

    decision: Decision
    wording: Wording = None

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        return (self.decision.issued_number,)


class Mitigated(
    Event,
    topic="tolerance/mitigated",
    shows=DECIDED_BY,
    names=("decision.number",),
    words=RESTS_ON,
):
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_without_wording,)

    decision: Decision
    wording: Wording = None

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        return (self.decision.issued_number,)


class NotExempted(
    Event,
    topic="tolerance/not-exempted",
    shows=DECIDED_BY | {"sign_off.digest": "上级签批"},
    names=("decision.number",),
    words=RESTS_ON,
):
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_without_wording,)

    decision: Decision
    sign_off: SignOff | None
    wording: Wording = None

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        return (self.decision.issued_number,)


class DecisionNotified(
    Event,
    topic="tolerance/decision-notified",
    words={"recipient": "受送达人", "remedies": "救济途径"},
):
    """The decision was served on the officer or unit concerned, with the remedies (公务员法 95)."""

    recipient: ShortText
    served_on: Day
    remedies: RecordedText
    reconsider_by: Deadline
    appeal_by: Deadline


class ReconsiderationRequested(Event, topic="tolerance/reconsideration-requested"):
    reason: LongText
    settle_by: Deadline


class ReconsiderationSettled(
    Event,
    topic="tolerance/reconsideration-settled",
    shows={"ruling.decision.digest": "复核决定"},
    names=("ruling.decision.number",),
):
    ruling: Ruling
    appeal_by: Deadline

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        return (self.ruling.decision.issued_number,)


class AppealFiled(Event, topic="tolerance/appeal-filed"):
    reason: LongText
    settle_by: Deadline


class AppealSettled(
    Event,
    topic="tolerance/appeal-settled",
    shows={"ruling.decision.digest": "申诉处理决定"},
    names=("ruling.decision.number",),
):
    """The ruling on an appeal, which is final."""

    ruling: Ruling

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        return (self.ruling.decision.issued_number,)


class RequestWithdrawn(Event, topic="tolerance/request-withdrawn"):
    reason: LongText


class ReviewInstantsCorrected(
    instants.ClockCorrection,
    topic="tolerance/review-instants-corrected",
    shows={"evidence": "时钟有误的证明材料"},
    words={"instants": "纠正的时刻", "recorded": "服务器记录的时刻", "dates": "重新计算的期限"},
):
    """The instants of the last steps lay in the future; others hold instead."""
