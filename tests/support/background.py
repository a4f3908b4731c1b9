"""Parts of what runs in the background, as the service itself runs them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from infrastructure.background import workers
from infrastructure.container import Container
from infrastructure.workers.follower import running

PROJECTING = ("projections", "listener")


@contextmanager
def working(service: Container, *names: str, poll_seconds: float = 0.05) -> Iterator[None]:
    """These workers run while this is open, looking at the log every so many seconds."""
    settings = service.settings.model_copy(update={"poll_seconds": poll_seconds})
    found = workers(replace(service, settings=settings))
    with ExitStack() as threads:
        for name in names:
            if name in found:  # on SQLite there is nobody to listen to
                threads.enter_context(running(name, found[name], service.signal))
        yield
