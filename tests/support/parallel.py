"""Several processes or threads that begin the same work at the same moment."""

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["api.app", "api.cli.main", "tests.support.fault_cases"])
PATIENCE = 60
_meeting: list[Barrier] = []


def _remember(barrier: Barrier) -> None:
    _meeting.append(barrier)


def meet() -> None:
    """Wait, in a process of the crew, until every other one is here too."""
    _meeting[-1].wait(PATIENCE)


def processes(number: int) -> ProcessPoolExecutor:
    """A pool of so many; each must `meet` the others before its work.  A death is an exception."""
    return ProcessPoolExecutor(number, PROCESSES, _remember, (PROCESSES.Barrier(number),))


def in_processes(number: int, work: Callable[..., Any], *arguments: Any) -> list[Any]:
    """What `work(n, *arguments)` answers in each of so many processes."""
    with processes(number) as pool:
        return [f.result() for f in [pool.submit(work, n, *arguments) for n in range(number)]]


class Racers:
    """Threads that wait for each other before every race."""

    def __init__(self, number: int) -> None:
        self.number, self._barrier = number, threading.Barrier(number)
        self._pool = ThreadPoolExecutor(number, "racer")

    def __enter__(self) -> "Racers":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def race(self, work: Callable[[int], Any]) -> list[Any]:
        """What `work(n)` answers to each, all let go at once."""

        def one(number: int) -> Any:
            self._barrier.wait(PATIENCE)
            return work(number)

        return [f.result() for f in [self._pool.submit(one, n) for n in range(self.number)]]
