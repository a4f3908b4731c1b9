"""One engine for both databases: durable, one writer at a time on SQLite, silent about values."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

DRIVER_ERRORS = (psycopg.OperationalError, psycopg.InterfaceError, sqlite3.OperationalError)
PATIENCE = 100
WRITES = "xinnuo_writes"
"""The execution option of an engine whose transactions will write."""


def open_database(url: str, pool_size: int = 8) -> Engine:
    """An engine for SQLite or PostgreSQL; errors never show bound values (personal data)."""
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return create_engine(url, pool_pre_ping=True, **_pool(pool_size))


def for_commands(engine: Engine, pool_size: int) -> Engine:
    """An engine for the append path: no transaction is begun unless one is asked for.

    On SQLite it is the same engine; on PostgreSQL a pool of its own in autocommit mode.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return create_engine(engine.url, isolation_level="AUTOCOMMIT", **_pool(pool_size))


def _pool(size: int) -> dict[str, Any]:
    """Bounded in size and patience: a database that is away is noticed in seconds."""
    return {
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": 3,
        "pool_use_lifo": True,
        "hide_parameters": True,
        "connect_args": {"connect_timeout": 3},
    }


def writing(engine: Engine) -> Engine:
    """The same engine and pool, for transactions that write."""
    return engine.execution_options(**{WRITES: True})


def snapshot(engine: Engine) -> Connection:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    if engine.dialect.name == "sqlite":
        return engine.connect()  # of itself: a reader keeps what it began with
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


class DatabaseAway(Exception):
    """The database cannot be reached, or cannot write; whether the last command was kept is open.

    A repetition with the same idempotency key is safe.
    """


@contextmanager
def reaching(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """A connection of the pool whose driver is spoken to directly.  Raises DatabaseAway, and
    forgets every idle connection then, so that the next attempt begins with a fresh one."""
    try:
        pooled = engine.raw_connection()
        try:
            yield pooled
        except DRIVER_ERRORS:
            pooled.invalidate()
            raise
        finally:
            pooled.close()
    except (*DRIVER_ERRORS, OperationalError) as error:
        engine.dispose()
        raise DatabaseAway("数据库暂时无法访问，请稍后重试") from error


def unpooled(engine: Engine) -> psycopg.Connection[Any]:
    """A connection to PostgreSQL outside the pool: a lock or a LISTEN lasts as long as it does."""
    _, arguments = engine.dialect.create_connect_args(engine.url)
    wanted: dict[str, Any] = {**arguments, "autocommit": True, "connect_timeout": 3}
    return psycopg.connect(**wanted)


def upsert(dialect: Dialect) -> Any:
    """The `insert` that knows ON CONFLICT; spelt the same for both databases."""
    return sqlite.insert if dialect.name == "sqlite" else postgresql.insert


def _open_sqlite(url: str) -> Engine:
    if (path := make_url(url).database) and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver does
    for pragma in (
        "busy_timeout=10000",  # first, because the others may have to wait as well
        "synchronous=FULL",  # an acknowledged commit survives a power cut
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers do not wait for the writer.  A new file is switched over once, and processes that
    start together must take turns at it: for this one change SQLite does not wait by itself."""
    for _ in range(PATIENCE):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            time.sleep(0.1)
    connection.execute("PRAGMA journal_mode=WAL")


def _on_begin(connection: Connection) -> None:
    """A writer takes its place at once: no reading first and failing to write later."""
    driver: Any = connection.connection.driver_connection
    if driver.in_transaction:  # begun through the driver, by the append path
        return
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
