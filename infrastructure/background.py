"""What runs beside the doors while the service is open: projections, the relay, exports."""

from collections.abc import Iterator
from contextlib import contextmanager

from infrastructure.exporting import ExportThread
from infrastructure.projecting import ProjectionThread
from infrastructure.relay import RelayThread
from infrastructure.service import Service


@contextmanager
def at_work(service: Service) -> Iterator[None]:
    """Projections and relay follow the log, exports are made, for as long as this is open."""
    poll, growth = service.settings.poll_seconds, service.store.recorder.growth
    followers = (
        ProjectionThread(service.projector, poll),
        RelayThread(service.relay, growth, poll),
        ExportThread(service.exporter, growth, poll),
    )
    for follower in followers:
        follower.start()
    try:
        yield
    finally:
        for follower in followers:
            follower.stop()
