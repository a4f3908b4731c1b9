"""The event log behind `eventsourcing`'s recorder interface: one schema, two databases.

An append locks the head row, so positions are contiguous and follow the order of commits; a
reader that has seen position n has seen everything up to n.

The interface is kept whole, because the library's own suite of recorder tests is our bar.  Beside
it stand two readings of a stream: `load` for a command, `stream` for everything else.
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

PAGE = 500
NOBODY = {"channel": "system", "correlation": None, "causation": None, "command": None}
"""The metadata of events that come by the library's interface, without an act behind them."""
e = events.c
CONTENT = (e.stream_id, e.version, e.topic, e.data)
"""The columns that make an event; the others say how it came into the log."""


class EventRecorder(ApplicationRecorder):
    def __init__(self, engine: Engine, clock: Callable[[], datetime], pool_size: int = 4) -> None:
        self._reading, self.clock = engine, clock
        self.commands = for_commands(engine, pool_size)
        self.log: SqliteLog | PostgresLog = (
            SqliteLog() if engine.dialect.name == "sqlite" else PostgresLog()
        )
        self.signal = LogSignal()

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        """Append in a transaction of its own; return the positions.

        Raises eventsourcing's IntegrityError when a version is taken: nothing is written then.
        """
        if not stored_events:
            return []
        with self.commands.connect() as db:
            batch = batch_of(stored_events, NOBODY, self.clock())
            positions = self.append(db.connection.driver_connection, batch)
        self.signal.announce()
        return [*positions]

    def append(self, driver: Any, batch: Batch) -> range:
        """Append within the transaction of this driver connection, or in one of its own."""
        return self.log.append(driver, batch)

    def load(self, driver: Any, stream_id: UUID) -> list[StoredEvent]:
        """A whole stream by the shortest way, for a command on its own connection."""
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
        rows = select(*CONTENT).where(e.stream_id == originator_id)
        if gt is not None:
            rows = rows.where(e.version > gt)
        if lte is not None:
            rows = rows.where(e.version <= lte)
        rows = rows.order_by(e.version.desc() if desc else e.version).limit(limit)
        with self._reading.connect() as db:
            return [StoredEvent(r[0], r[1], r[2], r[3].encode()) for r in db.execute(rows)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        rows = select(e.position, *CONTENT)
        if start is not None:
            rows = rows.where(e.position >= start if inclusive_of_start else e.position > start)
        if stop is not None:
            rows = rows.where(e.position <= stop)
        if topics:
            rows = rows.where(e.topic.in_(topics))
        rows = rows.order_by(e.position).limit(limit)
        with self._reading.connect() as db:
            found = db.execute(rows)
            return [Notification(r[1], r[2], r[3], r[4].encode(), r[0]) for r in found]

    def page(self, db: Connection, after: int, limit: int = PAGE) -> list[Notification]:
        """The next events of the log by the shortest way, within this connection's transaction."""
        driver: Any = db.connection.driver_connection
        return self.log.tail(driver, after, limit)

    def max_notification_id(self) -> int | None:
        with self._reading.connect() as db:
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
        """The rows of one stream in order, up to a version where one is given."""
        rows = select(*columns).where(e.stream_id == stream_id).order_by(e.version)
        if upto is not None:
            rows = rows.where(e.version <= upto)
        with self._reading.connect() as db:
            return [*db.execute(rows)]

    def close(self) -> None:
        self.commands.dispose()


class Tail(Subscription[EventRecorder]):
    """Every event after a position, as it comes; woken in this process, polling beside that."""

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            signal = self._recorder.signal.count
            page = self._recorder.select_notifications(
                self._last_notification_id, 1, topics=self._topics, inclusive_of_start=False
            )
            if page:
                self._last_notification_id = page[0].id
                return page[0]
            self._recorder.signal.wait(signal, 0.2)
        raise StopIteration
