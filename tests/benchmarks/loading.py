"""(d) Loading a case as a command does, compared with the raw driver fetching the same rows."""

import statistics
import time
from collections.abc import Callable
from uuid import UUID

from application.execution.context import CommandContext
from domain.case.case import Case
from infrastructure.container import Container
from infrastructure.database.engine import reaching
from infrastructure.event_store.repository import EventSourcedUnitOfWork
from tests.benchmarks import raw
from tests.benchmarks.cases import keep, open_case, service_over
from tests.benchmarks.rounds import Place, medians, report_times
from tests.given import CLERK, DAY_1

LENGTHS = (10, 100, 1000)
RAW, OURS = "raw driver, same rows", "load and fold"


def run(place: Place, rounds: int = 5, seconds: float = 0.5) -> None:
    """Measure on an open connection: rows are fetched, become events, and replay the case."""
    for database, url in (("PostgreSQL", place.postgres()), ("SQLite", place.sqlite())):
        service = service_over(url, place.folder)
        ids = {length: keep(service, open_case(length)) for length in LENGTHS}
        with reaching(service.repository.recorder.commands) as pooled:
            work = EventSourcedUnitOfWork(
                service.repository, pooled, CommandContext(CLERK, DAY_1), ""
            )
            for length, case_id in ids.items():
                sides = _sides(service, work, case_id, seconds)
                report_times(f"load {length} events, {database}", medians(sides, rounds), RAW)
        service.close()


def _sides(
    service: Container, work: EventSourcedUnitOfWork, case_id: UUID, seconds: float
) -> dict[str, Callable[[], float]]:
    db = work._driver  # the connection that commands use
    lite = service.engine.dialect.name == "sqlite"
    read, key = raw.LOAD.format("?" if lite else "%s"), case_id.hex if lite else case_id
    return {
        RAW: lambda: _median(lambda: db.execute(read, (key,)).fetchall(), seconds),
        OURS: lambda: _median(lambda: work.find(Case, case_id), seconds),
    }


def _median(act: Callable[[], object], seconds: float) -> float:
    """The median duration of the act, which is repeated for this number of seconds."""
    for _ in range(10):  # after ten calls the driver has prepared the statement
        act()
    taken, end = [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
