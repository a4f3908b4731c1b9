"""The background threads: one process runs each task, and all of them stop soon when asked."""

import time
from contextlib import ExitStack
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from application.access.permissions import Role
from infrastructure.background import at_work
from infrastructure.database.engine import unpooled
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.exports.records import ExportState, Requester
from infrastructure.outbox.outbox import MessageState
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.queries import TrailQuery
from tests import stories as s
from tests.infrastructure.projector.test_projector import eventually
from tests.support.background import working
from tests.support.fake_platform import Platform, states
from tests.support.service_driver import Office

LEASES = (*PROJECTIONS, "relay", "sealer", "exports")
DELIVERED = MessageState.DELIVERED
TAKE = "SELECT pg_advisory_lock(hashtextextended('xinnuo ' || %s, 0))"
"""The statement of every release for a lease: two releases can run beside each other."""


@pytest.fixture
def office(service):
    return Office(service)


def done(service, export):
    """Returns the export's state, the projections' lags, and the counts of delivered and sealed."""
    lags, delivered = set(service.projector.lag().values()), states(service).count(DELIVERED)
    return service.exports.one(export).state, lags, delivered, service.verifier.verify().sealed


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_task_whose_lease_another_release_holds_is_left_to_it(service, office, clock):
    id = service.exports.ask(Requester("feng", Role.AUDITOR, "-"), TrailQuery(), Format.CSV)
    office.remembers(s.PENALIZED)
    clock.go_on(days=60)  # after the last event of the story
    size = service.log_size()
    with ExitStack() as before:
        session = before.enter_context(unpooled(service.engine))
        for name in LEASES:
            session.execute(TAKE, (name,))
        with at_work(service):
            time.sleep(0.5)
            assert done(service, id) == (ExportState.WAITING, {size}, 0, 0)
            before.close()
            assert eventually(lambda: done(service, id) == (ExportState.FINISHED, {0}, 4, size))


def test_a_relay_with_many_messages_stops_when_asked(service, office):
    class Slow(Platform):
        def deliver(self, message):
            time.sleep(0.1)
            return super().deliver(message)

    for _ in range(30):
        office.remembers(s.COMMITTED)
    with working(replace(service, relay=replace(service.relay, platform=Slow())), "relay"):
        time.sleep(0.3)
        begun = time.monotonic()
    assert time.monotonic() - begun < 1.5
    assert 0 < states(service).count(DELIVERED) < 30


def test_the_sealer_seals_once_a_second_however_fast_the_log_grows(service, office):
    begun = time.monotonic()
    with working(service, "sealer"):
        while time.monotonic() - begun < 2.5:
            office.remembers(s.OPENED)
            time.sleep(0.02)
    with service.engine.connect() as db:
        number = db.scalar(select(func.count()).select_from(checkpoints))
    assert 0 < number <= time.monotonic() - begun + 1
