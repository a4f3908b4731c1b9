"""Runs the same work in several processes or threads, which start at the same moment."""

import asyncio
import multiprocessing
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["api.app", "api.cli.main", "tests.support.fault_cases"])
TIMEOUT = 60
_barriers: list[Barrier] = []


def _remember(barrier: Barrier) -> None:
    _barriers.append(barrier)


def meet() -> None:
    """Waits, in a process of such a pool, until every other process of the pool waits too."""
    _barriers[-1].wait(TIMEOUT)


def processes(number: int) -> ProcessPoolExecutor:
    """A pool of processes; each must `meet` the others before its work.

    The death of a process raises an exception.
    """
    return ProcessPoolExecutor(number, PROCESSES, _remember, (PROCESSES.Barrier(number),))


def in_processes(number: int, work: Callable[..., Any], *arguments: Any) -> list[Any]:
    """Runs `work(n, *arguments)` in each of several processes; returns the results."""
    with processes(number) as pool:
        return [f.result() for f in [pool.submit(work, n, *arguments) for n in range(number)]]


class Racers:
    """Threads that wait for each other before each race."""

    def __init__(self, number: int) -> None:
        self.number, self._barrier = number, threading.Barrier(number)
        self._pool = ThreadPoolExecutor(number, "racer")

    def __enter__(self) -> "Racers":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def race(self, work: Callable[[int], Any]) -> list[Any]:
        """Runs `work(n)` in every thread at once; returns the results."""

        def one(number: int) -> Any:
            self._barrier.wait(TIMEOUT)
            return work(number)

        return [f.result() for f in [self._pool.submit(one, n) for n in range(self.number)]]


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine in a thread of its own: the loop of a browser may occupy the caller's."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
