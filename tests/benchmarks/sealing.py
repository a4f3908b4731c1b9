"""(g) The cost of sealing: by the number of new events, and for commands at the same time."""

import time
from collections.abc import Iterator
from threading import Event, Thread

from sqlalchemy import event

from infrastructure.background import workers
from infrastructure.container import Container
from tests.benchmarks import seeding
from tests.benchmarks.cases import acts, commands_on, keep, open_case, service_over
from tests.benchmarks.rounds import Place, Side, compare, report

MANY, FEW, LENGTH, CASES = 100_000, 1_000, 10, 600
OFF, ON = "commands, sealing off", "commands, sealing on"


def run(place: Place, rounds: int = 5, seconds: float = 2.0) -> None:
    """Seal 100,000 events, then 1,000 more; then measure commands with and without the sealer."""
    _growing(place)
    for name, url in (("PostgreSQL", place.postgres()), ("SQLite", place.sqlite())):
        service_over(url, place.folder).close()  # creates the keys, or clients would race for them
        sides = [
            Side(OFF, lambda _, url=url: commands_on(service_over(url, place.folder))),
            Side(ON, lambda _, url=url: _sealed(service_over(url, place.folder))),
        ]
        report(f"{name}, 1 client", compare(sides, 1, rounds, seconds), OFF)


def _growing(place: Place) -> None:
    service = service_over(place.postgres(), place.folder)
    seeding.grow(service, MANY // seeding.LENGTH)
    print("sealing, PostgreSQL: events, time, rows read, statements; of each a thousand events")
    _measure(service)
    for _ in range(FEW // LENGTH):
        keep(service, open_case(LENGTH))
    _measure(service)
    service.close()


def _measure(service: Container) -> None:
    rows = statements = 0

    def count(_connection, cursor, *_rest) -> None:
        nonlocal rows, statements
        statements += 1
        rows += max(cursor.rowcount, 0) if cursor.description else 0

    event.listen(service.engine, "after_cursor_execute", count)
    began = time.perf_counter()
    sealed = service.sealer.seal()
    took = time.perf_counter() - began
    event.remove(service.engine, "after_cursor_execute", count)
    per = sealed / 1000
    each = (
        f"{took * 1000 / per:,.1f} ms, {rows / per:,.0f} rows, {statements / per:,.1f} statements"
    )
    print(
        f"  {sealed:>9,} events {took:8.3f} s {rows:>9,} rows {statements:>6,}   {each}", flush=True
    )


def _sealed(service: Container) -> Iterator[None]:
    """Commands with the sealer in a thread of the same process, as the service runs it.

    Earlier events are sealed before: they are no cost of these commands.
    """
    ids = [keep(service, open_case(LENGTH)) for _ in range(CASES)]
    service.sealer.seal()
    Thread(target=workers(service)["sealer"], args=(Event(),), daemon=True).start()
    return acts(service, ids, LENGTH)
