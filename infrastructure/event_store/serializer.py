"""Events as JSON text.

Reading proves the form of what was written (every field, no other, each of its type), lifted from
its old schema first.  The rules of its texts and numbers are not asked again: they held when it
was written, and what happened is not judged by the rules of a later day.
"""

from functools import cache
from typing import Any
from uuid import UUID

import pydantic_core
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import get_topic, resolve_topic
from sqlalchemy import Row

from domain.kernel.aggregate import Event

_COLUMNS = {"originator_id", "originator_version"}
_SCHEMA = "schema"
"""Stored only when it is past the first: which schema of its class an event was written under."""


class EventMapper(Mapper[UUID]):
    """Between a domain event and what the log keeps of it."""

    def __init__(self) -> None:
        """Neither transcoder nor cipher: Pydantic writes, personal data is elsewhere."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        assert isinstance(domain_event, Event)
        said = domain_event.model_dump_json(exclude=_COLUMNS, exclude_defaults=False)
        if schema := len(domain_event.UPCASTERS):
            said = f'{{"{_SCHEMA}":{schema + 1},{said[1:]}'
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=get_topic(type(domain_event)),
            state=said.encode(),
        )

    def of_row(self, row: Row[Any]) -> Event:
        """The event in a row of the log."""
        return self.to_domain_event(
            StoredEvent(row.stream_id, row.version, row.topic, row.data.encode())
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        event_class: type[Event] = resolve_topic(stored_event.topic)
        if event_class.UPCASTERS:
            return self._lifted(event_class, stored_event)
        stream, version = stored_event.originator_id, stored_event.originator_version
        columns = f'{{"originator_id":"{stream}","originator_version":{version},'
        event: Event = _reader(event_class).validate_json(columns.encode() + stored_event.state[1:])
        return event

    def _lifted(self, event_class: type[Event], stored_event: StoredEvent) -> Event:
        said: dict[str, Any] = pydantic_core.from_json(stored_event.state)
        for lift in event_class.UPCASTERS[said.pop(_SCHEMA, 1) - 1 :]:
            said = lift(said)
        columns = {name: getattr(stored_event, name) for name in _COLUMNS}
        event: Event = _reader(event_class).validate_python({**said, **columns})
        return event


@cache
def _reader(event_class: type[Event]) -> pydantic_core.SchemaValidator:
    """Reads the form of an event.  Nested models must not bring their own validators back in."""
    form = _without_rules(event_class.__pydantic_core_schema__)
    silent = pydantic_core.CoreConfig(hide_input_in_errors=True)
    return pydantic_core.SchemaValidator(form, silent, _use_prebuilt=False)


def _without_rules(schema: Any) -> Any:
    """The same core schema without the functions that judge a value once it is of its type."""
    match schema:
        case {"type": "function-after", "schema": inner}:
            return _without_rules({**inner, **{k: schema[k] for k in ("ref",) if k in schema}})
        case dict():
            return {key: _without_rules(value) for key, value in schema.items()}
        case list():
            return [_without_rules(value) for value in schema]
        case _:
            return schema
