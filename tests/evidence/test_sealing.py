"""Sealing: every appended event is soon in the tree, once, under the active keys."""

import time

import pytest
from sqlalchemy import func, select

from domain.kernel.errors import NotFound
from infrastructure.background import at_work
from infrastructure.database.evidence_schema import checkpoints, log_tiles
from infrastructure.evidence.bundle_check import Broken, checkpoint_of
from infrastructure.evidence.tree import root
from infrastructure.keys.key_changes import new_log_key
from infrastructure.keys.records import Reason
from tests import stories as s
from tests.support.service_driver import Office, at_once

LENGTH = len(s.PENALIZED)


@pytest.fixture
def office(service):
    return Office(service)


def newest(service, *keys):
    return checkpoint_of(service.proofs.checkpoint(), [*keys] or service.log_keys)


def recomputed(service, size):
    return root(service.proofs.tile, size)


def test_a_signed_checkpoint_covers_the_sealed_events(service, office):
    office.remembers(s.PENALIZED)
    assert service.sealer.seal() == LENGTH
    origin, size, hashed = newest(service)
    assert (origin, size) == (service.settings.log_origin, LENGTH)
    assert hashed == recomputed(service, LENGTH)
    assert service.sealer.seal() == 0, "there is nothing new"


def test_every_checkpoint_continues_the_one_before_it(service, office):
    for _ in range(30):
        office.remembers(s.PENALIZED)
        service.sealer.seal()
    sizes = range(LENGTH, 31 * LENGTH, LENGTH)
    for size in sizes:
        checkpoint = checkpoint_of(service.proofs.checkpoint(size), service.log_keys)
        assert checkpoint[1:] == (size, recomputed(service, size))


def test_several_sealers_at_once_seal_every_event_once(service, office):
    for _ in range(20):
        office.remembers(s.PENALIZED)
    counts = at_once(*[service.sealer.seal] * 4)
    assert sum(counts) == 20 * LENGTH
    assert newest(service)[1:] == (20 * LENGTH, recomputed(service, 20 * LENGTH))
    assert service.verifier.verify().flaw is None


def test_a_writer_that_seals_finds_its_events_sealed_and_the_log_sound(service, office):
    """Several threads write, seal and verify at the same time."""

    def write_and_seal():
        for _ in range(6):
            case = office.remembers(s.GRANTED)
            service.sealer.seal()
            (*_, newest) = service.repository.recorder.stream(case)
            assert service.verifier.verify().flaw is None
            assert service.proofs.paths([newest.position])

    at_once(*[write_and_seal] * 4)


def test_the_running_service_seals_by_itself(service, office):
    with at_work(service):
        office.remembers(s.PENALIZED)
        end = time.monotonic() + 20
        while service.verifier.verify().sealed < LENGTH:
            assert time.monotonic() < end, "nothing was sealed"
            time.sleep(0.05)


def test_a_new_key_is_vouched_for_by_the_one_before_it(service, office):
    office.remembers(s.OPENED)
    service.sealer.seal()
    (first,) = service.log_keys
    new_log_key(service.keys, Reason(service.clock()))
    second, *_ = service.log_keys
    with pytest.raises(Broken):
        newest(service, second)
    service.sealer.sign_again()
    assert newest(service, first) == newest(service, second)
    new_log_key(service.keys, Reason(service.clock()))
    office.remembers(s.OPENED)
    service.sealer.seal()
    third, *_ = service.log_keys
    assert newest(service, second) == newest(service, third)
    with pytest.raises(Broken):
        newest(service, first)
    assert service.verifier.verify().flaw is None


def test_a_log_without_events_has_nothing_to_seal_or_sign_again(service):
    assert service.sealer.seal() == 0
    service.sealer.sign_again()
    with service.engine.connect() as db:
        assert db.scalar(select(func.count()).select_from(checkpoints)) == 0
        assert db.scalar(select(func.count()).select_from(log_tiles)) == 0
    assert service.verifier.verify()[1:4] == (0, 0, ())
    with pytest.raises(NotFound):
        service.proofs.checkpoint()
