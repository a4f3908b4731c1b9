"""The one file that knows how `eventsourcing` spells events and aggregates."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate
from eventsourcing.utils import register_topic
from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.values.parties import Actor
from domain.values.workdays import local_date

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Lifts what an event said under one schema to the next: a plain dict in, a plain dict out."""

NOTHING: Mapping[str, str] = MappingProxyType({})


class Event(BaseModel, CanMutateAggregate[UUID]):
    """Something that happened.  Frozen, named in the past tense, stored for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    TOPIC: ClassVar[str]
    SHOWS: ClassVar[Mapping[str, str]]
    """Where it keeps the SHA-256 of a document (a dotted path), and what that document is."""
    NAMES: ClassVar[tuple[str, ...]]
    """Where it keeps the numbers of documents (dotted paths), by which it can be found."""
    WORDS: ClassVar[Mapping[str, str]]
    """The Chinese names of its fields, those that other events have not."""
    PUBLISHED: ClassVar[bool]
    """True if other systems must be told of it (工作方案 四·五, 四·六)."""
    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = ()
    """One for each schema this class has left behind; its schema number is one more."""

    originator_id: UUID
    originator_version: int
    timestamp: AwareDatetime
    by: Actor

    def __init_subclass__(
        cls,
        *,
        topic: str = "",
        shows: Mapping[str, str] = NOTHING,
        names: tuple[str, ...] = (),
        words: Mapping[str, str] = NOTHING,
        published: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.SHOWS, cls.NAMES, cls.WORDS, cls.PUBLISHED = shows, names, words, published
        if topic:
            cls.TOPIC = topic
            register_topic(topic, cls)

    @property
    def day(self) -> date:
        """The local date (Asia/Shanghai) on which it happened."""
        return local_date(self.timestamp)

    @property
    def facts(self) -> dict[str, Any]:
        """What the event says, without its envelope (which stream, which version, when, who)."""
        return {name: value for name, value in self if name not in ENVELOPE}

    @property
    def documents_shown(self) -> list[tuple[str, str]]:
        """Every document that it shows: what it is, and its SHA-256."""
        return [
            (name.format(event=self), digest)
            for path, name in self.SHOWS.items()
            for digest in _values_at(self, path.split("."))
        ]

    @property
    def numbers_named(self) -> list[str]:
        """The numbers of the documents that it names, each once."""
        found = (number for path in self.NAMES for number in _values_at(self, path.split(".")))
        return list(dict.fromkeys(found))

    def apply(self, aggregate: "Aggregate") -> None:
        aggregate.evolve(self)

    def _as_dict(self) -> dict[str, Any]:
        return dict(self)


def _values_at(value: Any, path: list[str]) -> Iterator[str]:
    """The texts at this path: of a tuple, those of all its parts.  A missing part has none."""
    if isinstance(value, tuple):
        for part in value:
            yield from _values_at(part, path)
    elif path and value is not None:
        yield from _values_at(getattr(value, path[0], None), path[1:])
    elif value is not None:
        yield value


class Created(Event, CanInitAggregate[UUID]):
    """The first event of a stream."""

    originator_topic: str


ENVELOPE = frozenset(Created.model_fields)
_HEADING = frozenset({"_id", "_version", "_created_on", "_modified_on", "_pending_events"})
"""What every aggregate has from the library."""


class Aggregate(BaseAggregate[UUID]):
    """State folded from events: methods decide, `evolve` remembers."""

    TOPIC: ClassVar[str]

    @staticmethod
    def create_id(*_: object, **__: object) -> UUID:
        return uuid4()

    @classmethod
    def fold(cls, events: Iterable[Event]) -> Self | None:
        """The aggregate that these events tell; None when there are none, or of another kind."""
        aggregate: Aggregate | None = None
        for event in events:
            aggregate = event.mutate(aggregate)
        return aggregate if isinstance(aggregate, cls) else None

    @property
    def state(self) -> dict[str, Any]:
        """All that it remembers, in its own words; without its id, version and instants."""
        return {
            name.lstrip("_"): value for name, value in vars(self).items() if name not in _HEADING
        }

    def evolve(self, event: Event) -> None:
        """Let one event change the state.  Cannot refuse, cannot read a clock."""
        raise AssertionError(
            f"{type(self).__name__} does not say how to evolve"
        )  # pragma: no cover

    def _next(self, event_class: type[Event], *, by: Actor, at: datetime, **facts: Any) -> Event:
        """The event that would come next.  Time never runs backwards within a stream."""
        return event_class(
            originator_id=self.id,
            originator_version=self.version + 1,
            timestamp=max(at, self.modified_on),
            by=by,
            **facts,
        )

    def _append(self, event: Event) -> None:
        event.mutate(self)
        self.pending_events.append(event)
