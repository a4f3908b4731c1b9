"""Every fact a tolerance review records.  Topics are storage format: never edit one.

A review links to cases and catalogue items and never changes them.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from domain.kernel.aggregate import Created, Event
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
from domain.values.parties import LongText, ShortText
from domain.values.workdays import Deadline


class ToleranceRequested(Created, topic="tolerance/tolerance-requested"):
    """The department of whoever records it asks for one of its own to be forgiven (R42)."""

    concerned: Concerned
    superiors: Superiors
    plan_followed: Evidence
    ground: Ground
    conditions: Conditions
    cases: Annotated[tuple[LinkedCase, ...], Field(max_length=100)]
    matters: Annotated[tuple[LinkedItem, ...], Field(max_length=50)]


class FactsChecked(Event, topic="tolerance/facts-checked"):
    """A body outside the chain found out what is true of it."""

    check: Check


class Exempted(Event, topic="tolerance/exempted"):
    decision: Decision


class Mitigated(Event, topic="tolerance/mitigated"):
    decision: Decision


class NotExempted(Event, topic="tolerance/not-exempted"):
    decision: Decision
    sign_off: SignOff | None


class DecisionNotified(Event, topic="tolerance/decision-notified"):
    """Served on whom it concerns, with what can be done against it (公务员法 95)."""

    recipient: ShortText
    served_on: date
    remedies: LongText
    reconsider_by: Deadline
    appeal_by: Deadline


class ReconsiderationRequested(Event, topic="tolerance/reconsideration-requested"):
    reason: LongText
    settle_by: Deadline


class ReconsiderationSettled(Event, topic="tolerance/reconsideration-settled"):
    ruling: Ruling
    appeal_by: Deadline


class AppealFiled(Event, topic="tolerance/appeal-filed"):
    reason: LongText
    settle_by: Deadline


class AppealSettled(Event, topic="tolerance/appeal-settled"):
    """The last word."""

    ruling: Ruling


class RequestWithdrawn(Event, topic="tolerance/request-withdrawn"):
    reason: LongText
