"""The event log behind `eventsourcing`'s recorder interface: one schema, two databases.

An append locks the head row, so positions are contiguous and follow the order of commits; a
reader that has seen position n has seen everything up to n.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Condition
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)
from sqlalchemy import Connection, Engine, Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError as Conflict

from infrastructure.database import writing
from infrastructure.schema import events, log_head

PAGE = 500
e = events.c


@dataclass(frozen=True)
class Envelope:
    """What the log keeps of the act behind the events, beside the events themselves."""

    metadata: dict[str, Any]
    command_id: str | None = None


class EventRecorder(ApplicationRecorder):
    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock
        self._grown = Condition()
        self._seen_size = 0

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        connection: Connection | None = None,
        envelope: Envelope | None = None,
        **_: Any,
    ) -> Sequence[int]:
        """Append, in the caller's transaction or in one of its own; return the positions.

        Raises eventsourcing's IntegrityError when a version is taken: nothing is written then.
        """
        if not stored_events:
            return []
        envelope = envelope or Envelope({})
        if connection is not None:
            return self._append(connection, stored_events, envelope)
        with writing(self._engine).begin() as own:
            positions = self._append(own, stored_events, envelope)
        self.announce()
        return positions

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
        connection: Connection | None = None,
    ) -> Sequence[StoredEvent]:
        rows = select(e.stream_id, e.version, e.topic, e.data).where(e.stream_id == originator_id)
        if gt is not None:
            rows = rows.where(e.version > gt)
        if lte is not None:
            rows = rows.where(e.version <= lte)
        rows = rows.order_by(e.version.desc() if desc else e.version).limit(limit)
        with self._reading(connection) as db:
            return [StoredEvent(r[0], r[1], r[2], r[3].encode()) for r in db.execute(rows)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
        connection: Connection | None = None,
    ) -> Sequence[Notification]:
        rows = select(e.position, e.stream_id, e.version, e.topic, e.data)
        if start is not None:
            rows = rows.where(e.position >= start if inclusive_of_start else e.position > start)
        if stop is not None:
            rows = rows.where(e.position <= stop)
        if topics:
            rows = rows.where(e.topic.in_(topics))
        with self._reading(connection) as db:
            found = db.execute(rows.order_by(e.position).limit(limit))
            return [Notification(r[1], r[2], r[3], r[4].encode(), r[0]) for r in found]

    def max_notification_id(self) -> int | None:
        with self._reading(None) as db:
            return db.scalar(select(log_head.c.size)) or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> "Subscription[EventRecorder]":
        return Tail(self, gt, topics)

    def stream(self, stream_id: UUID) -> list[Row[Any]]:
        """Every row of one stream, with all that the log knows of each event."""
        with self._reading(None) as db:
            return [*db.execute(_all_of(stream_id))]

    def announce(self) -> None:
        """Wake whoever waits in this process: the log has grown."""
        with self._grown:
            self._seen_size += 1
            self._grown.notify_all()

    @property
    def growth(self) -> int:
        """A count of announcements; read it before reading the log, then `wait` for more."""
        return self._seen_size

    def wait(self, growth: int, seconds: float) -> None:
        """Sleep until the log has grown since `growth` was read, or so many seconds have passed."""
        with self._grown:
            self._grown.wait_for(lambda: self._seen_size != growth, seconds)

    def _append(
        self, connection: Connection, stored: Sequence[StoredEvent], envelope: Envelope
    ) -> Sequence[int]:
        now = self._clock()
        grow = update(log_head).values(size=log_head.c.size + len(stored))
        size = connection.execute(grow.returning(log_head.c.size)).scalar_one()
        rows = [_row(event, envelope, now) for event in stored]
        positions = range(size - len(stored) + 1, size + 1)
        for position, row in zip(positions, rows, strict=True):
            row["position"] = position
        try:
            connection.execute(insert(events), rows)
        except Conflict as conflict:
            raise IntegrityError("this version of the stream is taken") from conflict
        return positions

    @contextmanager
    def _reading(self, connection: Connection | None) -> Iterator[Connection]:
        if connection is not None:
            yield connection
            return
        with self._engine.connect() as own:
            yield own


class Tail(Subscription[EventRecorder]):
    """Every event after a position, as it comes; woken in this process, polling beside that."""

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            growth = self._recorder.growth
            page = self._recorder.select_notifications(
                self._last_notification_id, 1, topics=self._topics, inclusive_of_start=False
            )
            if page:
                self._last_notification_id = page[0].id
                return page[0]
            self._recorder.wait(growth, 0.2)
        raise StopIteration


def leaf_hash(row: dict[str, Any]) -> bytes:
    """The RFC 6962 leaf of an event: its envelope without the position, then its stored bytes."""
    envelope = {
        "stream_id": str(row["stream_id"]),
        "version": row["version"],
        "topic": row["topic"],
        "event_id": str(row["event_id"]),
        "recorded_at": row["recorded_at"].astimezone(UTC).isoformat(),
        "metadata": row["metadata"],
    }
    text = json.dumps(envelope, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"\0" + text.encode() + b"\n" + row["data"].encode()).digest()


def _row(event: StoredEvent, envelope: Envelope, now: datetime) -> dict[str, Any]:
    row = {
        "stream_id": event.originator_id,
        "version": event.originator_version,
        "topic": event.topic,
        "data": event.state.decode(),
        "metadata": envelope.metadata,
        "recorded_at": now,
        "event_id": uuid4(),
        "command_id": envelope.command_id,
    }
    return {**row, "leaf": leaf_hash(row)}


def _all_of(stream_id: UUID) -> Select[Any]:
    return select(events).where(e.stream_id == stream_id).order_by(e.version)
