"""The batch of one append: events, idempotency key, inline row, and topics for the outbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.hashes import SM3, Hash
from eventsourcing.persistence import StoredEvent


class Key(NamedTuple):
    """An idempotency key, unique to its user, with the request's fingerprint and first use."""

    command_id: str
    fingerprint: str
    at: datetime


class EventRow(NamedTuple):
    """An event as a row of the log, without stream, position and time of recording."""

    version: int
    topic: str
    data: str
    metadata: str
    event_id: UUID
    leaf: bytes


@dataclass(frozen=True)
class Batch:
    """The events of one stream that are appended together."""

    stream_id: UUID
    events: Sequence[EventRow]
    recorded_at: datetime
    key: Key | None = None
    inline_row: dict[str, Any] | None = None
    """Row of the inline projection, written in the same transaction as the events."""
    published: Sequence[str] = field(default=())
    """Topics whose events get a message in the outbox."""

    @property
    def version(self) -> int:
        """The version of the stream after the append."""
        return self.events[-1].version


def batch_of(
    stored: Sequence[StoredEvent], metadata: dict[str, Any], recorded_at: datetime, **beside: Any
) -> Batch:
    """Returns a batch of the library's stored events, with their leaf hashes."""
    stream_id = stored[0].originator_id
    assert isinstance(stream_id, UUID)
    events = [_event_row(event, metadata, recorded_at) for event in stored]
    return Batch(stream_id, events, recorded_at, **beside)


def leaf_hash(row: Mapping[Any, Any]) -> bytes:
    """The RFC 6962 hash of an event's leaf."""
    return sha256(b"\0" + leaf(row)).digest()


def leaf(row: Mapping[Any, Any]) -> bytes:
    """Returns the bytes of an event that are hashed: its envelope, then its stored text.

    The envelope does not contain the position.  Its metadata contains the SM3 (GB/T 32905) of the
    text.
    """
    envelope = {
        "stream_id": str(row["stream_id"]),
        "version": row["version"],
        "topic": row["topic"],
        "event_id": str(row["event_id"]),
        "recorded_at": row["recorded_at"].astimezone(UTC).isoformat(),
        "metadata": row["metadata"],
    }
    data: str = row["data"]
    return _canonical(envelope) + b"\n" + data.encode()


def sm3(text: bytes) -> str:
    """The SM3 hash in hex, computed by OpenSSL: some builds of Python have no SM3 in hashlib."""
    hashing = Hash(SM3())
    hashing.update(text)
    return hashing.finalize().hex()


def _event_row(event: StoredEvent, metadata: dict[str, Any], recorded_at: datetime) -> EventRow:
    metadata = metadata | {"sm3": sm3(event.state)}
    columns: dict[str, Any] = {
        "stream_id": event.originator_id,
        "version": event.originator_version,
        "topic": event.topic,
        "data": event.state.decode(),
        "event_id": uuid4(),
        "recorded_at": recorded_at,
        "metadata": metadata,
    }
    return EventRow(
        columns["version"],
        columns["topic"],
        columns["data"],
        _canonical(metadata).decode(),
        columns["event_id"],
        leaf_hash(columns),
    )


def _canonical(value: dict[str, Any]) -> bytes:
    """The canonical JSON of a value: names sorted, no spaces."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()
