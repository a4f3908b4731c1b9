"""One append as both databases take it: the events, the key, and what is written beside them."""

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
    """An idempotency key: whose it is, which request it stands for, when it was first used."""

    command_id: str
    fingerprint: str
    at: datetime


class Line(NamedTuple):
    """An event as a line of the log, all but its position."""

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
    lines: Sequence[Line]
    recorded_at: datetime
    key: Key | None = None
    row: dict[str, Any] | None = None
    """The inline row of the aggregate: shown as soon as the events are."""
    published: Sequence[str] = field(default=())
    """The topics among these that other systems must be told of."""

    @property
    def version(self) -> int:
        """The version of the stream afterwards."""
        return self.lines[-1].version


def batch_of(
    stored: Sequence[StoredEvent], metadata: dict[str, Any], recorded_at: datetime, **beside: Any
) -> Batch:
    """A batch from the library's stored events, with their leaf hashes."""
    stream_id = stored[0].originator_id
    assert isinstance(stream_id, UUID)
    lines = [_line(event, metadata, recorded_at) for event in stored]
    return Batch(stream_id, lines, recorded_at, **beside)


def leaf_hash(row: Mapping[Any, Any]) -> bytes:
    """The RFC 6962 hash of an event's leaf."""
    return sha256(b"\0" + leaf(row)).digest()


def leaf(row: Mapping[Any, Any]) -> bytes:
    """What is hashed of an event: its envelope without the position, then its stored text.

    The envelope's metadata holds the SM3 (GB/T 32905) of that text beside everything else.
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
    """The SM3 hash, in hex; OpenSSL has it, not every Python's hashlib does."""
    hashing = Hash(SM3())
    hashing.update(text)
    return hashing.finalize().hex()


def _line(event: StoredEvent, metadata: dict[str, Any], recorded_at: datetime) -> Line:
    metadata = metadata | {"sm3": sm3(event.state)}
    said: dict[str, Any] = {
        "stream_id": event.originator_id,
        "version": event.originator_version,
        "topic": event.topic,
        "data": event.state.decode(),
        "event_id": uuid4(),
        "recorded_at": recorded_at,
        "metadata": metadata,
    }
    kept = _canonical(metadata).decode()
    return Line(
        event.originator_version, event.topic, said["data"], kept, said["event_id"], leaf_hash(said)
    )


def _canonical(value: dict[str, Any]) -> bytes:
    """The one JSON text of a value: names in order, no spaces."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()
