"""One engine for both databases: durable, one writer at a time on SQLite, silent about values."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import ConnectionPoolEntry

WRITES = "xinnuo_writes"
"""The execution option of an engine whose transactions will write."""


def open_database(url: str, pool_size: int = 8) -> Engine:
    """An engine for SQLite or PostgreSQL; errors never show bound values (personal data)."""
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return create_engine(url, pool_pre_ping=True, pool_size=pool_size, hide_parameters=True)


def writing(engine: Engine) -> Engine:
    """The same engine and pool, for transactions that write."""
    return engine.execution_options(**{WRITES: True})


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
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged commit survives a power cut
        "foreign_keys=ON",
        "busy_timeout=10000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    """A writer takes its place at once: no reading first and failing to write later."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
