"""The event log on PostgreSQL: a stored function appends an event in one round trip.

It calls the driver directly, because a command would spend more time in SQLAlchemy than in the
database.
"""

import json
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, Notification

from infrastructure.event_store.batch import Batch

LOAD = "SELECT version, topic, data FROM events WHERE stream_id = %s ORDER BY version"
TAIL = (
    "SELECT position, stream_id, version, topic, data FROM events"
    " WHERE position > %s ORDER BY position LIMIT %s"
)
APPEND = f"SELECT append_event({', '.join(['%s'] * 13)})"
NO_KEY = (None, None, None)
Loaded = list[tuple[int, str, str]]


class PostgresLog:
    """The event log on PostgreSQL; each method takes a driver connection in autocommit mode."""

    BEGIN = "BEGIN"

    def load(self, db: psycopg.Connection[Any], stream_id: UUID) -> Loaded:
        """Returns version, topic and data of every event of a stream, in order."""
        return db.execute(LOAD, (stream_id,)).fetchall()

    def tail(self, db: psycopg.Connection[Any], position: int, limit: int) -> list[Notification]:
        """Returns at most `limit` events after a position, in the order of the log."""
        rows = db.execute(TAIL, (position, limit)).fetchall()
        return [
            Notification(id, version, topic, data.encode(), at)
            for at, id, version, topic, data in rows
        ]

    def append(self, db: psycopg.Connection[Any], batch: Batch) -> range:
        """Appends a batch and returns its positions.

        Raises eventsourcing's IntegrityError if a version or the idempotency key is taken; then
        nothing is written.
        """
        *earlier, newest = _calls(batch)
        try:
            if earlier:
                with db.transaction(), db.cursor() as cursor:
                    cursor.executemany(APPEND, earlier)  # pipelined by the driver
                    last = _last(cursor.execute(APPEND, newest))
            else:
                last = _last(db.execute(APPEND, newest))
        except psycopg.errors.UniqueViolation as conflict:
            raise IntegrityError("this version or this key is taken") from conflict
        return range(last - len(earlier), last + 1)


def _last(cursor: psycopg.Cursor[Any]) -> int:
    row = cursor.fetchone()
    assert row is not None
    position: int = row[0]
    return position


def _calls(batch: Batch) -> list[tuple[Any, ...]]:
    """The arguments of each call of `append_event`; the last has the key and the inline row."""
    row = batch.inline_row
    last = (batch.key or NO_KEY), json.dumps(row, ensure_ascii=False, default=str) if row else None
    calls = []
    for event in batch.events:
        key, inline_row = last if event is batch.events[-1] else (NO_KEY, None)
        content = (batch.stream_id, event.version, event.topic, event.data, event.metadata)
        stamp = (batch.recorded_at, event.event_id, event.leaf)
        calls.append((*content, *stamp, *key, inline_row, event.topic in batch.published))
    return calls
