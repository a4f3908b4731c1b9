"""The serializer of domain events: converts them to JSON text and back.

Reading an event upcasts it from its old schema, then checks its form: it has every field, no
other, and each has its type.  The rules of texts and numbers are not checked again: they held when
the event was written, and later rules do not apply to past events.

An event that cannot be read was written by a newer release, as far as this program can know: it
raises WrittenByNewer, whatever is strange about it (a topic, a schema, a field, a value).
"""

from functools import cache
from typing import Any
from uuid import UUID

import pydantic_core
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import get_topic
from pydantic import BaseModel
from sqlalchemy import Row

from domain.kernel.aggregate import EVENT_CLASSES, Event
from domain.kernel.errors import WrittenByNewer

_COLUMNS = {"originator_id", "originator_version"}
_SCHEMA = "schema"
"""JSON member with the number of an event's schema; an event of the first schema has none."""


class EventMapper(Mapper[UUID]):
    """Converts between domain events and stored events."""

    def __init__(self) -> None:
        """Takes no transcoder, because Pydantic serializes, and no cipher: see the vault."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        assert isinstance(domain_event, Event)
        text = domain_event.model_dump_json(exclude=_COLUMNS, exclude_defaults=False)
        if schema := len(domain_event.UPCASTERS):
            text = f'{{"{_SCHEMA}":{schema + 1},{text[1:]}'
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=get_topic(type(domain_event)),
            state=text.encode(),
        )

    def of_row(self, row: Row[Any]) -> Event:
        """Returns the domain event of a row of the log."""
        return self.to_domain_event(
            StoredEvent(row.stream_id, row.version, row.topic, row.data.encode())
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        """Returns the domain event.  Raises WrittenByNewer if this release cannot read it."""
        try:
            return self._read(EVENT_CLASSES[stored_event.topic], stored_event)
        except Exception as unreadable:  # an upcaster may raise anything about foreign facts
            raise WrittenByNewer(
                stored_event.topic, stored_event.originator_version
            ) from unreadable

    def _read(self, event_class: type[Event], stored_event: StoredEvent) -> Event:
        if event_class.UPCASTERS:
            return self._upcast(event_class, stored_event)
        stream, version = stored_event.originator_id, stored_event.originator_version
        columns = f'{{"originator_id":"{stream}","originator_version":{version},'
        text = columns.encode() + stored_event.state[1:]
        event: Event = form_validator(event_class).validate_json(text)
        return event

    def _upcast(self, event_class: type[Event], stored_event: StoredEvent) -> Event:
        facts: dict[str, Any] = pydantic_core.from_json(stored_event.state)
        schema = facts.pop(_SCHEMA, 1)
        if not 1 <= schema <= len(event_class.UPCASTERS) + 1:
            raise ValueError(f"schema {schema} of {event_class.TOPIC} is unknown")
        for upcast in event_class.UPCASTERS[schema - 1 :]:
            facts = upcast(facts)
        columns = {name: getattr(stored_event, name) for name in _COLUMNS}
        event: Event = form_validator(event_class).validate_python({**facts, **columns})
        return event


@cache
def form_validator(model: type[BaseModel]) -> pydantic_core.SchemaValidator:
    """The validator that checks the form of an event or of a part of it, without its rules."""
    form = _without_rules(model.__pydantic_core_schema__)
    config = pydantic_core.CoreConfig(hide_input_in_errors=True)
    # the prebuilt validators of nested models would check their rules
    return pydantic_core.SchemaValidator(form, config, _use_prebuilt=False)


def _without_rules(schema: Any) -> Any:
    """Returns the core schema without the validators that run after the check of the type."""
    match schema:
        case {"type": "function-after", "schema": inner}:
            return _without_rules({**inner, **{k: schema[k] for k in ("ref",) if k in schema}})
        case dict():
            return {key: _without_rules(value) for key, value in schema.items()}
        case list():
            return [_without_rules(value) for value in schema]
        case _:
            return schema
