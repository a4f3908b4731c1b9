"""(f) What does not slow down as cases add up, and a server's memory as commands add up."""

import math
import os
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from infrastructure.service import Service
from projections.disclosure import NEWEST_FIRST, PublicStatus, public_list, t
from projections.tables import case_summaries
from tests.benchmarks import http, seeding
from tests.benchmarks.cases import acts, service_over
from tests.benchmarks.http_client import press
from tests.benchmarks.rounds import Place
from tests.given import DAY_1

PAGE, TODAY = 20, DAY_1.date()
Percentiles = tuple[float, float]
"""p50 and p99, in seconds."""


def run(place: Place, rounds: int = 5, seconds: float = 1.0) -> None:
    """Ten thousand cases, a hundred thousand; a million with BENCH_CASES=1000000.

    A database for each size, so that all sizes are measured in every round.
    """
    most = int(os.environ.get("BENCH_CASES", "100000"))
    sizes = sorted({10_000, min(100_000, most), most})
    services = {cases: _seeded(place, cases) for cases in sizes}
    acts = {cases: _acts(service) for cases, service in services.items()}
    taken = [
        {
            (cases, name): _percentiles(act, seconds)
            for cases in sizes
            for name, act in acts[cases].items()
        }
        for _ in range(rounds)
    ]
    for name in acts[sizes[0]]:
        _report(name, {cases: _medians([each[cases, name] for each in taken]) for cases in sizes})
    _memory(place, services[sizes[-1]], int(os.environ.get("BENCH_COMMANDS", "10000")))
    for service in services.values():
        service.close()


def _seeded(place: Place, cases: int) -> Service:
    service = service_over(place.postgres(), place.folder)
    seeding.grow(service, cases)
    return service


def _acts(service: Service) -> dict[str, Callable[[], object]]:
    """A command, and pages of the public list: first, deep, filtered, searched."""
    shown = public_list(TODAY)
    filtered = public_list(TODAY, status=PublicStatus.FULFILLED)
    cursor = _deep(service)
    steps: Iterator[None] = acts(service, untouched(service, 2000), seeding.LENGTH)
    return {
        "command": lambda: next(steps),
        "public list, first page": lambda: _page(service, shown),
        "public list, deep page": lambda: _page(service, shown, cursor),
        "public list, filtered, first page": lambda: _page(service, filtered),
        "public list, searched by part of a name": lambda: _page(
            service, public_list(TODAY, search="第7077食品")
        ),
    }


def untouched(service: Service, count: int) -> list[UUID]:
    """Cases that are as they were seeded, from all over the table."""
    c = case_summaries.c
    rows = select(c.case_id).where(c.version == seeding.LENGTH).order_by(c.case_id).limit(count)
    with service.engine.connect() as db:
        return list(db.scalars(rows))


def _page(service: Service, rows: Select[Any], cursor: str | None = None) -> list[Any]:
    """As an endpoint reads it."""
    with service.engine.connect() as db:
        found = list(db.execute(NEWEST_FIRST.page(rows, PAGE, cursor)))
    return NEWEST_FIRST.split(found, PAGE)[0]


def _deep(service: Service) -> str:
    """A cursor nine tenths down the list."""
    with service.engine.connect() as db:
        count = len(db.execute(select(t.case_id)).all())
        there = public_list(TODAY).order_by(t.committed_on.desc(), t.code.desc())
        rows = list(db.execute(there.offset(count * 9 // 10).limit(2)))
    cursor = NEWEST_FIRST.split(rows, 1)[1]
    assert cursor is not None
    return cursor


def _percentiles(act: Callable[[], object], seconds: float) -> Percentiles:
    """p50 and p99 of how long it takes, tried for so many seconds."""
    for _ in range(10):
        act()
    taken, end = [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < end or len(taken) < 5:
        act()
        taken.append(time.perf_counter() - began)
    taken.sort()
    return taken[len(taken) // 2], taken[int(0.99 * (len(taken) - 1))]


def _medians(times: list[Percentiles]) -> Percentiles:
    p50, p99 = zip(*times, strict=True)
    return statistics.median(p50), statistics.median(p99)


def _report(name: str, times: dict[int, Percentiles]) -> None:
    first = min(times)
    print(f"{name}, PostgreSQL: p50, p99, each ÷ that of {first:,} cases")
    for cases, (p50, p99) in times.items():
        ratios = f"{p50 / times[first][0]:6.2f} {p99 / times[first][1]:6.2f}"
        figures = f"{p50 * 1000:>9.2f} {p99 * 1000:>9.2f} ms"
        print(f"  {cases:>9,} cases {figures}   {ratios}", flush=True)


def _memory(place: Place, service: Service, count: int) -> None:
    """What one server process holds after the first twentieth of the commands, and after all."""
    if not Path("/proc/self/status").exists():
        print("memory of a server: not run: there is no /proc here")
        return
    ids = untouched(service, http.CASES)
    connections = http.commands(place.folder, ids, seeding.LENGTH)
    with http.server(service.settings.url, place.folder, workers=1) as (port, process):
        for name, share in (("start", 0.05), ("half", 0.45), ("end", 0.5)):
            each = math.ceil(count * share / http.CONNECTIONS)
            tally = press(port, [islice(c, each) for c in connections], math.inf)
            assert not tally.refused, tally.refused[0].decode()
            print(f"  server memory, {name:<6} (+{len(tally.seconds):,} commands) {_rss(process)}")


def _rss(process: int) -> str:
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return f"{int(line.split()[1]) / 1024:,.1f} MB"
