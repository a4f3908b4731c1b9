"""The running relay: a repeated delivery has one effect, and of several relays only one works."""

import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from domain.kernel.errors import PlatformUnreachable
from infrastructure.container import build
from infrastructure.event_store.signal import LogSignal
from infrastructure.outbox.outbox import MessageState, Outbox
from infrastructure.projector import rebuild_inline as lines
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild
from tests import stories as s
from tests.infrastructure.projector.test_projector import eventually
from tests.support.background import working
from tests.support.fake_platform import TOPICS_OF_PENALIZED, Platform, rows, states, taken_in
from tests.support.service_driver import Office, at_once, everything

T, W = MessageState.DELIVERED, MessageState.WAITING
only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def office(service):
    return Office(service)


# repeated deliveries ----------------------------------------------------------------------------


class DyingOutbox(Outbox):
    """An outbox whose process dies before it can record the results."""

    def record(self, results):
        raise KeyboardInterrupt


def test_a_relay_that_dies_before_recording_delivers_again_with_one_effect(
    office, service, relay, platform, clock
):
    office.remembers(s.PENALIZED)
    for one in (service.relay, relay):
        with pytest.raises(KeyboardInterrupt):
            replace(one, outbox=DyingOutbox(service.engine)).run()
    received = taken_in(service)
    assert (len(received), len(platform.taken), states(service)) == (1, 1, [W] * 4)
    assert relay.next_page() == 1
    assert platform.taken[0] == platform.taken[1], "the same message is delivered again"
    clock.go_on(minutes=5)
    service.relay.platform.deliver(platform.taken[0])
    assert taken_in(service) == received


def test_two_concurrent_relays_have_one_effect_in_the_right_order(office, service):
    cases = [office.remembers(s.PENALIZED) for _ in range(10)]
    other = replace(service.relay)
    at_once(service.relay.run, other.run)
    assert states(service) == [T] * 40
    received = taken_in(service)
    assert [row.position for row in received] == [row.position for row in rows(service)]
    for case_id in cases:
        messages = sorted((r for r in received if r.case_id == case_id), key=lambda r: r.version)
        assert [row.topic for row in messages] == TOPICS_OF_PENALIZED


def test_a_message_that_another_relay_has_delivered_meanwhile_stays_delivered(
    office, relay, service
):
    class Late(Platform):
        def deliver(self, message):
            service.relay.run()
            raise PlatformUnreachable("没有回答")

    office.remembers(s.COMMITTED)
    replace(relay, platform=Late()).run()
    assert states(service) == [T]


def test_a_rebuild_delivers_no_message(office, service):
    for _ in range(3):
        office.remembers(s.PENALIZED)
    service.relay.next_page()
    service.projector.catch_up_all()
    before = everything(service.engine)
    assert before["credit_intake"]
    for projection in PROJECTIONS.values():
        rebuild(service.projector, projection)
    lines.rewrite(service.repository)
    after = everything(service.engine)
    assert [after[name] for name in ("outbox", "credit_intake")] == [
        before[name] for name in ("outbox", "credit_intake")
    ]
    assert service.relay.run() == 9, "only the messages that had not been delivered"


# running ----------------------------------------------------------------------------------------


@pytest.fixture
def start_relay():
    """A function that runs a service's relay in a thread, until its result is closed."""
    with ExitStack() as started:

        def start(service, poll_seconds=0.02):
            one = started.enter_context(ExitStack())
            one.enter_context(working(service, "relay", poll_seconds=poll_seconds))
            return one

        yield start


def test_the_running_relay_delivers_at_once(office, relay, platform, service, start_relay):
    start_relay(replace(service, relay=relay), poll_seconds=60)
    for count in (4, 8):
        office.remembers(s.PENALIZED)
        assert eventually(lambda count=count: states(service) == [T] * count)


def test_the_running_relay_retries_when_the_delay_is_over(
    office, relay, platform, service, start_relay, clock
):
    platform.away = True
    start_relay(replace(service, relay=relay, signal=LogSignal()))
    case_id = office.remembers(s.PENALIZED)
    assert eventually(lambda: [row.tries for row in rows(service)] == [1, 0, 0, 0])
    platform.away = False
    clock.go_on(seconds=5)
    assert eventually(lambda: platform.topics(case_id) == TOPICS_OF_PENALIZED)


class Busy(Platform):
    """A platform that notices concurrent deliveries."""

    def __init__(self):
        super().__init__()
        self._now, self.crowded = [], False

    def deliver(self, message):
        self._now.append(message)
        time.sleep(0.01)
        self.crowded |= len(self._now) > 1
        self._now.pop()
        return super().deliver(message)


@only_postgresql
def test_of_two_relays_one_works_and_the_other_takes_over(
    office, service, settings, clock, start_relay
):
    busy, beside = Busy(), build(settings, clock)
    one, other = (
        start_relay(replace(each, relay=replace(each.relay, platform=busy), signal=LogSignal()))
        for each in (service, beside)
    )
    for _ in range(5):
        office.remembers(s.PENALIZED)
    assert eventually(lambda: states(service) == [T] * 20)
    assert (busy.crowded, len(busy.taken)) == (False, 20)
    one.close()
    office.remembers(s.PENALIZED)
    assert eventually(lambda: states(service) == [T] * 24)
    other.close()
    beside.close()
