"""Runs some of the service's background threads, as the service itself does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from infrastructure.background import workers
from infrastructure.container import Container
from infrastructure.workers.follower import running

PROJECTING = ("projections", "listener")


@contextmanager
def working(service: Container, *names: str, poll_seconds: float = 0.05) -> Iterator[None]:
    """Runs these workers until the block ends; they poll the log at this interval."""
    settings = service.settings.model_copy(update={"poll_seconds": poll_seconds})
    available = workers(replace(service, settings=settings))
    # there is no listener on SQLite
    with running({name: available[name] for name in names if name in available}, service.signal):
        yield
