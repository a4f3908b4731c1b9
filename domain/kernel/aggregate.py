"""The base classes Event and Aggregate; the only domain file that imports `eventsourcing`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate
from eventsourcing.utils import register_topic
from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.kernel.documents import IssuedNumber
from domain.values.parties import Actor
from domain.values.workdays import local_date

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Converts the stored fields of an event from one schema to the next, as plain dicts."""

NOTHING: Mapping[str, str] = MappingProxyType({})
EVENT_CLASSES: dict[str, type["Event"]] = {}
"""Every event class that this program declares, by its topic."""


class Event(BaseModel, CanMutateAggregate[UUID]):
    """An event: immutable, named in the past tense, stored for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    TOPIC: ClassVar[str]
    SHOWS: ClassVar[Mapping[str, str]]
    """Documents shown: the dotted path of each SHA-256, with the name of its document."""
    MADE_HERE: ClassVar[tuple[str, ...]]
    """Those of SHOWS whose document nobody hands in, because the service makes or asks for it."""
    NAMES: ClassVar[tuple[str, ...]]
    """Dotted paths of the document numbers by which the event can be found."""
    WORDS: ClassVar[Mapping[str, str]]
    """Chinese names of the fields that no other event has."""
    PUBLISHED: ClassVar[bool]
    """True if the event must be delivered to other systems (工作方案 四·五, 四·六)."""
    GOES_BACK: ClassVar[bool] = False
    """True if its time may lie before that of the last event (instants.py)."""
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = ()
    """One upcaster for each earlier schema; the current schema number is their count plus one."""

    originator_id: UUID
    originator_version: int
    timestamp: AwareDatetime
    by: Actor

    def __init_subclass__(
        cls,
        *,
        topic: str = "",
        shows: Mapping[str, str] = NOTHING,
        made_here: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
        words: Mapping[str, str] = NOTHING,
        published: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        assert set(made_here) <= set(shows), f"{cls.__name__} makes what it does not show"
        cls.SHOWS, cls.MADE_HERE, cls.NAMES = shows, made_here, names
        cls.WORDS, cls.PUBLISHED = words, published
        if topic:
            cls.TOPIC = topic
            register_topic(topic, cls)
            EVENT_CLASSES[topic] = cls

    @property
    def day(self) -> date:
        """The date of the event in Asia/Shanghai."""
        return local_date(self.timestamp)

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of the event, without its envelope (stream, version, timestamp, actor)."""
        return {name: value for name, value in self if name not in ENVELOPE}

    @property
    def documents_shown(self) -> list[tuple[str, str]]:
        """The documents that the event shows, as pairs of name and SHA-256."""
        return self._documents(self.SHOWS)

    @property
    def documents_handed_in(self) -> list[tuple[str, str]]:
        """Those of them that somebody handed in: each must be a filed document of the owner."""
        return self._documents(path for path in self.SHOWS if path not in self.MADE_HERE)

    @property
    def numbers_named(self) -> list[str]:
        """The document numbers in the event, without duplicates."""
        numbers = (number for path in self.NAMES for number in values_at(self, path.split(".")))
        return list(dict.fromkeys(numbers))

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        """The numbers of the documents whose issue the event records; no other event has them."""
        return ()

    def _documents(self, paths: Iterable[str]) -> list[tuple[str, str]]:
        return [
            (self.SHOWS[path].format(event=self), digest)
            for path in paths
            for digest in values_at(self, path.split("."))
        ]

    def apply(self, aggregate: "Aggregate") -> None:
        aggregate.take(self)

    def _as_dict(self) -> dict[str, Any]:
        return dict(self)


def values_at(value: Any, path: list[str]) -> Iterator[Any]:
    """Yields the values at a path: for a tuple, those of all its items; for None, nothing."""
    if isinstance(value, tuple):
        for part in value:
            yield from values_at(part, path)
    elif path and value is not None:
        yield from values_at(getattr(value, path[0], None), path[1:])
    elif value is not None:
        yield value


class Created(Event, CanInitAggregate[UUID]):
    """The first event of a stream."""

    originator_topic: str


ENVELOPE = frozenset(Created.model_fields)
_KEPT = frozenset({"_id", "_version", "_modified_on", "_pending_events"})
_HEADING = _KEPT | {"_created_on", "_past"}
"""Attributes that every aggregate has beside its state."""


class Aggregate(BaseAggregate[UUID]):
    """An event-sourced aggregate: methods decide, `evolve` changes the state."""

    TOPIC: ClassVar[str]

    @staticmethod
    def create_id(*_: object, **__: object) -> UUID:
        return uuid4()

    @classmethod
    def replay(cls, events: Iterable[Event]) -> Self | None:
        """Replays the events.  Returns None if there are none or they are of another aggregate."""
        aggregate: Aggregate | None = None
        for event in events:
            aggregate = event.mutate(aggregate)
        return aggregate if isinstance(aggregate, cls) else None

    @property
    def past(self) -> list[Event]:
        """The events so far, at the instants that hold for them."""
        past: list[Event] = vars(self).setdefault("_past", [])
        return past

    @classmethod
    def folded(cls, events: Sequence[Event]) -> Self:
        """What these events make, each at the instant that it bears; none corrects another."""
        aggregate = events[0].mutate(None)
        assert isinstance(aggregate, cls)
        for event in events[1:]:
            aggregate.take(event)
        return aggregate

    def take(self, event: Event) -> None:
        self.past.append(event)
        self.evolve(event)

    def begin_again(self, events: Sequence[Event]) -> None:
        """Forgets everything and takes these events instead."""
        fresh = vars(self.folded(events))
        kept = {name: value for name, value in vars(self).items() if name in _KEPT}
        vars(self).clear()
        vars(self).update(fresh | kept)

    @property
    def state(self) -> dict[str, Any]:
        """The attributes by name, without the id, version and timestamps of the library."""
        return {
            name.lstrip("_"): value for name, value in vars(self).items() if name not in _HEADING
        }

    def evolve(self, event: Event) -> None:
        """Applies one event to the state; it must not refuse the event or read a clock."""
        raise AssertionError(
            f"{type(self).__name__} does not say how to evolve"
        )  # pragma: no cover

    def _next(self, event_class: type[Event], *, by: Actor, at: datetime, **facts: Any) -> Event:
        """Builds the next event; its timestamp is never before that of the last event.

        Only a correction of instants goes back, because the last event lies in the future.
        """
        return event_class(
            originator_id=self.id,
            originator_version=self.version + 1,
            timestamp=at if event_class.GOES_BACK else max(at, self.modified_on),
            by=by,
            **facts,
        )

    def _append(self, event: Event) -> None:
        event.mutate(self)
        self.pending_events.append(event)
