"""What runs beside the doors while the service is open, each in a thread of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from infrastructure.container import Service
from infrastructure.evidence.sealer import SealingThread
from infrastructure.exports.exporter import ExportThread
from infrastructure.outbox.relay import RelayThread
from infrastructure.workers.follower import ProjectionThread


@contextmanager
def at_work(service: Service) -> Iterator[None]:
    """Projections, relay and sealer follow the log, exports are made, while this is open."""
    poll, growth = service.settings.poll_seconds, service.store.recorder.growth
    followers = (
        ProjectionThread(service.projector, poll),
        RelayThread(service.relay, growth, poll),
        SealingThread(service.sealer, growth, poll),
        ExportThread(service.exporter, growth, poll),
    )
    for follower in followers:
        follower.start()
    try:
        yield
    finally:
        for follower in followers:
            follower.stop()
