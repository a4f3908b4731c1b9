"""Lifecycles: tables of steps that guard aggregates; the only file that imports `transitions`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self
from uuid import UUID

from transitions import Machine

from domain.kernel.aggregate import Aggregate, Created, Event
from domain.kernel.dates import TypedDate, bounds_of
from domain.kernel.errors import ActionRefused
from domain.law.lawbook import PRINTED, Lawbook
from domain.values.labels import Labelled
from domain.values.parties import Actor
from domain.values.workdays import local_date


class Attempt(NamedTuple):
    """The actor and the time of an attempted action."""

    by: Actor
    at: datetime

    @property
    def today(self) -> date:
        return local_date(self.at)


Condition = Callable[[Any, Attempt], bool]
"""A named rule on the aggregate, the actor and the day; it decides which actions are offered."""
Requirement = Callable[[Any, Any], bool]
"""A named rule on the aggregate and the new event; it decides whether the event is accepted."""

SAME = None
"""The destination of a step that does not change the stage."""


@dataclass(frozen=True)
class Step:
    """One row of a lifecycle: action, source stages, destination and the event recorded.

    `when` holds conditions and `given` holds requirements.  The docstring of a rule is the reason
    shown when the rule is broken.
    """

    action: str
    source: tuple[Labelled, ...]
    dest: Labelled | None
    records: type[Event]
    when: tuple[Condition, ...] = ()
    given: tuple[Requirement, ...] = ()

    def fits(self, of: Aggregate, attempt: Attempt, event: Event | None = None) -> bool:
        """True if the row records this event and its rules hold; a `transitions` condition."""
        matches = event is None or type(event) is self.records
        return matches and self.broken_rule(of, attempt, event) is None

    def broken_rule(
        self, of: Aggregate, attempt: Attempt, event: Event | None
    ) -> Callable[..., bool] | None:
        """The first broken rule.  Returns None if all rules hold."""
        for condition in self.when:
            if not condition(of, attempt):
                return condition
        for requirement in self.given if event else ():
            if not requirement(of, event):
                return requirement
        return None


class Lifecycle:
    """A table of steps over one attribute of an aggregate, or of a part of it.

    `labels` are the Chinese names of the actions.  A step without a source begins the lifecycle.
    `dates` is the table of bounds: its rules come before the requirements of a step.
    The tests run the `transitions` machine beside `table` and compare them.  The service reads
    `table`, because running the machine costs ten times as much.
    """

    def __init__(
        self,
        attribute: str,
        stages: type[Labelled],
        labels: dict[str, str],
        *rows: Step,
        dates: tuple[TypedDate, ...] = (),
    ) -> None:
        self.attribute, self.stages, self.labels = attribute, stages, labels
        steps = self.steps = tuple(
            replace(row, given=(*bounds_of(row.records, dates), *row.given)) for row in rows
        )
        self.step_of = {step.records: step for step in steps}
        named = {stage for step in steps for stage in (*step.source, step.dest) if stage}
        assert named <= set(stages), f"not a stage of {attribute}: {named - set(stages)}"
        self.machine = _machine(stages, steps)
        self.table = {stage: self._rows_out_of(stage) for stage in stages}

    def check(self, of: Aggregate, part: object, event: Event) -> None:
        """Raises ActionRefused unless `event` may be recorded on this aggregate now."""
        step, stage = self.step_of[type(event)], getattr(part, self.attribute)
        if step.source and stage not in step.source:
            raise ActionRefused(self.labels[step.action], f"目前是“{stage.label}”", "stage")
        if rule := step.broken_rule(of, Attempt(event.by, event.timestamp), event):
            raise ActionRefused(self.labels[step.action], reason(rule), rule.__name__, event.day)

    def open_actions(self, of: Aggregate, part: object, attempt: Attempt) -> list[str]:
        """The actions open to this actor at this moment, in the order of the table."""
        rows = self.table[getattr(part, self.attribute)]
        return [name for name, steps in rows.items() if any(s.fits(of, attempt) for s in steps)]

    def obstacles(
        self, of: Aggregate, part: object, action: str, attempt: Attempt
    ) -> list[Callable[..., bool]]:
        """The first broken condition of each row of this action from the present stage."""
        steps = self.table[getattr(part, self.attribute)].get(action, ())
        broken = (step.broken_rule(of, attempt, None) for step in steps)
        return [rule for rule in broken if rule]

    def ends(self) -> set[Labelled]:
        """The final stages: no step leads out of them."""
        return {stage for stage, rows in self.table.items() if not rows}

    def _rows_out_of(self, stage: Labelled) -> dict[str, list[Step]]:
        """The steps out of a stage, by action."""
        rows: dict[str, list[Step]] = {}
        for step in self.steps:
            if stage in step.source:
                rows.setdefault(step.action, []).append(step)
        return rows


def _machine(stages: type[Labelled], steps: Iterable[Step]) -> Machine:
    return Machine(
        model=None,
        initial=None,
        auto_transitions=False,
        states=stages,
        transitions=[
            {
                "trigger": step.action,
                "source": [*step.source],
                "dest": step.dest or "=",
                "conditions": step.fits,
            }
            for step in steps
            if step.source
        ],
    )


def reason(rule: Callable[..., bool]) -> str:
    """The reason shown when the rule is broken: the first line of its docstring.

    It names the basis of a rule; `Lawbook.told` puts the article of a day there.
    """
    assert rule.__doc__, f"{rule.__name__} gives no reason"
    return rule.__doc__.strip().splitlines()[0]


class Staged(Aggregate):
    """An aggregate that records only events of its lifecycles."""

    LIFECYCLES: ClassVar[tuple[Lifecycle, ...]]

    def __init_subclass__(cls) -> None:
        # else the library would replace an inherited __init__ by an empty one
        cls.__init__ = cls.__init__  # type: ignore[method-assign]
        super().__init_subclass__()

    def refusal(self, event: Event, reason: str, rule: str) -> ActionRefused:
        """The error that refuses the action which recorded this event."""
        lifecycle = self._lifecycle(type(event))
        return ActionRefused(lifecycle.labels[lifecycle.step_of[type(event)].action], reason, rule)

    def _record(self, event_class: type[Event], *, by: Actor, at: datetime, **facts: Any) -> None:
        event = self._next(event_class, by=by, at=at, **facts)
        self._lifecycle(event_class).check(self, self._part(event), event)
        self._append(event)

    def evolve(self, event: Event) -> None:
        self.remember(event)
        lifecycle = self._lifecycle(type(event))
        if dest := lifecycle.step_of[type(event)].dest:
            setattr(self._part(event), lifecycle.attribute, dest)

    def remember(self, event: Event) -> None:
        """Stores what later decisions need; it must not refuse the event or read a clock."""

    def open_actions(self, by: Actor, at: datetime) -> list[str]:
        """The actions open to this actor at this moment, over all lifecycles."""
        attempt = Attempt(by, at)
        actions = [
            name
            for lifecycle in self.LIFECYCLES
            for part in self._parts(lifecycle)
            for name in lifecycle.open_actions(self, part, attempt)
        ]
        return list(dict.fromkeys(actions))

    def obstacles(self, action: str, by: Actor, at: datetime, law: Lawbook = PRINTED) -> list[str]:
        """The reasons why this actor may not record one or more outcomes of the action."""
        attempt = Attempt(by, at)
        reasons = [
            law.told(reason(rule), attempt.today)
            for lifecycle in self.LIFECYCLES
            for part in self._parts(lifecycle)
            for rule in lifecycle.obstacles(self, part, action, attempt)
        ]
        return list(dict.fromkeys(reasons))

    def _part(self, event: Event) -> object:
        """The object whose stage this event changes; by default the aggregate itself."""
        return self

    def _parts(self, lifecycle: Lifecycle) -> Iterator[object]:
        yield self

    @classmethod
    def _begin(cls, event_class: type[Created], id_: UUID, **facts: Any) -> Self:
        """Creates an aggregate by its first event.  Raises ActionRefused if a rule is broken."""
        aggregate = cls._create(event_class, id=id_, **facts)
        event = aggregate.pending_events[0]
        assert isinstance(event, Created)
        cls._lifecycle(event_class).check(aggregate, aggregate, event)
        return aggregate

    @classmethod
    @cache
    def _lifecycle(cls, event: type[Event]) -> Lifecycle:
        return next(lifecycle for lifecycle in cls.LIFECYCLES if event in lifecycle.step_of)
