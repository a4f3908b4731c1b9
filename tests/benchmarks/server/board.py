"""(i) The board and the public statistics over a million events, and how fast they are summed."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from starlette.testclient import TestClient

from api.app import create_app
from application.access.permissions import Role
from domain.case.case import Case
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.projector.totals import add_up
from projections.read_model.projection import Row, Rows
from projections.read_model.tables import case_summaries, duties
from projections.statistics.projection import STATISTICS, fold
from projections.statistics.tables import case_counts
from projections.worklist.projection import summary_row
from tests.benchmarks.cases import service_over
from tests.benchmarks.rounds import Place
from tests.benchmarks.server.paced import paced
from tests.conftest import tokens_of
from tests.given import CLERK, history
from tests.stories import FULFILLED
from tests.support.repetitions import dice
from tests.support.service_driver import STORIES

CHUNK, BUREAUS, ITEMS, MONTHS = 500, 20, 120, 24
TODAY = datetime.fromisoformat("2026-11-27T10:00:00+08:00")
PATHS = (
    "/desk/board?period=2026",
    "/desk/board",
    "/statistics?period=2026",
    "/desk/board?bureau={0}",
)


def run(place: Place, rounds: int = 5) -> None:
    """Measure on both databases; BENCH_EVENTS changes the number of events."""
    events = int(os.environ.get("BENCH_EVENTS", "1000000"))
    for database, url in (("PostgreSQL", place.postgres()), ("SQLite", place.sqlite())):
        service = service_over(url, place.folder)
        seconds = grow(service, events)
        print(f"statistics, {database}: {events:,} events summed, {events / seconds:,.0f}/s")
        with browser(service) as client:
            for path in PATHS:
                _measure(client, database, path.format(f"{7:018}"), rounds * 10)
        service.close()


def _measure(client: TestClient, database: str, path: str, calls: int) -> None:
    sizes: set[int] = set()

    def visit() -> None:
        reply = client.get(path)
        assert reply.status_code == 200, reply.text
        sizes.add(len(reply.content))

    taken = paced(visit, calls)
    print(
        f"  {database}, {path}: p50 {taken.p50:.0f} ms, p95 {taken.p95:.0f} ms, "
        f"processor {taken.processor:.0f} ms, {max(sizes):,} bytes",
        flush=True,
    )


@contextmanager
def browser(service: Container) -> Iterator[TestClient]:
    """A supervisor who is signed in."""
    by = CLERK.model_copy(update={"role": Role.SUPERVISOR})
    token = tokens_of(service.settings.keys_dir).mint(by, TODAY, 8)
    with TestClient(create_app(service.settings, lambda: TODAY)) as client:
        form, ours = {"token": token, "next": ""}, {"Sec-Fetch-Site": "same-origin"}
        client.post("/sign-in", data=form, headers=ours)
        client.headers["Accept"] = "text/html"
        yield client


def grow(service: Container, events: int) -> float:
    """Fill the tables that the pages read; returns the seconds that the sums took."""
    chance, seconds, cases = dice(), 0.0, _cases(dice(), events)
    with writing(service.engine).begin() as db:
        while chunk := list(islice(cases, CHUNK)):
            rows = [row for row, _ in chunk]
            db.execute(insert(case_counts), rows)
            db.execute(insert(case_summaries), [_summary(row, line) for row, line in chunk])
            if owed := [duty for row in rows for duty in _duties(row, chance)]:
                db.execute(insert(duties), owed)
            began = time.perf_counter()
            after: dict[Any, Rows] = {row["case_id"]: (row,) for row in rows}
            add_up(db, STATISTICS, {}, after)
            seconds += time.perf_counter() - began
    with service.repository.recorder.commands.connect() as db:
        db.connection.driver_connection.execute("ANALYZE")
    return seconds


def _cases(chance: Random, events: int) -> Iterator[tuple[Row, Row]]:
    """Yields the rows of cases until they have so many events; most are granted and fulfilled."""
    stories = [history(*story) for story in (*STORIES.values(), *[FULFILLED] * len(STORIES))]
    folded = [(reduce(_folded, story, ())[0], Case.replay(story)) for story in stories]
    number = 0
    while events > 0:
        row, case = chance.choice(folded)
        assert case is not None
        number += 1
        events -= case.version
        yield _placed(row, number, chance), summary_row(case)


def _folded(rows: Rows, event: Any) -> Rows:
    return fold(rows, event, 0)


def _placed(row: Row, number: int, chance: Random) -> Row:
    """The row as another case: of another item, bureau, applicant and day of two years."""
    item, days = chance.randrange(ITEMS), chance.randrange(MONTHS * 30)
    office, other = item % BUREAUS, chance.choice((item, item + 1)) % BUREAUS
    waiting = timedelta(minutes=int(chance.expovariate(1 / 90)))
    return row | {
        "case_id": UUID(int=number),
        "item_code": f"{item:012}",
        "item_name": f"第{item}项政务服务事项",
        "person": chance.random() < 0.2,
        "accepting_code": f"{office:018}",
        "accepting": f"义马市第{office}局",
        "supervising_code": f"{other:018}",
        "supervising": f"义马市第{other}局",
        "steps": [_later(step, days, waiting) for step in row["steps"]],
        "owed": [[a, about, _day(due, days), by] for a, about, due, by in row["owed"]],
        "settled": [[a, _day(due, days), *rest] for a, due, *rest in row["settled"]],
    }


def _later(step: list[Any], days: int, waiting: timedelta) -> list[Any]:
    version, topic, at, detail = step
    moved = datetime.fromisoformat(at) - timedelta(days=days)
    if "granted" in topic or "refused" in topic:
        moved += waiting
    detail = _day(detail, days) if isinstance(detail, str) else detail
    return [version, topic, moved.isoformat(), detail]


def _day(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def _summary(row: Row, line: Row) -> Row:
    names = ("case_id", "item_code", "item_name", "accepting_code", "supervising_code")
    return line | {name: row[name] for name in names}


def _duties(row: Row, chance: Random) -> Iterator[Row]:
    """One case in ten still owes what it owes; the others were done."""
    for action, about, due, _ in row["owed"] if chance.random() < 0.1 else ():
        day = date.fromisoformat(due)
        yield {
            "case_id": row["case_id"],
            "action": action,
            "about": about,
            "due_on": day,
            "provisional": False,
        }
