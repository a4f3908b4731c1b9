"""An event of a newer release is set aside by every projection, and taken up after the upgrade."""

from collections import Counter

import pytest
import structlog
from sqlalchemy import select

from application.catalogue.commands import DelistItem
from domain.case import events as e
from domain.catalogue import events as i
from domain.catalogue.item import CatalogueItem, item_id
from domain.kernel.errors import WrittenByNewer
from infrastructure.database.schema import events
from infrastructure.outbox.outbox import MessageState
from infrastructure.projector import rebuild_inline
from infrastructure.projector.projector import PROJECTIONS, ParkReason
from infrastructure.projector.rebuild import rebuild
from projections.disclosures.projection import CHANGES
from projections.read_model.tables import case_summaries
from tests import stories as s
from tests.accidents.releases.foreign import (
    FOREIGN,
    arrives,
    older_release,
    projected,
    started,
)
from tests.given import fact, history, on
from tests.support.fake_platform import states
from tests.support.fault_cases import rebuilt, shown
from tests.support.service_driver import Office

UNKNOWN, FAILED, BEHIND = ParkReason.UNKNOWN, ParkReason.FAILED, ParkReason.BEHIND


@pytest.fixture
def office(service):
    return Office(service)


def reasons(service, projection="audit"):
    """The reasons of the events that a projection has parked, by position."""
    parked = started(service).all()
    return {each.position: each.reason for each in parked if each.projection == projection}


# setting aside ----------------------------------------------------------------------------------


def test_every_projection_sets_an_unknown_topic_aside_and_goes_on_with_other_streams(
    office, service
):
    mine = office.remembers(s.GRANTED)
    position = arrives(service, mine)
    other = office.remembers(s.FULFILLED)
    projected(service)
    parked = started(service).all()
    assert {(each.projection, each.position) for each in parked} == {
        (name, position) for name in PROJECTIONS
    }
    assert {(each.reason, each.stream_id) for each in parked} == {(UNKNOWN, mine)}
    assert set(service.projector.lag().values()) == {0}
    assert other in {row[1] for row in shown(service)["audit"]}


@pytest.mark.parametrize("kind", FOREIGN)
def test_whatever_is_foreign_about_an_event_sets_it_aside(office, service, kind):
    position = arrives(service, office.remembers(s.GRANTED), kind)
    projected(service)
    assert reasons(service) == {position: UNKNOWN}


def test_an_unknown_topic_never_imports_a_module(office, service, monkeypatch):
    monkeypatch.setattr("importlib.import_module", None)
    arrives(service, office.remembers(s.GRANTED), "topic that looks like a module")
    projected(service)
    assert UNKNOWN in reasons(service).values()


def test_later_events_of_the_stream_wait_behind_and_say_so(office, service):
    case = office.remembers(s.BREACHED)
    with older_release(e.BreachFound):
        projected(service)
        assert list(reasons(service).values()) == [UNKNOWN]
    office.records(history(*s.RECTIFYING, id=case)[len(s.BREACHED) :])
    with older_release(e.BreachFound):
        projected(service)
        assert list(reasons(service).values()) == [UNKNOWN, BEHIND]


def test_a_stream_of_an_unknown_kind_is_set_aside_whole(office, service):
    listed = fact(i.ItemListed, item=s.ITEM, terms=None)
    office.records(history(listed, fact(i.ItemRevised, terms=s.TERMS), of=CatalogueItem))
    with older_release(i.ItemListed, i.ItemRevised):
        projected(service)
        assert Counter(reasons(service, "disclosure").values()) == {UNKNOWN: 2}
    projected(service)
    assert started(service).all() == []
    assert shown(service) == rebuilt(service)


def test_a_rebuild_sets_aside_in_the_same_way(office, service):
    case = office.remembers(s.FULFILLED)
    office.remembers(s.PENALIZED)
    with older_release(e.InspectionPassed):
        projected(service)
        before = shown(service), started(service).all()
        for projection in PROJECTIONS.values():
            rebuild(service.projector, projection)
        assert (shown(service), started(service).all()) == before
        assert {each.stream_id for each in before[1]} == {case}


def test_a_rebuild_of_the_case_lines_leaves_such_a_case_as_the_newer_release_wrote_it(
    office, service
):
    mine, other = office.remembers(s.FULFILLED), office.remembers(s.GRANTED)
    with service.engine.connect() as db:
        before = sorted(db.execute(select(case_summaries)), key=str)
    with older_release(e.InspectionPassed):
        assert rebuild_inline.rewrite(service.repository) == 2
    with service.engine.connect() as db:
        assert sorted(db.execute(select(case_summaries)), key=str) == before
    assert {mine, other} == {row.case_id for row in before}


# taking up --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "invented", [e.InspectionPassed, e.NoticeServed, e.BreachFound, e.CaseOpened], ids=str
)
def test_the_upgrade_takes_up_what_was_set_aside_without_being_asked(office, service, invented):
    with older_release(invented):
        projected(service)
    for story in (s.FULFILLED, s.PENALIZED, s.GRANTED, s.RECTIFYING):
        office.remembers(story)
    with older_release(invented):
        projected(service)
        assert started(service).all()
    projected(service)
    assert started(service).all() == []
    assert shown(service) == rebuilt(service)


def test_two_releases_that_take_turns_skip_nothing_and_apply_nothing_twice(office, service):
    stories = [s.FULFILLED, s.PENALIZED, s.SPARED, s.DEFERRED_ACCEPTED, s.RECTIFIED] * 2
    for turn, story in enumerate(stories):
        office.remembers(story)
        if turn % 2:
            projected(service)
        else:
            with older_release(e.InspectionPassed, e.RectificationOrdered, e.MaterialAccepted):
                projected(service)
    projected(service)
    assert started(service).all() == []
    assert shown(service) == rebuilt(service)


def test_a_program_tries_a_stream_once_and_the_operator_as_often_as_he_likes(office, service):
    arrives(service, office.remembers(s.GRANTED))
    projected(service)
    parking, audit = started(service), PROJECTIONS["audit"]
    with structlog.testing.capture_logs() as logged:
        for _ in range(3):
            parking.follow(audit)
    assert [each["event"] for each in logged] == ["event-still-parked"]
    assert parking.retry("audit") == 0
    assert reasons(service) == {6: UNKNOWN}


def test_what_failed_is_tried_again_by_the_next_program_and_its_order_is_kept(
    office, service, monkeypatch
):
    office.remembers(s.PENALIZED)
    with monkeypatch.context() as broken:
        broken.delitem(CHANGES, e.ApplicationGranted)
        projected(service)
        assert set(reasons(service, "disclosure").values()) == {FAILED, BEHIND}
    projected(service)
    assert started(service).all() == []
    assert shown(service) == rebuilt(service)


def test_a_second_unknown_event_stops_the_taking_up_and_the_first_is_applied(office, service):
    office.remembers(s.FULFILLED)
    case = office.remembers(s.BREACHED)
    with older_release(e.BreachFound):
        projected(service)
    second = arrives(service, case)
    projected(service)
    assert reasons(service) == {second: UNKNOWN}


# the rest of the service ------------------------------------------------------------------------


def test_the_sweep_leaves_such_a_case_and_goes_on_with_the_others(office, service, clock):
    first, foreign, last = (office.remembers(s.DEFERRED_GRANTED) for _ in range(3))
    projected(service)
    arrives(service, foreign)
    clock.now = on("2026-10-11")
    assert {case for case, _ in service.sweep.run(clock.now)} == {first, last}


def test_a_message_of_such_an_event_waits_for_the_newer_release_at_no_cost(
    office, service, relay, platform, clock
):
    office.remembers(s.BREACHED)
    clock.go_on(days=60)  # after the last event of the story
    with older_release(e.BreachFound):
        for _ in range(30):
            relay.run()
            clock.go_on(minutes=2)
    waiting = service.outbox.undelivered()
    assert [(each.state, each.tries) for each in waiting] == [(MessageState.WAITING, 0)]
    assert "由更新的版本写入" in waiting[0].answer
    assert relay.run() == 1
    assert set(states(service)) == {MessageState.DELIVERED}


def test_the_log_is_sealed_and_verified_with_the_events_of_every_release(office, service):
    arrives(service, office.remembers(s.GRANTED))
    service.sealer.seal()
    verdict = service.verifier.verify()
    assert (verdict.flaw, verdict.sealed) == (None, 6)
    with service.engine.connect() as db:
        assert len(db.execute(select(events)).all()) == 6


def test_the_catalogue_refuses_to_change_such_an_item(office, service):
    office.lists()
    arrives(service, item_id(s.ITEM.code))
    with pytest.raises(WrittenByNewer):
        office.revises(DelistItem(reason="法规修改"))
    with pytest.raises(WrittenByNewer):
        office.opens()
