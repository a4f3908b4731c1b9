"""Follows the log in a thread: does its works when the log has grown, and by the clock."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.event_store.signal import LogSignal
from infrastructure.workers.lease import Leases

log = structlog.get_logger()
PATIENCE = 0.5
REST, LONGEST_REST = 9, 0.5
"""After a round news gathers for nine times as long as the round took, at most half a second: a
busy log is projected by pages, not by events, and takes a tenth of a thread."""
Stopped = Callable[[], bool]
Task = Callable[[Stopped], object]
Run = Callable[[Event], None]


def to_the_end(work: Callable[[], object]) -> Task:
    """A work that does not stop early."""
    return lambda _: work()


@contextmanager
def running(name: str, run: Run, signal: LogSignal) -> Iterator[None]:
    """Run in a thread of this name while the block is open; then stop the thread at once."""
    stop = Event()
    thread = Thread(target=run, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        signal.announce()
        signal.hurry()
        thread.join()


@dataclass(frozen=True)
class Follower:
    """Does each work whose lease this process holds, round after round."""

    engine: Engine
    signal: LogSignal
    poll_seconds: float
    works: Mapping[str, Task]
    """Each by the name of its lease."""
    pause: float = 0.0
    """So many seconds at least between two rounds."""

    def run(self, stop: Event) -> None:
        leases = Leases(self.engine)
        while True:
            grown, hurries, began = self.signal.count, self.signal.hurries, monotonic()
            if stop.is_set():  # asked after the counts were read, so the last news is not missed
                break
            for name, work in self.works.items():
                self._do(name, work, leases, stop)
            self.signal.rest(hurries, min(REST * (monotonic() - began), LONGEST_REST))
            stop.wait(self.pause)
            self.signal.wait(grown, self.poll_seconds)
        leases.release()

    def _do(self, name: str, work: Task, leases: Leases, stop: Event) -> None:
        try:
            if leases.holds(name):
                work(stop.is_set)
        except (SQLAlchemyError, psycopg.Error) as error:
            # the database is away: nothing is lost, the next round tries again
            log.error("work-waits", work=name, error=type(error).__name__)
            stop.wait(PATIENCE)
        except Exception as error:
            # nobody foresaw it; a thread that died of it would leave the work undone for good
            log.error("work-failed", work=name, exc_info=error)
            stop.wait(PATIENCE)
