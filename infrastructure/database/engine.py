"""Opens SQLite and PostgreSQL databases: engines, writing transactions, snapshots, connections."""

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
WAL_ATTEMPTS, WAL_RETRY_DELAY = 100, 0.1
"""How often the switch to write-ahead logging is repeated, and the seconds between two attempts."""
WRITES = "xinnuo_writes"
"""Execution option of an engine whose transactions write."""


def open_database(url: str, pool_size: int = 8) -> Engine:
    """Returns an engine for SQLite or PostgreSQL.

    Commits are durable.  Errors never show bound values, which may be personal data.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return create_engine(url, pool_pre_ping=True, **_pool(pool_size))


def for_commands(engine: Engine, pool_size: int) -> Engine:
    """Returns the engine for appends, which begins a transaction only on request.

    On SQLite it is the same engine; on PostgreSQL it has its own pool, in autocommit mode.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return create_engine(engine.url, isolation_level="AUTOCOMMIT", **_pool(pool_size))


def _pool(size: int) -> dict[str, Any]:
    """Pool options: a fixed size, and timeouts of 3 seconds, which make an outage visible soon."""
    return {
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": 3,
        "pool_use_lifo": True,
        "hide_parameters": True,
        "connect_args": {"connect_timeout": 3},
    }


def writing(engine: Engine) -> Engine:
    """Returns the same engine and pool for transactions that write."""
    return engine.execution_options(**{WRITES: True})


def snapshot(engine: Engine) -> Connection:
    """Returns a connection with snapshot isolation: its transaction sees no later writes."""
    if engine.dialect.name == "sqlite":
        return engine.connect()  # a SQLite reader always has snapshot isolation
    return engine.connect().execution_options(isolation_level="REPEATABLE READ")


class DatabaseAway(Exception):
    """The database cannot be reached or cannot write; the last command may have been kept or not.

    It is safe to repeat the command with the same idempotency key.
    """


@contextmanager
def reaching(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """Yields a pooled connection for statements that go to the driver directly.

    Raises DatabaseAway if the database fails, and closes all idle connections of the pool, so that
    the next attempt gets a fresh one.
    """
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
    """Opens a PostgreSQL connection outside the pool, for session locks and LISTEN.

    Both last until the connection is closed.
    """
    _, arguments = engine.dialect.create_connect_args(engine.url)
    options: dict[str, Any] = {**arguments, "autocommit": True, "connect_timeout": 3}
    return psycopg.connect(**options)


def upsert(dialect: Dialect) -> Any:
    """Returns the `insert` of the dialect, which supports ON CONFLICT; the generic one does not."""
    return sqlite.insert if dialect.name == "sqlite" else postgresql.insert


def _open_sqlite(url: str) -> Engine:
    if (path := make_url(url).database) and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins no transaction by itself
    for pragma in (
        "busy_timeout=10000",  # first, because the other pragmas may have to wait for a lock
        "synchronous=FULL",  # an acknowledged commit survives a power cut
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switches the file to write-ahead logging, so that readers do not wait for the writer.

    This happens once for each new file.  SQLite does not wait for the lock of this one change, so
    processes that start together must retry.
    """
    for _ in range(WAL_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            time.sleep(WAL_RETRY_DELAY)
    connection.execute("PRAGMA journal_mode=WAL")


def _on_begin(connection: Connection) -> None:
    """Begins a transaction; one that writes takes SQLite's write lock immediately.

    If it read first and took the lock later, it could fail at its first write.
    """
    driver: Any = connection.connection.driver_connection
    if driver.in_transaction:  # the append has begun one through the driver
        return
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
