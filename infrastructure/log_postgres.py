"""The event log on PostgreSQL: one stored function appends in one round trip.

Spoken through the driver: between SQLAlchemy and psycopg a command would spend more time than in
the database.
"""

import json
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, Notification

from infrastructure.batch import Batch, Earlier

LOAD = "SELECT version, topic, data FROM events WHERE stream_id = %s ORDER BY version"
TAIL = (
    "SELECT position, stream_id, version, topic, data FROM events"
    " WHERE position > %s ORDER BY position LIMIT %s"
)
# arrays go in binary: as text every quotation mark in an event would be escaped, one by one
APPEND = (
    "SELECT * FROM append_events"
    "(%s, %b::int[], %b::text[], %b::text[], %s::json, %s, %b, %b, %s, %s, %s, %s::json, %b)"
)
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

    def append(self, db: psycopg.Connection[Any], batch: Batch) -> range | Earlier:
        """The positions, or what the key was used for before.

        Raises eventsourcing's IntegrityError when a version is taken; nothing is written then.
        """
        try:
            found = db.execute(APPEND, _arguments(batch)).fetchone()
        except psycopg.errors.UniqueViolation as conflict:
            raise IntegrityError("this version of the stream is taken") from conflict
        assert found is not None
        last, *earlier = found
        if last is None:
            return Earlier(*earlier)
        return range(last - len(batch.lines) + 1, last + 1)


def _arguments(batch: Batch) -> tuple[Any, ...]:
    lines = batch.lines
    key = batch.key or (None, None, None)
    return (
        batch.stream_id,
        [line.version for line in lines],
        [line.topic for line in lines],
        [line.data for line in lines],
        batch.metadata,
        batch.recorded_at,
        [line.event_id for line in lines],
        [line.leaf for line in lines],
        *key,
        json.dumps(batch.row, ensure_ascii=False, default=str) if batch.row else None,
        [line.topic in batch.told for line in lines],
    )
