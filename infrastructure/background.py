"""The background threads of the service: lists them, and runs them while the service is open."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event

from infrastructure.container import Container
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.workers.follower import Follower, Run, running, to_the_end
from infrastructure.workers.listener import listen
from infrastructure.workers.process_lock import following

SEALING_PAUSE = 1.0
"""Seconds between two rounds of the sealer; the events appended meanwhile share a checkpoint."""

DAILY_PAUSE = 5.0
"""Seconds between two looks whether the daily files are those of today, and before the first."""


def workers(container: Container) -> dict[str, Run]:
    """The function of each background thread, by the thread's name."""
    engine, signal, poll = container.engine, container.signal, container.settings.poll_seconds
    trusted = container.guard.while_trusted
    follow = partial(Follower, engine, signal, poll)
    projections = {
        p.name: to_the_end(partial(container.parking.follow, p)) for p in PROJECTIONS.values()
    }
    daily = trusted(container.daily_files.make)
    threads: dict[str, Run] = {
        "projections": follow(projections, due=container.parking.due).run,
        "relay": follow({"relay": trusted(container.relay.run)}).run,
        "sealer": follow({"sealer": to_the_end(trusted(container.sealer.seal))}, SEALING_PAUSE).run,
        "exports": follow({"exports": trusted(container.exporter.make_waiting)}).run,
        "open-data": _later(follow({"open-data": daily}, DAILY_PAUSE).run),
    }
    if engine.dialect.name == "postgresql":
        threads["listener"] = partial(listen, engine, signal, poll)
    return threads


def _later(run: Run) -> Run:
    """Returns the function of a thread that leaves the first seconds of a start to the others."""

    def begun(stop: Event) -> None:
        if not stop.wait(DAILY_PAUSE):
            run(stop)

    return begun


@contextmanager
def at_work(container: Container) -> Iterator[None]:
    """Runs every background thread until the block ends.

    Raises Occupied if another process does so on the same SQLite database.
    """
    with (
        following(container.engine, container.clock()),
        running(workers(container), container.signal),
    ):
        yield
