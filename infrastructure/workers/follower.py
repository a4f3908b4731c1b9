"""Keeps the projections up to date while the service runs: one holder each, a standby beside it."""

from collections.abc import Callable, Mapping
from functools import partial
from threading import Event as Flag
from threading import Thread
from time import monotonic
from typing import Any

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.event_store.signal import Growth
from infrastructure.projector.projector import PROJECTIONS, Projector

log = structlog.get_logger()
LOCK = "SELECT pg_try_advisory_lock(hashtextextended('xinnuo ' || %s, 0))"
PATIENCE, HEARING_REST = 0.5, 0.05
REST, LONGEST_REST = 9, 0.5
"""After a round news gathers for nine times as long as the round took, at most half a second: a
busy log is projected by pages, not by events, and takes a tenth of a thread."""
Work = Callable[[], object]


class Follower:
    """A thread that does its work whenever the log has grown here, and by the clock beside that.

    Each work has a name, and of all processes one does it: the Holder of that name.
    """

    def __init__(
        self, engine: Engine, growth: Growth, poll_seconds: float, work: Mapping[str, Work]
    ) -> None:
        self._engine, self._growth, self._poll, self._work = engine, growth, poll_seconds, work
        self._stop, self._holder = Flag(), Holder(engine)
        name = type(self).__name__
        self._threads = [Thread(target=self._run, name=name, daemon=True)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._growth.announce()
        self._growth.hurry()
        for thread in self._threads:
            thread.join()
        self._holder.let_go()

    def _run(self) -> None:
        while not self._stop.is_set():
            growth, hurries, began = self._growth.count, self._growth.hurries, monotonic()
            for name, work in self._work.items():
                self._do(name, work)
            self._growth.rest(hurries, min(REST * (monotonic() - began), LONGEST_REST))
            self._growth.wait(growth, self._poll)

    def _do(self, name: str, work: Work) -> None:
        try:
            if self._holder.holds(name):
                work()
        except (SQLAlchemyError, psycopg.Error) as error:
            # the database is away: nothing is lost, the next round tries again
            log.error("work-waits", work=name, error=type(error).__name__)
            self._stop.wait(PATIENCE)
        except Exception as error:
            # nobody foresaw it; a thread that died of it would leave the work undone for good
            log.error("work-failed", work=name, exc_info=error)
            self._stop.wait(PATIENCE)


class ProjectionThread(Follower):
    """Follows the log with every projection; on PostgreSQL it hears of other processes' appends."""

    def __init__(self, projector: Projector, poll_seconds: float) -> None:
        work = {p.name: partial(projector.catch_up, p) for p in PROJECTIONS.values()}
        super().__init__(projector.engine, projector.recorder.growth, poll_seconds, work)
        if projector.engine.dialect.name == "postgresql":
            self._threads.append(Thread(target=self._listen, name="news", daemon=True))

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                hear(self._engine, self._growth, self._stop, self._poll)
            except (SQLAlchemyError, psycopg.Error) as error:
                log.error("news-interrupted", error=type(error).__name__)
                self._stop.wait(PATIENCE)


class Holder:
    """Who does a work: the session that has its advisory lock, until the session ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: psycopg.Connection[Any] | None = None
        self._held: set[str] = set()

    def holds(self, name: str) -> bool:
        """Is this work ours, now or from now on?  On SQLite there is only one process."""
        if self._engine.dialect.name == "sqlite":
            return True
        try:
            return self._still_holds(name) or self._try(name)
        except psycopg.Error:
            self.let_go()
            raise

    def let_go(self) -> None:
        if self._session:
            self._session.close()
        self._session, self._held = None, set()

    def _still_holds(self, name: str) -> bool:
        if self._session is None or name not in self._held:
            return False
        self._session.execute("SELECT 1")  # the locks end with the session
        return True

    def _try(self, name: str) -> bool:
        if self._session is None:
            self._session = session(self._engine)
        row = self._session.execute(LOCK, (name,)).fetchone()
        if row and row[0]:
            self._held.add(name)
        return name in self._held


def hear(engine: Engine, growth: Growth, stop: Flag, poll_seconds: float) -> None:
    """Pass on the news that other processes have appended, until told to stop.

    What comes while it rests is heard all at once.
    """
    with session(engine) as connection:
        connection.execute("LISTEN log_grown")
        growth.announce()  # whatever came before we listened
        while not stop.is_set():
            for _ in connection.notifies(timeout=min(poll_seconds, PATIENCE), stop_after=1):
                growth.announce()
            stop.wait(HEARING_REST)


def session(engine: Engine) -> psycopg.Connection[Any]:
    """A connection of its own, outside the pool: locks and news belong to a session."""
    _, arguments = engine.dialect.create_connect_args(engine.url)
    wanted: dict[str, Any] = {**arguments, "autocommit": True, "connect_timeout": 3}
    return psycopg.connect(**wanted)
