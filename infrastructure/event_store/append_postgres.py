"""The event log on PostgreSQL: a stored function appends an event in one round trip.

Spoken through the driver: between SQLAlchemy and psycopg a command would spend more time than in
the database.
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
Loaded = list[tuple[int, str, str]]


class PostgresLog:
    """Nothing of its own: every method is given the driver's connection, in autocommit mode."""

    BEGIN = "BEGIN"

    def load(self, db: psycopg.Connection[Any], stream_id: UUID) -> Loaded:
        """Version, topic and data of every event of a stream."""
        return db.execute(LOAD, (stream_id,)).fetchall()

    def tail(self, db: psycopg.Connection[Any], position: int, limit: int) -> list[Notification]:
        """The events after a position, in the order of the log."""
        found = db.execute(TAIL, (position, limit)).fetchall()
        return [
            Notification(id, version, topic, data.encode(), at)
            for at, id, version, topic, data in found
        ]

    def append(self, db: psycopg.Connection[Any], batch: Batch) -> range:
        """The positions.

        Raises eventsourcing's IntegrityError when a version or the key is taken; nothing is
        written then.
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
    found = cursor.fetchone()
    assert found is not None
    position: int = found[0]
    return position


def _calls(batch: Batch) -> list[tuple[Any, ...]]:
    """The arguments for each event; key and row come with the last."""
    row = json.dumps(batch.row, ensure_ascii=False, default=str) if batch.row else None
    beside = (batch.key or (None, None, None)), row
    nothing: tuple[Any, ...] = (None, None, None), None
    calls = []
    for line in batch.lines:
        key, row = beside if line is batch.lines[-1] else nothing
        said = (batch.stream_id, line.version, line.topic, line.data, line.metadata)
        stamp = (batch.recorded_at, line.event_id, line.leaf)
        calls.append((*said, *stamp, *key, row, line.topic in batch.published))
    return calls
