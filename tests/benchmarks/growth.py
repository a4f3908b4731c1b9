"""(f) Latency by the number of cases, and a server's memory by the number of commands."""

import math
import os
import time
from collections.abc import Callable, Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from application.access.permissions import Where
from infrastructure.container import Container
from projections.disclosures.name_search import MANY
from projections.disclosures.projection import PublicStatus
from projections.disclosures.queries import NEWEST_FIRST, matching_cases, public_list, t
from projections.read_model.keyset import Keyset, Rows
from projections.read_model.tables import case_summaries
from projections.worklist import projection as worklist
from tests.benchmarks import http, seeding
from tests.benchmarks.cases import acts, service_over
from tests.benchmarks.rounds import Place
from tests.benchmarks.server.client import press
from tests.given import DAY_1

PAGE, TODAY, BY_DAY = 20, DAY_1.date(), worklist.NEWEST_FIRST
WARM_UP = 10
Acts = dict[str, Callable[[], object]]
Taken = dict[int, list[float]]
"""The seconds of each call, by the number of cases."""


def run(place: Place, rounds: int = 5, seconds: float = 4.0) -> None:
    """Measure with 10,000 and 100,000 cases; with BENCH_CASES=1000000 also with a million."""
    most = int(os.environ.get("BENCH_CASES", "100000"))
    sizes = sorted({10_000, min(100_000, most), most})
    services = {cases: _seeded(place, cases) for cases in sizes}
    acts = {cases: _acts(service) for cases, service in services.items()}
    for name, taken in _in_turn(acts, rounds, seconds).items():
        _report(name, {cases: _percentiles(each) for cases, each in taken.items()})
    _memory(place, services[sizes[-1]], int(os.environ.get("BENCH_COMMANDS", "10000")))
    for service in services.values():
        service.close()


def _in_turn(acts: dict[int, Acts], rounds: int, seconds: float) -> dict[str, Taken]:
    """Measure each act; its calls alternate between the sizes.

    So other load on the machine slows all sizes alike.
    """
    names = list(next(iter(acts.values())))
    taken: dict[str, Taken] = {name: {cases: [] for cases in acts} for name in names}
    for name, _ in product(names, range(WARM_UP)):
        for cases in acts:
            acts[cases][name]()
    for _, name in product(range(rounds), names):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for cases, calls in taken[name].items():
                began = time.perf_counter()
                acts[cases][name]()
                calls.append(time.perf_counter() - began)
    return taken


def _seeded(place: Place, cases: int) -> Container:
    service = service_over(place.postgres(), place.folder)
    seeding.grow(service, cases)
    return service


def _acts(service: Container) -> Acts:
    """The measured acts: a command, and pages of lists (first, deep, filtered, searched)."""
    everything = public_list(TODAY)
    fulfilled = public_list(TODAY, status=PublicStatus.FULFILLED)
    sanctions = public_list(TODAY, sanctioned=True)
    of_office = worklist.cases(Where.EITHER, f"{7:018}")
    of_stage = worklist.cases(Where.ANYWHERE, "", "penalized")
    cursor = _deep(service)
    steps: Iterator[None] = acts(service, untouched(service, 2000), seeding.LENGTH)
    return {
        "command": lambda: next(steps),
        "public list, first page": lambda: _page(service, everything),
        "public list, deep page": lambda: _page(service, everything, cursor),
        "public list, of a status": lambda: _page(service, fulfilled),
        "public list, sanctions only": lambda: _page(service, sanctions),
        "search by a part that one name has": lambda: _search(service, "第7077食品"),
        "search by a part that every name has": lambda: _search(service, "公司"),
        "search by a part that one name in 1,000 has": lambda: _search(service, "777食品"),
        "cases of one office in fifty": lambda: _page(service, of_office, None, BY_DAY),
        "cases of a rare stage": lambda: _page(service, of_stage, None, BY_DAY),
    }


def untouched(service: Container, count: int) -> list[UUID]:
    """The ids of seeded cases without any new event, from all parts of the table."""
    c = case_summaries.c
    rows = select(c.case_id).where(c.version == seeding.LENGTH).order_by(c.case_id).limit(count)
    with service.engine.connect() as db:
        return list(db.scalars(rows))


def _page(
    service: Container, rows: Rows, cursor: str | None = None, order: Keyset = NEWEST_FIRST
) -> list[Any]:
    """One page, read with the query of the endpoints."""
    with service.engine.connect() as db:
        page = list(db.execute(order.page(rows, PAGE, cursor)))
    return order.split(page, PAGE)[0]


def _search(service: Container, text: str) -> list[Any]:
    """A search with the queries of the endpoint: first the matching cases, then a page of them."""
    with service.engine.connect() as db:
        rows = db.execute(matching_cases(text)).all()
    among = {row.case_id for row in rows} if len(rows) <= MANY else None
    page = _page(service, public_list(TODAY, search=text, among=among))
    assert page, text
    return page


def _deep(service: Container) -> str:
    """A cursor at nine tenths of the list."""
    with service.engine.connect() as db:
        count = db.scalar(select(func.count()).select_from(public_list(TODAY).subquery())) or 0
        ordered = public_list(TODAY).order_by(t.committed_on.desc(), t.code.desc())
        rows = list(db.execute(ordered.offset(count * 9 // 10).limit(2)))
    cursor = NEWEST_FIRST.split(rows, 1)[1]
    assert cursor is not None
    return cursor


def _percentiles(calls: list[float]) -> tuple[float, float]:
    """The percentiles p50 and p99 of the calls' seconds."""
    calls = sorted(calls)
    return calls[len(calls) // 2], calls[int(0.99 * (len(calls) - 1))]


def _report(name: str, times: dict[int, tuple[float, float]]) -> None:
    first = min(times)
    print(f"{name}, PostgreSQL: p50, p99, each ÷ that of {first:,} cases")
    for cases, (p50, p99) in times.items():
        ratios = f"{p50 / times[first][0]:6.2f} {p99 / times[first][1]:6.2f}"
        figures = f"{p50 * 1000:>9.2f} {p99 * 1000:>9.2f} ms"
        print(f"  {cases:>9,} cases {figures}   {ratios}", flush=True)


def _memory(place: Place, service: Container, count: int) -> None:
    """Print a server process's memory after 5 %, 50 % and 100 % of the commands."""
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
