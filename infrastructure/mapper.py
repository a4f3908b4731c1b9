"""Events as JSON text.  Reading validates what was written, lifted from its old schema first."""

from typing import Any
from uuid import UUID

import pydantic_core
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import get_topic, resolve_topic

from domain.kernel import Event

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

    def to_domain_event(self, stored_event: StoredEvent) -> Event:
        event_class: type[Event] = resolve_topic(stored_event.topic)
        if event_class.UPCASTERS:
            return self._lifted(event_class, stored_event)
        stream, version = stored_event.originator_id, stored_event.originator_version
        columns = f'{{"originator_id":"{stream}","originator_version":{version},'
        return event_class.model_validate_json(columns.encode() + stored_event.state[1:])

    def _lifted(self, event_class: type[Event], stored_event: StoredEvent) -> Event:
        said: dict[str, Any] = pydantic_core.from_json(stored_event.state)
        for lift in event_class.UPCASTERS[said.pop(_SCHEMA, 1) - 1 :]:
            said = lift(said)
        columns = {name: getattr(stored_event, name) for name in _COLUMNS}
        return event_class.model_validate({**said, **columns})
