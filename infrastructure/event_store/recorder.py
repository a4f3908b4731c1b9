"""The event recorder: implements the recorder interface of `eventsourcing` on both databases.

An append locks the head row, so positions are contiguous and follow the order of commits.  A
reader that has seen position n has therefore seen every event up to n.

The interface is implemented completely, to the standard of the library's own recorder tests.
Two further methods read a stream: `load` for a command, `stream` for all other purposes.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    Notification,
    StoredEvent,
    Subscription,
)
from sqlalchemy import Column, Connection, Engine, Row, Table, select

from infrastructure.database.engine import for_commands
from infrastructure.database.schema import events, log_head
from infrastructure.event_store.append_postgres import PostgresLog
from infrastructure.event_store.append_sqlite import SqliteLog
from infrastructure.event_store.batch import Batch, batch_of
from infrastructure.event_store.signal import LogSignal

PAGE_SIZE = 500
"""Number of events that are read from the log at a time."""
NO_COMMAND_METADATA = {
    "channel": "system",
    "correlation": None,
    "causation": None,
    "command": None,
}
"""Metadata for events appended without a command."""
e = events.c
CONTENT = (e.stream_id, e.version, e.topic, e.data)
"""The columns that make up an event; the other columns describe its recording."""


class EventRecorder(ApplicationRecorder):
    def __init__(self, engine: Engine, clock: Callable[[], datetime], pool_size: int = 4) -> None:
        self._engine, self.clock = engine, clock
        self.commands = for_commands(engine, pool_size)
        self.log: SqliteLog | PostgresLog = (
            SqliteLog() if engine.dialect.name == "sqlite" else PostgresLog()
        )
        self.signal = LogSignal()

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        """Appends events in a transaction of their own and returns their positions.

        Raises eventsourcing's IntegrityError if a version is taken; then nothing is written.
        """
        if not stored_events:
            return []
        with self.commands.connect() as db:
            batch = batch_of(stored_events, NO_COMMAND_METADATA, self.clock())
            positions = self.append(db.connection.driver_connection, batch)
        self.signal.announce()
        return [*positions]

    def append(self, driver: Any, batch: Batch) -> range:
        """Appends a batch in the driver connection's transaction, or in a new one if none is open.

        Returns the positions.
        """
        return self.log.append(driver, batch)

    def load(self, driver: Any, stream_id: UUID) -> list[StoredEvent]:
        """Loads a whole stream through the driver, on the connection of a command."""
        rows = self.log.load(driver, stream_id)
        return [StoredEvent(stream_id, row[0], row[1], row[2].encode()) for row in rows]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        query = select(*CONTENT).where(e.stream_id == originator_id)
        if gt is not None:
            query = query.where(e.version > gt)
        if lte is not None:
            query = query.where(e.version <= lte)
        query = query.order_by(e.version.desc() if desc else e.version).limit(limit)
        with self._engine.connect() as db:
            return [StoredEvent(r[0], r[1], r[2], r[3].encode()) for r in db.execute(query)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        query = select(e.position, *CONTENT)
        if start is not None:
            query = query.where(e.position >= start if inclusive_of_start else e.position > start)
        if stop is not None:
            query = query.where(e.position <= stop)
        if topics:
            query = query.where(e.topic.in_(topics))
        query = query.order_by(e.position).limit(limit)
        with self._engine.connect() as db:
            rows = db.execute(query)
            return [Notification(r[1], r[2], r[3], r[4].encode(), r[0]) for r in rows]

    def page(self, db: Connection, after: int, limit: int = PAGE_SIZE) -> list[Notification]:
        """Reads the next events of the log through the driver, in the connection's transaction."""
        driver: Any = db.connection.driver_connection
        return self.log.tail(driver, after, limit)

    def max_notification_id(self) -> int | None:
        with self._engine.connect() as db:
            return db.scalar(select(log_head.c.size)) or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> "Subscription[EventRecorder]":
        return Tail(self, gt, topics)

    def stream(
        self,
        stream_id: UUID,
        upto: int | None = None,
        columns: Sequence[Column[Any] | Table] = (events,),
    ) -> list[Row[Any]]:
        """Returns the rows of one stream in order, up to a version if one is given."""
        query = select(*columns).where(e.stream_id == stream_id).order_by(e.version)
        if upto is not None:
            query = query.where(e.version <= upto)
        with self._engine.connect() as db:
            return [*db.execute(query)]

    def close(self) -> None:
        self.commands.dispose()


class Tail(Subscription[EventRecorder]):
    """A subscription: yields every event after a position, and waits for new ones.

    An append of this process wakes it at once; it also polls the log every 0.2 seconds.
    """

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            count = self._recorder.signal.count
            page = self._recorder.select_notifications(
                self._last_notification_id, 1, topics=self._topics, inclusive_of_start=False
            )
            if page:
                self._last_notification_id = page[0].id
                return page[0]
            self._recorder.signal.wait(count, 0.2)
        raise StopIteration
