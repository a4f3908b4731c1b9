"""(b) Commands over HTTP, compared with an empty POST to the same server.

The server is the one that `xinnuo serve` runs, with three additional endpoints (server/app.py).
The empty POSTs pass the same middleware: FastAPI's own two layers for errors and the service's
`Edge` (request id, limit of the body, counters, log line).  A command adds the token, parsing and
validation, the thread, the decision, and on PostgreSQL the event with its leaf hash, the case's row
in `case_summaries` and, if the event is published, the message in the outbox.
"""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, repeat
from pathlib import Path
from uuid import UUID

from tests.benchmarks.cases import BACK, DIGEST, LENGTH, keep, open_case, service_over
from tests.benchmarks.rounds import Place
from tests.benchmarks.server.app import DOOR, ORDINARY_DOOR, THREAD_DOOR
from tests.benchmarks.server.client import Requests, Tally, press, request
from tests.conftest import tokens_of
from tests.given import CLERK, DAY_1, DECIDER

CONNECTIONS, CASES = 16, 1600
EMPTY, THREAD, COMMAND = "empty POST", "empty POST in a thread", "command"
ORDINARY = "ordinary empty route"


def run(place: Place, rounds: int = 5, seconds: float = 2.0) -> None:
    """Measure PostgreSQL with sixteen connections, with one worker and with two."""
    for workers in (1, 2):
        url = place.postgres()
        service = service_over(url, place.folder)
        ids = [keep(service, open_case()) for _ in range(CASES)]
        service.projector.catch_up_all()  # or the server would do it while it is measured
        service.close()
        sides = {
            EMPTY: _empties(DOOR),
            THREAD: _empties(THREAD_DOOR),
            ORDINARY: _empties(ORDINARY_DOOR),
            COMMAND: commands(place.folder, ids),
        }
        with server(url, place.folder, workers) as (port, _):
            press(port, sides[COMMAND], seconds / 2)  # warms up pools and caches
            tallies = _rounds(port, sides, rounds, seconds)
        _report(f"HTTP, PostgreSQL, {workers} workers, {CONNECTIONS} connections", tallies)


def _rounds(
    port: int, sides: dict[str, list[Requests]], rounds: int, seconds: float
) -> dict[str, list[Tally]]:
    """The tallies of each side, measured in turn.  Asserts that no request was refused.

    A refused request does less work, so its time would distort the figures.
    """
    tallies: dict[str, list[Tally]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, connections in sides.items():
            tally = press(port, connections, seconds)
            assert not tally.refused, tally.refused[0].decode()
            tallies[name].append(tally)
    return tallies


def _report(title: str, tallies: dict[str, list[Tally]]) -> None:
    rates = {name: statistics.median(t.rate for t in each) for name, each in tallies.items()}
    print(f"{title}: rate, ÷ empty, ÷ empty in a thread, ÷ ordinary")
    for name, each in tallies.items():
        p50, p99 = (statistics.median(t.percentile(p) * 1000 for t in each) for p in (0.5, 0.99))
        rate = rates[name]
        ratios = "   ".join(f"{rate / rates[to]:5.2f}" for to in (EMPTY, THREAD, ORDINARY))
        figures = f"{rate:>9,.0f}/s   {ratios}"
        print(f"  {name:<24} {figures}   p50 {p50:6.1f} p99 {p99:6.1f} ms", flush=True)


@contextmanager
def server(url: str, folder: Path, workers: int, *protocol: str) -> Iterator[tuple[int, int]]:
    """Run the service on a free port with this number of workers; yields port and process id."""
    port = _free_port()
    command = [sys.executable, "-m", f"{__package__}.server", str(port), str(workers), *protocol]
    settings = {"XINNUO_DATABASE_URL": url, "XINNUO_DATA_DIR": str(folder)}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=log
        )
    try:
        if not _opens(port, process):
            raise RuntimeError(f"the server stays shut:\n{(folder / 'server.log').read_text()}")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def commands(folder: Path, ids: list[UUID], length: int = LENGTH) -> list[Requests]:
    """For each connection an endless sequence of commands, on cases of its own."""
    tokens = tokens_of(folder / "keys")
    clerk, decider = (tokens.mint(who, DAY_1, hours=8) for who in (CLERK, DECIDER))
    return [_commands(ids[n::CONNECTIONS], length, clerk, decider) for n in range(CONNECTIONS)]


def _commands(ids: list[UUID], length: int, clerk: str, decider: str) -> Requests:
    """Hand in the material and return it, on each case in turn, so that all grow evenly."""
    supply = f'{{"material":"M-02","digest":"{DIGEST}"}}'.encode()
    review = f'{{"outcome":"return","material":"M-02","reason":"{BACK}"}}'.encode()
    versions = dict.fromkeys(ids, length)
    for case_id in cycle(ids):
        if versions[case_id] % 2:
            yield request(f"/api/v1/cases/{case_id}/supply", supply, clerk)
        else:
            yield request(f"/api/v1/cases/{case_id}/review", review, decider)
        versions[case_id] += 1


def _empties(door: str) -> list[Requests]:
    return [repeat(request(door, b"{}")) for _ in range(CONNECTIONS)]


def _opens(port: int, process: subprocess.Popen[bytes]) -> bool:
    """True if the server accepts connections within a minute and before its process ends."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
