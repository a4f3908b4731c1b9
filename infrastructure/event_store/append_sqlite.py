"""The event log on SQLite: executes the statements of PostgreSQL's stored function one by one."""

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
CLAIM_KEY = (
    "INSERT INTO commands (command_id, fingerprint, stream_id, version, at) VALUES (?, ?, ?, ?, ?)"
)
GROW_LOG = "UPDATE log_head SET size = size + ? RETURNING size"
INSERT_EVENT = (
    "INSERT INTO events (position, stream_id, version, topic, data, metadata, recorded_at,"
    " event_id, leaf, command_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_MESSAGE = (
    "INSERT INTO outbox (position, stream_id, topic, state, tries, due_at)"
    " VALUES (?, ?, ?, 'waiting', 0, ?)"
)
Loaded = list[tuple[int, str, str]]


class SqliteLog:
    """The event log on SQLite; each method takes a driver connection."""

    BEGIN = "BEGIN IMMEDIATE"

    def load(self, db: sqlite3.Connection, stream_id: UUID) -> Loaded:
        """Returns version, topic and data of every event of a stream, in order."""
        return db.execute(LOAD, (stream_id.hex,)).fetchall()

    def tail(self, db: sqlite3.Connection, position: int, limit: int) -> list[Notification]:
        """Returns at most `limit` events after a position, in the order of the log."""
        rows = db.execute(TAIL, (position, limit))
        return [
            Notification(UUID(id), version, topic, data.encode(), at)
            for at, id, version, topic, data in rows
        ]

    def append(self, db: sqlite3.Connection, batch: Batch) -> range:
        """Appends a batch and returns its positions.

        Raises eventsourcing's IntegrityError if a version or the idempotency key is taken; then
        nothing is written.
        """
        try:
            with _transaction(db):
                return _add(db, batch)
        except sqlite3.IntegrityError as conflict:
            raise IntegrityError("this version or this key is taken") from conflict


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Begins a transaction with the write lock and ends it; does nothing if one is already open."""
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
    count, stream, at = len(batch.events), batch.stream_id.hex, _instant(batch.recorded_at)
    command = batch.key.command_id if batch.key else None
    if key := batch.key:
        db.execute(CLAIM_KEY, (command, key.fingerprint, stream, batch.version, _instant(key.at)))
    (size,) = db.execute(GROW_LOG, (count,)).fetchone()
    positions = range(size - count + 1, size + 1)
    for position, event in zip(positions, batch.events, strict=True):
        version, topic, data, metadata, event_id, leaf = event
        content = (position, stream, version, topic, data, metadata, at)
        db.execute(INSERT_EVENT, (*content, event_id.hex, leaf, command))
        if topic in batch.published:
            db.execute(INSERT_MESSAGE, (position, stream, topic, at))
    if row := batch.inline_row:
        db.execute(_replace(tuple(row)), [_value(value) for value in row.values()])
    return positions


def _replace(columns: tuple[str, ...]) -> str:
    places = ", ".join("?" * len(columns))
    return f"REPLACE INTO case_summaries ({', '.join(columns)}) VALUES ({places})"  # noqa: S608


def _value(value: object) -> Any:
    """Returns the value in the form in which SQLAlchemy's column types store it."""
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
