"""Events as a newer release writes them: of a topic, a schema, a field or a value of its own."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.kernel.aggregate import EVENT_CLASSES, Event
from infrastructure.container import Container
from infrastructure.projector.parked_events import Parking
from infrastructure.projector.projector import PROJECTIONS

Facts = dict[str, Any]
NEWER_TOPIC = "case/inspection-planned"
FOREIGN: dict[str, Callable[[str, Facts], tuple[str, Facts]]] = {
    "unknown topic": lambda _, facts: (NEWER_TOPIC, facts),
    "topic that looks like a module": lambda _, facts: ("antigravity:Event", facts),
    "newer schema": lambda topic, facts: (topic, facts | {"schema": 99}),
    "schema that is no number": lambda topic, facts: (topic, facts | {"schema": "二"}),
    "one more field": lambda topic, facts: (topic, facts | {"weather": "晴"}),
    "one more field inside": lambda topic, facts: (topic, facts | {"by": _taller(facts)}),
    "one field less": lambda topic, facts: (topic, _without(facts, "by")),
    "a value of another type": lambda topic, facts: (topic, facts | {"timestamp": [2026]}),
}
"""What is foreign about an event, made from the topic and the facts of one that is not."""


def _taller(facts: Facts) -> Facts:
    return {**facts["by"], "grade": 3}


def _without(facts: Facts, name: str) -> Facts:
    return {key: value for key, value in facts.items() if key != name}


def arrives(service: Container, stream: UUID, kind: str = "unknown topic") -> int:
    """Appends a foreign event, made from the last event of the stream; returns its position."""
    recorder = service.repository.recorder
    (last,) = recorder.select_events(stream, desc=True, limit=1)
    topic, facts = FOREIGN[kind](last.topic, json.loads(last.state))
    state = json.dumps(facts, ensure_ascii=False).encode()
    event = StoredEvent(stream, last.originator_version + 1, topic, state)
    return recorder.insert_events([event])[0]


@contextmanager
def older_release(*unknown: type[Event]) -> Iterator[None]:
    """Within the block this program is a release before these events were invented."""
    taken = {event.TOPIC: EVENT_CLASSES.pop(event.TOPIC) for event in unknown}
    try:
        yield
    finally:
        EVENT_CLASSES.update(taken)


def started(service: Container) -> Parking:
    """Returns the parked events as a program sees them that has just been started."""
    return Parking(service.projector)


def projected(service: Container) -> int:
    """Runs one round of every projection, as a program does that has just been started."""
    parking = started(service)
    return sum(parking.follow(projection) for projection in PROJECTIONS.values())
