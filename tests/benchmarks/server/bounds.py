"""(h) A command beside clients that do the service no good, compared with a command alone.

One client acts on cases over one connection; beside it are 2,000 half-open and 200 slow
connections, or ten clients on one anonymous route after the other.  Every load has a quiet round
just before it.  The first table compares the protocol with bounds and uvicorn's own.
"""

import multiprocessing
import resource
import select
import socket
import statistics
import time
from collections.abc import Iterator
from itertools import cycle, repeat
from pathlib import Path
from uuid import UUID

from tests.benchmarks.cases import keep, open_case, service_over
from tests.benchmarks.http import commands, server
from tests.benchmarks.rounds import Place
from tests.benchmarks.server.client import Requests, Tally, press

HALF_OPEN, SLOW, CLIENTS, CASES = 2000, 200, 10, 320
BAR = 5.0
"""A command's p99 under load, in quiet p99s."""
WAITING = "X-Min-Position: 99999999\r\n"
COSIGNATURE = '{"line": "— nobody AAAAAAAA"}'.encode()
ROUTES = (
    *("/livez", "/readyz", "/metrics", "/openapi.json", "/docs", "/static/favicon.svg"),
    *("/", "/?q=%E5%85%AC", "/catalogue", "/about", "/sign-in", "/disclosures/0"),
    *("/api/v1/disclosures", "/api/v1/disclosures?q=%E5%85%AC", "/api/v1/catalogue"),
    *("/api/v1/tolerance-counts", "/api/v1/templates/catalogue.xlsx", "/api/v1/problems"),
    *("/log/checkpoint", "/log/keys", "/log/verify.py", "/log/tile/0/000"),
    *("/api/v1/log/inclusion?position=7", "/api/v1/log/consistency?first=1&second=9"),
)


def run(place: Place, rounds: int = 3, seconds: float = 2.0) -> None:
    """Measure on SQLite, where one process does everything."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    url = place.sqlite()
    service = service_over(url, place.folder)
    ids = [keep(service, open_case()) for _ in range(CASES)]
    service.projector.catch_up_all()
    service.sealer.seal()
    service.close()
    _compare_protocols(url, place.folder, rounds, seconds)
    with server(url, place.folder, 1) as (port, pid):
        ours = _in_turn(place.folder, ids)
        press(port, [ours], seconds)  # warms up
        _crowd(port, pid, ours, seconds)
        print(f"{CLIENTS} clients on each anonymous route: p50 and p99 of a command, ms")
        for name, request in _loads():
            _beside(port, ours, name, request, seconds)


def _in_turn(folder: Path, ids: list[UUID]) -> Requests:
    """All commands on one connection."""
    sides = commands(folder, ids)
    return (next(side) for side in cycle(sides))


def _compare_protocols(url: str, folder: Path, rounds: int, seconds: float) -> None:
    empty = [repeat(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")] * 16
    rates: dict[str, list[float]] = {"api.server.protocol:BoundedProtocol": [], "httptools": []}
    for _ in range(rounds):
        for protocol, each in rates.items():
            with server(url, folder, 1, protocol) as (port, _):
                press(port, empty, seconds / 2)
                each.append(press(port, empty, seconds).rate)
    bounded, plain = (statistics.median(each) for each in rates.values())
    print(f"/livez, 16 connections: {bounded:,.0f}/s with bounds, {plain:,.0f}/s without:", end=" ")
    print(f"{bounded / plain:.2f}", flush=True)


def _loads() -> Iterator[tuple[str, bytes]]:
    for path in ROUTES:
        yield f"GET {path}", f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    waiting = f"GET /api/v1/disclosures HTTP/1.1\r\nHost: localhost\r\n{WAITING}\r\n"
    yield "GET /api/v1/disclosures, waiting", waiting.encode()
    head = "POST /api/v1/log/checkpoints/9/cosignatures HTTP/1.1\r\nHost: localhost\r\n"
    fields = f"Content-Type: application/json\r\nContent-Length: {len(COSIGNATURE)}\r\n\r\n"
    yield "POST …/cosignatures", f"{head}{fields}".encode() + COSIGNATURE


def _beside(port: int, ours: Requests, name: str, request: bytes, seconds: float) -> None:
    quiet = press(port, [ours], seconds)
    load = multiprocessing.get_context("fork").Process(
        target=press, args=(port, [repeat(request)] * CLIENTS, seconds + 1)
    )
    load.start()
    time.sleep(0.5)
    loaded = press(port, [ours], seconds)
    load.join()
    _line(name, quiet, loaded)


def _line(name: str, quiet: Tally, loaded: Tally) -> None:
    figures = [[t.percentile(p) * 1000 for p in (0.5, 0.99)] for t in (quiet, loaded)]
    (p50, p99), (loaded50, loaded99) = figures
    ratio = loaded99 / p99
    told = f"quiet {p50:5.1f} {p99:6.1f}   loaded {loaded50:6.1f} {loaded99:6.1f}"
    print(f"  {name:<44} {told}   {ratio:5.1f} ×{'' if ratio <= BAR else ' !'}", flush=True)


def _crowd(port: int, pid: int, ours: Requests, seconds: float) -> None:
    """2,000 half-open and 200 slow connections, which send a letter a second."""
    before, quiet = _megabytes(pid), press(port, [ours], seconds)
    began = time.monotonic()
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(HALF_OPEN + SLOW)]
    for line in lines[:SLOW]:
        line.sendall(b"GET / HTTP/1.1\r\nX: ")
    print(f"{HALF_OPEN} half-open and {SLOW} slow connections: p50 and p99 of a command, ms")
    _line("connections", quiet, press(port, [ours], seconds))
    most, waiting = _megabytes(pid), select.poll()
    for line in lines:
        waiting.register(line, select.POLLIN)
    left = {line.fileno() for line in lines}
    while left and time.monotonic() - began < 60:
        for line in lines[:SLOW]:
            if line.fileno() in left:
                line.send(b"x")
        for number, _ in waiting.poll(1000):
            left.discard(number)
            waiting.unregister(number)
        time.sleep(0.2)
    took = time.monotonic() - began
    print(f"  all closed after {took:.0f} s; memory {before:.0f} MB, {most - before:+.0f} MB")
    for line in lines:
        line.close()


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
