"""The language of domain tests: given(...).when(...).then(...) reads as a sentence."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, timezone
from inspect import signature
from typing import Any, NamedTuple
from uuid import UUID

from domain.case.case import Case
from domain.case.values import Duty
from domain.kernel.aggregate import Created, Event
from domain.kernel.errors import DomainError
from domain.kernel.lifecycle import Staged
from domain.values.parties import Actor, Department
from domain.values.workdays import Deadline, Party, local_date
from infrastructure.calendar.loader import load_calendar

CALENDAR = load_calendar()
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY_1 = datetime(2026, 9, 28, 9, tzinfo=SHANGHAI)
"""A Monday; the next holidays are 1 to 7 October, and Saturday 10 October is a working day."""

CASE_ID = UUID("00000000-0000-0000-0000-0000000000c1")
MARKET_OFFICE = Department(code="114112810058000150", name="义马市市场监督管理局")

CLERK = Actor(person="zhao", role="intake_clerk", department=MARKET_OFFICE)
DECIDER = Actor(person="qian", role="decision_officer", department=MARKET_OFFICE)
INSPECTOR = Actor(person="sun", role="inspector", department=MARKET_OFFICE)
PROPOSER = Actor(person="li", role="inspector", department=MARKET_OFFICE)
CHAIR = Actor(person="zhou", role="hearing_chair", department=MARKET_OFFICE)
SYSTEM = Actor(person="system", role="system", department=MARKET_OFFICE)


def on(day: str, hour: int = 9) -> datetime:
    """Returns the instant of a day ("2026-10-30") in Shanghai, by default at 9:00."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)


def due(day: str, *, provisional: bool = False) -> Deadline:
    return Deadline(on=date.fromisoformat(day), provisional=provisional)


def workdays_after(start: datetime, days: int) -> datetime:
    """Returns the same hour, `days` working days after `start`."""
    return start + (CALENDAR.add(local_date(start), days, Party.GOVERNMENT).on - local_date(start))


class Fact(NamedTuple):
    """An event without its stream: the event class, its fields (`said`), the actor and the time."""

    event: type[Event]
    said: dict[str, Any]
    by: Actor
    at: datetime

    def __repr__(self) -> str:
        return f"{self.event.__name__}({self.said})"


def fact(event: type[Event], *, by: Actor = CLERK, at: datetime = DAY_1, **said: object) -> Fact:
    return Fact(event, said, by, at)


def as_fact(event: Event) -> Fact:
    return Fact(type(event), event.facts, event.by, event.timestamp)


def history(*facts: Fact, of: type[Staged] = Case, id: UUID = CASE_ID) -> list[Event]:
    """Returns the facts as events of one stream, as the store would return them."""
    topic = {"originator_topic": of.TOPIC}
    return [
        event(
            originator_id=id,
            originator_version=version,
            timestamp=at,
            by=by,
            **(topic if issubclass(event, Created) else {}),
            **said,
        )
        for version, (event, said, by, at) in enumerate(facts, start=1)
    ]


def told(*facts: Fact, of: type[Staged] = Case) -> Any:
    """Replays the facts into an aggregate.  Returns None if there are none."""
    return of.replay(history(*facts, of=of))


def done(aggregate: Any, verb: str, *args: object, **kwargs: object) -> Any:
    """Calls the verb; adds the usual calendar and id if the verb takes them."""
    decide, usual = getattr(aggregate, verb), {"calendar": CALENDAR, "id": CASE_ID}
    added = {name: usual[name] for name in usual.keys() & signature(decide).parameters}
    return decide(*args, **added, **kwargs)


PINS = {"documents"}


def unpinned(fact: Fact) -> Fact:
    """The fact, told of another case: what it pinned of its documents was about its own."""
    return fact._replace(said=_without(fact.said, PINS))


def _without(said: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


class given:  # noqa: N801 - reads as a keyword
    """A test in one sentence: facts are given, `when` tries a verb, `then` or `refused` asserts.

    `of` is the aggregate class.  `so_far` are the facts given, `it` is the aggregate.
    """

    def __init__(self, *facts: Fact, of: type[Staged] = Case) -> None:
        self.so_far, self.of = facts, of
        self.it = told(*facts, of=of)
        self.refusal: DomainError | None = None

    def when(
        self, verb: str, *args: object, by: Actor = CLERK, at: datetime = DAY_1, **kwargs: object
    ) -> "given":
        """Tries the verb on the aggregate or, without facts, on its class."""
        it = self.it or self.of
        return self._try(lambda: done(it, verb, *args, by=by, at=at, **kwargs), by, at)

    def recording(self, claim: Fact) -> "given":
        """Records the fact without a verb, so that only the table and its rules can refuse it."""
        event, said, by, at = claim
        return self._try(lambda: self.it._record(event, by=by, at=at, **said), by, at)

    def then(self, *facts: Fact) -> "given":
        """Asserts that exactly these facts were recorded, by this actor and at this time.

        What an event pins of its documents is asserted only where a fact says it.
        """
        assert self.refusal is None, self.refusal
        recorded = [as_fact(event) for event in self.it.pending_events]
        unsaid = [PINS - fact.said.keys() for fact in facts]
        found = [
            (f.event, _without(f.said, names)) for f, names in zip(recorded, unsaid, strict=False)
        ]
        assert found == [(f.event, f.said) for f in facts]
        assert len(recorded) == len(facts), recorded
        assert all((f.by, f.at) == (self.by, self.at) for f in recorded)
        return self

    def owes(self, *duties: tuple[str, str] | tuple[str, str, str]) -> None:
        """Asserts the exact duties afterwards, the most urgent first: action, day, material.

        The delivery of a decision is owed beside every later step: it counts where it is named.
        """
        expected = [Duty(action, due(day), *about) for action, day, *about in duties]
        beside = {"deliver"} - {duty.action for duty in expected}
        assert [duty for duty in self.it.duties if duty.action not in beside] == expected

    def refused(self, reason: str) -> None:
        """Asserts that this reason was shown, and that nothing was recorded or changed."""
        assert self.refusal is not None, "nothing was refused"
        shown = str(self.refusal)
        assert (shown.partition("”：")[2] or shown) == reason
        assert self.it == told(*self.so_far, of=self.of), "a refusal leaves no trace"

    def _try(self, act: Callable[[], object], by: Actor, at: datetime) -> "given":
        self.by, self.at = by, at
        try:
            self.it = act() or self.it
        except DomainError as refusal:
            self.refusal = refusal
        return self


def after(
    story: Iterable[Fact], verb: str, *args: object, of: type[Staged] = Case, **kwargs: Any
) -> tuple[Fact, ...]:
    """Returns the story extended by the facts of one verb, which must not be refused."""
    step = given(*story, of=of).when(verb, *args, **kwargs)
    assert step.refusal is None, step.refusal
    return (*story, *map(as_fact, step.it.pending_events))
