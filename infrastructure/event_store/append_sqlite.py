"""The event log on SQLite: the same statements as PostgreSQL's stored function, one by one."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, Notification

from infrastructure.event_store.batch import Batch

LOAD = "SELECT version, topic, data FROM events WHERE stream_id = ? ORDER BY version"
TAIL = (
    "SELECT position, stream_id, version, topic, data FROM events"
    " WHERE position > ? ORDER BY position LIMIT ?"
)
CLAIM = (
    "INSERT INTO commands (command_id, fingerprint, stream_id, version, at) VALUES (?, ?, ?, ?, ?)"
)
GROW = "UPDATE log_head SET size = size + ? RETURNING size"
ADD = (
    "INSERT INTO events (position, stream_id, version, topic, data, metadata, recorded_at,"
    " event_id, leaf, command_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
TELL = (
    "INSERT INTO outbox (position, stream_id, topic, state, tries, due_at)"
    " VALUES (?, ?, ?, 'waiting', 0, ?)"
)
Loaded = list[tuple[int, str, str]]


class SqliteLog:
    """Nothing of its own: every method is given the driver's connection."""

    BEGIN = "BEGIN IMMEDIATE"

    def load(self, db: sqlite3.Connection, stream_id: UUID) -> Loaded:
        """Version, topic and data of every event of a stream."""
        return db.execute(LOAD, (stream_id.hex,)).fetchall()

    def tail(self, db: sqlite3.Connection, position: int, limit: int) -> list[Notification]:
        """The events after a position, in the order of the log."""
        found = db.execute(TAIL, (position, limit))
        return [
            Notification(UUID(id), version, topic, data.encode(), at)
            for at, id, version, topic, data in found
        ]

    def append(self, db: sqlite3.Connection, batch: Batch) -> range:
        """The positions.

        Raises eventsourcing's IntegrityError when a version or the key is taken; nothing is
        written then.
        """
        try:
            with _transaction(db):
                return _add(db, batch)
        except sqlite3.IntegrityError as conflict:
            raise IntegrityError("this version or this key is taken") from conflict


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Takes the writer's place at once; within one that is open already, nothing of its own."""
    if db.in_transaction:
        yield
        return
    db.execute(SqliteLog.BEGIN)
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # some failures, such as a full disk, have rolled back already
            db.execute("ROLLBACK")
        raise


def _add(db: sqlite3.Connection, batch: Batch) -> range:
    count, stream, at = len(batch.lines), batch.stream_id.hex, _instant(batch.recorded_at)
    command = batch.key.command_id if batch.key else None
    if key := batch.key:
        db.execute(CLAIM, (command, key.fingerprint, stream, batch.version, _instant(key.at)))
    (size,) = db.execute(GROW, (count,)).fetchone()
    positions = range(size - count + 1, size + 1)
    for position, line in zip(positions, batch.lines, strict=True):
        version, topic, data, metadata, event_id, leaf = line
        row = (position, stream, version, topic, data, metadata, at)
        db.execute(ADD, (*row, event_id.hex, leaf, command))
        if topic in batch.published:
            db.execute(TELL, (position, stream, topic, at))
    if batch.row:
        db.execute(_replace(tuple(batch.row)), [_value(value) for value in batch.row.values()])
    return positions


def _replace(columns: tuple[str, ...]) -> str:
    places = ", ".join("?" * len(columns))
    return f"REPLACE INTO case_summaries ({', '.join(columns)}) VALUES ({places})"  # noqa: S608


def _value(value: object) -> Any:
    """As SQLAlchemy's types would keep it."""
    match value:
        case UUID():
            return value.hex
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
