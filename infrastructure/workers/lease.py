"""Leases: of all processes, only the one that holds the lease of a task runs the task."""

from typing import Any

import psycopg
from sqlalchemy import Engine

from infrastructure.database.engine import unpooled

LOCK = "SELECT pg_try_advisory_lock(hashtextextended('xinnuo ' || %s, 0))"


class Leases:
    """The leases of one worker: advisory locks of a PostgreSQL session, which end with it.

    On SQLite there is only one process, which holds every lease.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: psycopg.Connection[Any] | None = None
        self._held: set[str] = set()

    def holds(self, name: str) -> bool:
        """Returns True if this worker holds the lease of a task; takes the lease if it is free."""
        if self._engine.dialect.name == "sqlite":
            return True
        try:
            return self._still_holds(name) or self._try(name)
        except psycopg.Error:
            self.release()
            raise

    def release(self) -> None:
        if self._session:
            self._session.close()
        self._session, self._held = None, set()

    def _still_holds(self, name: str) -> bool:
        if self._session is None or name not in self._held:
            return False
        self._session.execute("SELECT 1")  # raises if the session has ended, and its locks with it
        return True

    def _try(self, name: str) -> bool:
        if self._session is None:
            self._session = unpooled(self._engine)
        row = self._session.execute(LOCK, (name,)).fetchone()
        if row and row[0]:
            self._held.add(name)
        return name in self._held
