"""The follower: a worker thread that runs tasks when the log has grown, or else periodically."""

from collections.abc import Callable, Collection, Iterator, Mapping
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
RETRY_DELAY = 0.5
"""Seconds to wait after a task has failed."""
REST_FACTOR, MAX_REST = 9, 0.5
"""After a round the follower rests nine times as long as the round took, at most half a second.

Appends accumulate meanwhile: a busy log is projected page by page, not event by event, and takes a
tenth of a thread."""
Stopped = Callable[[], bool]
"""Returns True if the work must stop."""
Task = Callable[[Stopped], object]
Run = Callable[[Event], None]
"""The function of a thread; it returns soon after the event is set."""


def to_the_end(work: Callable[[], object]) -> Task:
    """Returns a task that calls `work` and cannot be stopped early."""
    return lambda _: work()


@contextmanager
def running(runs: Mapping[str, Run], signal: LogSignal) -> Iterator[None]:
    """Runs each function in a thread of its name until the block ends, then stops them together."""
    stop = Event()
    threads = [
        Thread(target=run, args=(stop,), name=name, daemon=True) for name, run in runs.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        signal.announce()
        signal.hurry()
        for thread in threads:
            thread.join()


@dataclass(frozen=True)
class Follower:
    """Runs, round after round, each task whose lease this process holds."""

    engine: Engine
    signal: LogSignal
    poll_seconds: float
    tasks: Mapping[str, Task]
    """The tasks by the names of their leases."""
    pause: float = 0.0
    """Minimum seconds between two rounds."""
    due: Callable[[], Collection[str]] | None = None
    """Returns the names of the tasks that have something to do; without it, each is run."""

    def run(self, stop: Event) -> None:
        leases = Leases(self.engine)
        while True:
            count, hurries, began = self.signal.count, self.signal.hurries, monotonic()
            if stop.is_set():  # after the counts were read, so that this signal is not missed
                break
            self._round(leases, stop)
            self.signal.rest(hurries, min(REST_FACTOR * (monotonic() - began), MAX_REST))
            stop.wait(self.pause)
            self.signal.wait(count, self.poll_seconds)
        leases.release()

    def _round(self, leases: Leases, stop: Event) -> None:
        due: Collection[str] = ()
        with surviving("look", stop):
            due = self.due() if self.due else self.tasks
        for name in due:
            with surviving(name, stop):
                if leases.holds(name):
                    self.tasks[name](stop.is_set)


@contextmanager
def surviving(work: str, stop: Event) -> Iterator[None]:
    """Logs what fails in the block, and waits a little; the thread goes on."""
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        # the database is unavailable: nothing is lost, the next round retries
        log.error("work-waits", work=work, error=type(error).__name__)
        stop.wait(RETRY_DELAY)
    except Exception as error:
        # an unexpected error must not end the thread, or its tasks would never run again
        log.error("work-failed", work=work, exc_info=error)
        stop.wait(RETRY_DELAY)
