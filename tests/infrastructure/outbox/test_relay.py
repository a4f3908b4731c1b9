"""The relay delivers messages to the credit platform in order, and copes with failures."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from domain.kernel.errors import NotFound
from domain.values.parties import Person
from infrastructure.outbox.outbox import MessageState
from infrastructure.outbox.relay import MAX_ATTEMPTS
from tests import stories as s
from tests.support.fake_platform import TOPICS_OF_PENALIZED, Platform, rows, states, taken_in
from tests.support.service_driver import SOMEBODY, Office

W, T, R, D = MessageState.WAITING, MessageState.DELIVERED, MessageState.RETURNED, MessageState.DEAD


@pytest.fixture
def office(service):
    return Office(service)


# delivery ---------------------------------------------------------------------------------------


def test_published_events_are_delivered_to_the_platform_once_and_in_order(
    office, relay, platform, service, clock
):
    case_id = office.remembers(s.PENALIZED, number=7)
    clock.go_on(minutes=1)
    assert relay.run() == 4
    assert platform.topics(case_id) == TOPICS_OF_PENALIZED
    assert states(service) == [T] * 4
    assert [row.answer for row in rows(service)] == ["回执1", "回执2", "回执3", "回执4"]
    assert {(row.tries, row.tried_at) for row in rows(service)} == {(1, clock())}
    assert relay.run() == 0
    assert len(platform.asked) == 4


def test_a_message_says_which_event_of_which_commitment_and_when(office, relay, platform, service):
    case_id = office.remembers(s.PENALIZED, number=7)
    relay.run()
    events = [each.event for each in service.repository.history(case_id)]
    for message in platform.taken:
        event = events[message.version - 1]
        assert (message.topic, message.happened_at) == (event.TOPIC, event.timestamp)
        assert (message.case_id, message.code) == (case_id, s.code(serial=7))
    stored = {row.event_id: row.position for row in service.repository.recorder.stream(case_id)}
    assert all(stored[message.id] == message.position for message in platform.taken)


def test_no_message_says_who_the_applicant_is(office, relay, platform, service):
    ref = office.takes_in(SOMEBODY)
    office.remembers(s.PENALIZED, applicant=Person(ref=ref))
    office.remembers(s.PENALIZED)
    assert relay.run() == 8
    text = str(platform.taken)
    office.remembers(s.PENALIZED, applicant=Person(ref=ref))
    service.relay.run()
    text += str(taken_in(service)) + str(rows(service))
    for secret in (SOMEBODY.name, SOMEBODY.id_number, ref, s.APPLICANT.name, s.APPLICANT.code):
        assert str(secret) not in text
    assert s.code(serial=1) in text


def test_the_embedded_platform_stores_the_messages_it_received(office, service, clock):
    case_id = office.remembers(s.PENALIZED)
    assert service.relay.run() == 4
    assert [row.topic for row in taken_in(service)] == TOPICS_OF_PENALIZED
    assert {(row.case_id, row.taken_at) for row in taken_in(service)} == {(case_id, clock())}
    assert rows(service)[0].answer == f"内置信用平台回执第{rows(service)[0].position}号"


def test_a_page_takes_one_message_of_each_case(office, relay, platform):
    cases = [office.remembers(s.PENALIZED) for _ in range(3)]
    assert relay.next_page() == 3
    assert [message.case_id for message in platform.taken] == cases
    assert relay.next_page(size=2) == 2
    assert relay.run() == 7
    assert [platform.topics(case_id) for case_id in cases] == [TOPICS_OF_PENALIZED] * 3


def test_a_relay_that_is_to_stop_stops_between_two_messages(office, relay, platform, service):
    for _ in range(3):
        office.remembers(s.PENALIZED)
    assert relay.run(lambda: len(platform.asked) >= 2) == 2
    assert states(service).count(T) == 2


# a platform that does not answer ----------------------------------------------------------------


def test_while_the_platform_is_away_a_message_waits_longer_and_longer(
    office, relay, platform, clock
):
    case_id = office.remembers(s.PENALIZED)
    platform.away = True
    for tries, seconds in enumerate((5, 10, 20, 40), start=1):
        relay.run()
        clock.go_on(seconds=seconds - 1)
        relay.run()
        assert len(platform.asked) == tries
        clock.go_on(seconds=1)
    platform.away = False
    assert relay.run() == 4
    assert platform.topics(case_id) == TOPICS_OF_PENALIZED


def test_a_platform_that_does_not_answer_one_message_is_not_sent_the_others(
    office, relay, platform, service
):
    for _ in range(5):
        office.remembers(s.COMMITTED)
    platform.away = True
    relay.run()
    assert len(platform.asked) == 1
    assert [row.tries for row in rows(service)] == [1, 0, 0, 0, 0]
    platform.away = False
    assert relay.run() == 4, "those that were not tried need not wait"


def test_the_delay_of_a_retry_never_exceeds_six_hours(office, relay, platform, service, clock):
    office.remembers(s.COMMITTED)
    platform.away = True
    for _ in range(MAX_ATTEMPTS - 1):
        relay.run()
        clock.now = rows(service)[0].due_at
    (row,) = rows(service)
    assert row.due_at - row.tried_at == timedelta(hours=6)


# returned, dead, renewed ------------------------------------------------------------------------


def test_a_returned_message_is_not_delivered_again_and_blocks_only_its_own_case(
    office, relay, platform, service, clock
):
    bad, good = office.remembers(s.PENALIZED), office.remembers(s.PENALIZED)
    platform.returns = {bad}
    assert relay.run() == 4
    clock.go_on(days=30)
    assert relay.run() == 0
    assert states(service) == [R, W, W, W, T, T, T, T]
    assert (platform.topics(bad), platform.topics(good)) == ([], TOPICS_OF_PENALIZED)
    first = service.outbox.undelivered()[0]
    assert (first.case_id, first.state, first.answer) == (bad, R, "没有这个承诺编码")
    platform.returns = set()
    assert service.outbox.renew(clock()) == 1
    assert relay.run() == 4
    assert platform.topics(bad) == TOPICS_OF_PENALIZED


def test_after_three_days_without_an_answer_a_message_is_given_up_until_it_is_renewed(
    office, relay, platform, service, clock
):
    case_id = office.remembers(s.PENALIZED)
    began, platform.away = clock(), True
    while (now := rows(service)[0]).state == W:
        clock.now = max(clock(), now.due_at)
        relay.run()
    assert (now.tries, len(platform.asked)) == (MAX_ATTEMPTS, MAX_ATTEMPTS)
    assert timedelta(days=3) < clock() - began < timedelta(days=4)
    assert states(service) == [D, W, W, W]
    assert now.answer == "PlatformUnreachable: 没有回答"
    platform.away = False
    clock.go_on(days=30)
    assert relay.run() == 0, "the later ones wait for the operator too"
    assert service.outbox.renew(clock(), now.position) == 1
    assert rows(service)[0].tries == 0
    assert relay.run() == 4
    assert platform.topics(case_id) == TOPICS_OF_PENALIZED


def test_the_operator_renews_one_message_or_is_told_that_there_is_none(
    office, relay, platform, service, clock
):
    first, second = office.remembers(s.COMMITTED), office.remembers(s.COMMITTED)
    platform.returns = {first, second}
    relay.run()
    one, other = service.outbox.undelivered()
    assert service.outbox.renew(clock(), other.position) == 1
    assert [each.state for each in service.outbox.undelivered()] == [R, W]
    for position in (other.position, one.position + 1, 999):
        with pytest.raises(NotFound):
            service.outbox.renew(clock(), position)
    assert service.outbox.renew(clock()) == 1
    assert service.outbox.renew(clock()) == 0


def test_an_unexpected_error_is_a_failed_attempt_and_the_other_cases_go_on(
    office, relay, platform, service
):
    class Confused(Platform):
        def deliver(self, message):
            if message.case_id == odd:
                raise ValueError("not what was agreed")
            return super().deliver(message)

    odd, other = office.remembers(s.PENALIZED), office.remembers(s.PENALIZED)
    confused = Confused()
    assert replace(relay, platform=confused).run() == 4
    assert confused.topics(other) == TOPICS_OF_PENALIZED
    first = rows(service)[0]
    assert (first.state, first.tries) == (W, 1)
    assert first.answer == "ValueError: not what was agreed"


def test_an_outage_of_our_own_database_is_blamed_on_no_message(office, relay, service):
    class Unkept(Platform):
        def deliver(self, message):
            raise OperationalError("INSERT", {}, Exception("disk I/O error"))

    office.remembers(s.COMMITTED)
    before = rows(service)
    with pytest.raises(OperationalError):
        replace(relay, platform=Unkept()).run()
    assert rows(service) == before


# the state of the outbox ------------------------------------------------------------------------


def test_the_outbox_says_how_many_messages_wait_and_since_when(
    office, relay, platform, service, clock
):
    assert service.outbox.standing(clock()) == ({W: 0, R: 0, D: 0}, 0)
    bad = office.remembers(s.COMMITTED)
    clock.go_on(seconds=30)
    office.remembers(s.GRANTED)
    clock.go_on(seconds=12)
    assert service.outbox.standing(clock()) == ({W: 3, R: 0, D: 0}, 42)
    platform.returns = {bad}
    relay.next_page()
    assert service.outbox.standing(clock()) == ({W: 1, R: 1, D: 0}, 12)
    relay.run()
    assert service.outbox.standing(clock()) == ({W: 0, R: 1, D: 0}, 0)
