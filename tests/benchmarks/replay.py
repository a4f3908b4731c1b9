"""(c) Filling the projections from the log, compared with the raw driver writing the same rows."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.types.json import Json
from sqlalchemy import make_url, text

from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.event_store.recorder import PAGE_SIZE
from projections.audit_trail.projection import AUDIT
from projections.disclosures.projection import DISCLOSURE
from projections.read_model.projection import Projection
from projections.worklist.projection import WORKLIST
from tests.benchmarks.cases import LENGTH, append, open_case, service_over
from tests.benchmarks.rounds import Place, medians, report

EVENTS = 20_000
RAW, OURS = "raw driver, same rows", "projector"
READ = (
    "SELECT position, stream_id, version, topic, data FROM events"
    " WHERE position > {0} ORDER BY position LIMIT {0}"
)
MOVE = "UPDATE projection_positions SET position = {0} WHERE projection = {0}"
LAST = "SELECT stream_id, max(position) FROM events GROUP BY stream_id"
Pages = list[list[tuple[Any, ...]]]
"""For each page of the log, the rows that its events produce, ready for the driver."""


def run(place: Place, rounds: int = 5, events: int = EVENTS) -> None:
    """Measure each projection alone, from an empty table to the end of the log."""
    for database, url in (("PostgreSQL", place.postgres()), ("SQLite", place.sqlite())):
        service = service_over(url, place.folder)
        fill(service, events)
        for projection in (DISCLOSURE, AUDIT, WORKLIST):
            seconds = medians(sides(service, projection), rounds)
            rates = {name: events / each for name, each in seconds.items()}
            report(f"replay, {projection.name}, {database}, in events", rates, RAW)
        service.close()


def fill(service: Container, events: int) -> None:
    """Store cases of ten events, one after the other."""
    with writing(service.engine).begin() as db:
        for _ in range(events // LENGTH):
            append(service, db.connection.driver_connection, open_case())
    with service.repository.recorder.commands.connect() as db:
        db.connection.driver_connection.execute("ANALYZE")


def sides(service: Container, projection: Projection) -> dict[str, Callable[[], float]]:
    """The seconds of one replay, by the projector and by the raw driver."""

    def ours() -> int:
        return service.projector.catch_up(projection)

    seconds_of(service, projection, ours)
    write = _Postgres if service.engine.dialect.name == "postgresql" else _Sqlite
    raw = write(service, projection, pages(service, projection))
    return {
        RAW: lambda: seconds_of(service, projection, raw.replay),
        OURS: lambda: seconds_of(service, projection, ours),
    }


def seconds_of(service: Container, projection: Projection, replay: Callable[[], object]) -> float:
    """The seconds of one replay from an empty table.  Asserts that it reached the log's end."""
    _empty(service, projection)
    began = time.perf_counter()
    replay()
    seconds = time.perf_counter() - began
    assert service.projector.lag()[projection.name] == 0
    return seconds


def pages(service: Container, projection: Projection) -> Pages:
    """The rows of the projection, grouped by the page of the log that wrote them last."""
    grouped: Pages = [
        [] for _ in range(0, service.repository.recorder.max_notification_id() or 0, PAGE_SIZE)
    ]
    with service.engine.connect() as db:
        driver: Any = db.connection.driver_connection
        last = dict(driver.execute(LAST).fetchall())
        table = projection.table.name
        for row in driver.execute(f"SELECT * FROM {table}").fetchall():  # noqa: S608
            position = row[0] if projection.appends else last[row[0]]
            grouped[(position - 1) // PAGE_SIZE].append(row)
    return grouped


def _empty(service: Container, projection: Projection) -> None:
    table = projection.table.name
    lite = service.engine.dialect.name == "sqlite"
    with writing(service.engine).begin() as db:
        db.execute(text(f"DELETE FROM {table}" if lite else f"TRUNCATE {table}"))  # noqa: S608
        service.projector.lock(db, projection.name)
        service.projector.move(db, projection.name, 0)


class _Postgres:
    """Reads a page, writes its rows (pipelined) and moves the checkpoint, in one transaction."""

    def __init__(self, service: Container, projection: Projection, pages: Pages) -> None:
        url = make_url(str(service.settings.url)).set(drivername="postgresql")
        self.db = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
        self.name, self.pages = projection.name, [[_json(r) for r in page] for page in pages]
        places = ", ".join(["%s"] * len(projection.table.columns))
        self.insert = f"INSERT INTO {projection.table.name} VALUES ({places})"  # noqa: S608

    def replay(self) -> None:
        position = 0
        for rows in self.pages:
            with self.db.transaction(), self.db.cursor() as cursor:
                read = cursor.execute(READ.format("%s"), (position, PAGE_SIZE)).fetchall()
                cursor.executemany(self.insert, rows)
                position = read[-1][0]
                cursor.execute(MOVE.format("%s"), (position, self.name))


class _Sqlite:
    """Reads a page, writes its rows and moves the checkpoint, in one transaction of sqlite3."""

    def __init__(self, service: Container, projection: Projection, pages: Pages) -> None:
        path = make_url(service.settings.url).database
        self.db = sqlite3.connect(str(path), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            self.db.execute(f"PRAGMA {pragma}")
        self.name, self.pages = projection.name, pages
        places = ", ".join("?" * len(projection.table.columns))
        self.insert = f"INSERT INTO {projection.table.name} VALUES ({places})"  # noqa: S608

    def replay(self) -> None:
        position = 0
        for rows in self.pages:
            self.db.execute("BEGIN IMMEDIATE")
            read = self.db.execute(READ.format("?"), (position, PAGE_SIZE)).fetchall()
            self.db.executemany(self.insert, rows)
            position = read[-1][0]
            self.db.execute(MOVE.format("?"), (position, self.name))
            self.db.execute("COMMIT")


def _json(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(Json(value) if isinstance(value, list) else value for value in row)
