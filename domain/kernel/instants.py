"""The correction of instants that a wrong clock recorded.

Times of one aggregate never go back, so a clock that ran ahead once would hold it in the future.
A correction names the instants that hold instead.  The recorded events stay as they are; the
aggregate becomes what they make of it at their right instants.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, Field

from domain.kernel.aggregate import Aggregate, Event
from domain.kernel.lifecycle import Attempt
from domain.values.identifiers import Sha256
from domain.values.labels import Labelled
from domain.values.lists import each_once
from domain.values.parties import Value
from domain.values.staff import StaffId, is_among
from domain.values.texts import LongText
from domain.values.workdays import Deadline, TypedInstant

TOLERANCE = timedelta(minutes=1)
"""By so much clocks may differ; the next event of the aggregate waits that long at the most."""


class Timing(Labelled):
    """Whether the instants of an aggregate are those that the clock showed."""

    AS_RECORDED = "as_recorded", "按服务器时钟"
    CORRECTED = "corrected", "已纠正"


class StatedInstant(Value):
    """When a step really happened, as papers or persons prove it."""

    version: Annotated[int, Field(ge=1)]
    at: TypedInstant


StatedInstants = Annotated[
    tuple[StatedInstant, ...], Field(max_length=200), each_once(attrgetter("version"))
]


class RightDate(Value):
    """A date of an event, counted anew from its right day."""

    name: str
    due: Deadline


class RightInstant(Value):
    """The instant that holds for an event instead of the one recorded, with its dates."""

    version: int
    topic: str
    recorded: AwareDatetime
    at: AwareDatetime
    dates: tuple[RightDate, ...] = ()


class ClockCorrection(Event):
    """Two persons corrected the instants of the events that lay after the present."""

    GOES_BACK: ClassVar[bool] = True

    instants: tuple[RightInstant, ...]
    """Of every event that lay ahead, in order."""
    reason: LongText
    evidence: Sha256
    approved_by: StaffId

    def apply(self, aggregate: Aggregate) -> None:
        aggregate.begin_again(rewritten(aggregate.past, self.instants))
        super().apply(aggregate)


def rewritten(events: Sequence[Event], instants: Sequence[RightInstant]) -> list[Event]:
    """The events, with the instants and the dates that hold instead of the recorded ones."""
    right = {each.version: each for each in instants}
    return [
        retimed(event, right[event.originator_version])
        if event.originator_version in right
        else event
        for event in events
    ]


def retimed(event: Event, right: RightInstant) -> Event:
    changed: dict[str, Any] = {date.name: date.due for date in right.dates}
    return event.model_copy(update={"timestamp": right.at, **changed})


def lying_ahead(events: Sequence[Event], now: datetime) -> list[Event]:
    """The events after the present; as times never go back, they are the last ones."""
    return [event for event in events if event.timestamp > now]


def right_instants(
    ahead: Sequence[Event], stated: Mapping[int, datetime], now: datetime
) -> Iterator[RightInstant]:
    """The right instants of these events.

    One that nobody states is the latest that it can have been: that of the next step, or now.
    """
    latest, instants = now, []
    for event in reversed(ahead):
        latest = stated.get(event.originator_version, latest)
        instants.append((event, latest))
    for event, at in reversed(instants):
        version, topic = event.originator_version, event.TOPIC
        yield RightInstant(version=version, topic=topic, recorded=event.timestamp, at=at)


def instants_in_force(events: Sequence[Event]) -> dict[int, datetime]:
    """When each event of a stream happened, by its version, after all corrections."""
    instants = {event.originator_version: event.timestamp for event in events}
    for event in events:
        if isinstance(event, ClockCorrection):
            instants |= {each.version: each.at for each in event.instants}
    return instants


def as_of(events: Sequence[Event], at: datetime) -> list[Event]:
    """The events of a stream that had happened at an instant."""
    instants = instants_in_force(events)
    return [event for event in events if instants[event.originator_version] <= at]


# rules: a docstring is the reason shown when the rule does not hold -----------------------------


def last_step_lies_ahead(aggregate: Aggregate, attempt: Attempt) -> bool:
    """最后一步的时刻不晚于现在，不需要纠正"""
    return aggregate.modified_on > attempt.at + TOLERANCE


def corrected_by_another(aggregate: Aggregate, attempt: Attempt) -> bool:
    """办理过时刻有误的步骤的人员，不得自己纠正"""
    return not is_among(attempt.by.person, _actors(aggregate, attempt.at))


def another_person_approves(aggregate: Aggregate, event: ClockCorrection) -> bool:
    """批准人须是纠正的人员和办理过时刻有误的步骤的人员以外的人"""
    involved = {event.by.person, *_actors(aggregate, event.timestamp)}
    return not is_among(event.approved_by, involved)


def only_what_lies_ahead(aggregate: Aggregate, event: ClockCorrection) -> bool:
    """只能纠正时刻晚于现在的步骤"""
    ahead = lying_ahead(aggregate.past, event.timestamp)
    return [e.originator_version for e in ahead] == [each.version for each in event.instants]


def instants_keep_the_order(aggregate: Aggregate, event: ClockCorrection) -> bool:
    """纠正后的时刻须按各步的先后，不早于此前最后一步，不晚于现在"""
    right = [each.at for each in event.instants]
    good = [e.timestamp for e in aggregate.past if e.timestamp <= event.timestamp][-1:]
    moments = [*good, *right, event.timestamp]
    return moments == sorted(moments)


def _actors(aggregate: Aggregate, now: datetime) -> set[str]:
    return {event.by.person for event in lying_ahead(aggregate.past, now)}


MAY_RETIME = (last_step_lies_ahead, corrected_by_another)
RETIMING_IS_SOUND = (only_what_lies_ahead, instants_keep_the_order, another_person_approves)
