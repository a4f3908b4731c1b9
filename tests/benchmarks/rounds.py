"""Comparisons: the sides are measured in interleaved rounds of one run, as medians and ratios."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from infrastructure.settings import Settings
from tests.conftest import migrate
from tests.support.postgres import Server

Steps = Iterator[None]
"""Each step is one unit of work.  Connections are opened before the first step."""


@dataclass(frozen=True)
class Place:
    """The resources of a benchmark: a PostgreSQL server with fsync on, and a folder."""

    server: Server
    folder: Path

    def postgres(self) -> str:
        """The URL of an empty PostgreSQL database with the newest schema."""
        return self._migrated(self.server.create_database())

    def sqlite(self) -> str:
        """The URL of an empty SQLite database with the newest schema."""
        return self._migrated(f"sqlite:///{self.folder / uuid4().hex}.db")

    def _migrated(self, url: str) -> str:
        """Returns the URL again; all databases of the folder know the same keys."""
        migrate(Settings(data_dir=self.folder, database_url=url))
        return url


@dataclass(frozen=True)
class Side:
    name: str
    steps: Callable[[int], Steps]
    """Returns the steps of a client, by the client's number."""


def per_second(side: Side, clients: int, seconds: float) -> float:
    """The steps per second of all clients together; each client is a process."""
    context = multiprocessing.get_context("fork")
    ready, go, done = context.Barrier(clients + 1), context.Event(), context.Queue()
    workers = [
        context.Process(target=_client, args=(side.steps, n, ready, go, done, seconds))
        for n in range(clients)
    ]
    for worker in workers:
        worker.start()
    ready.wait(120)
    go.set()
    counts = [done.get(timeout=seconds + 60) for _ in workers]
    for worker in workers:
        worker.join()
    return sum(counts) / seconds


def compare(sides: list[Side], clients: int = 1, rounds: int = 5, seconds: float = 1.0):
    """The median rate of each side over interleaved rounds, by the side's name."""
    rates: dict[str, list[float]] = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            rates[side.name].append(per_second(side, clients, seconds))
    return {name: statistics.median(each) for name, each in rates.items()}


def medians(seconds: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of the values that each function returns, one call in each round."""
    taken = [{name: take() for name, take in seconds.items()} for _ in range(rounds)]
    return {name: statistics.median(each[name] for each in taken) for name in seconds}


def report(title: str, rates: dict[str, float], against: str) -> list[str]:
    """Print a table: each side, its rate, and the rate's ratio to that of the side `against`."""
    floor = rates[against]
    lines = [f"{title}"]
    lines += [f"  {name:<44} {rate:>9,.0f}/s   {rate / floor:5.2f}" for name, rate in rates.items()]
    print("\n".join(lines), flush=True)
    return lines


def report_times(title: str, seconds: dict[str, float], against: str) -> None:
    """Print a table: each side, its time, and the time's ratio to that of the side `against`."""
    floor = seconds[against]
    lines = [f"{title}"]
    lines += [
        f"  {name:<44} {each * 1000:>9,.3f} ms   {each / floor:5.2f}"
        for name, each in seconds.items()
    ]
    print("\n".join(lines), flush=True)


def _client(steps, number, ready, go, done, seconds) -> None:
    work = steps(number)
    for _ in range(20):
        next(work)
    ready.wait(120)
    go.wait()
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        next(work)
        count += 1
    done.put(count)
