"""The projector applies every event once, in order, however many projectors run."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from time import monotonic, sleep
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from domain.case import events as e
from domain.catalogue import events as i
from domain.catalogue.item import CatalogueItem, item_id
from domain.wording.entry import ArticleEntry
from infrastructure.database.engine import writing
from infrastructure.event_store.recorder import PAGE_SIZE, EventRecorder
from infrastructure.projector.parked_events import Parking
from infrastructure.projector.projector import PROJECTIONS, Projector
from infrastructure.projector.rebuild import rebuild
from projections.audit_trail.projection import AUDIT
from projections.read_model.tables import audit_trail, disclosures, projection_positions
from tests import stories as s
from tests.domain.wording.stories import APPROVED
from tests.given import fact, history
from tests.projections.test_holdings import SCAN, opened
from tests.reviews import REVIEWS
from tests.support.background import PROJECTING, working
from tests.support.service_driver import STORIES, Office, at_once, everything

SHOWN = [projection.table.name for projection in PROJECTIONS.values()]


@pytest.fixture
def office(service):
    return Office(service)


@pytest.fixture
def projector(service):
    return service.projector


def a_rich_history(office):
    """Appends every story of cases and reviews, and every kind of event of an item.

    One case keeps the documents that were served in it, another holds a material that is shared;
    one article was entered and approved.
    """
    for story in STORIES.values():
        office.remembers(story)
    for story in REVIEWS.values():
        office.remembers_review(story)
    office.remembers(s.PENALIZED, applicant=s.PERSON)
    office.records(history(*s.DECLINED))
    office.records(history(*opened("M-02", scans=(SCAN,)), id=uuid4()))
    office.records(history(*APPROVED, of=ArticleEntry, id=uuid4()))
    office.records(
        history(
            fact(i.ItemListed, item=s.ITEM, terms=None),
            fact(i.ItemRevised, terms=s.TERMS),
            fact(i.ItemActivated),
            fact(i.ItemDelisted, reason="法规修改"),
            of=CatalogueItem,
            id=item_id(s.ITEM.code),
        )
    )


def many_events(office, count):
    """Appends this many events: an item that is revised again and again."""
    revised = [fact(i.ItemRevised, terms=s.TERMS)] * (count - 1)
    listed = fact(i.ItemListed, item=s.ITEM, terms=None)
    office.records(history(listed, *revised, of=CatalogueItem))


def shown(service):
    """Returns all rows of all projections."""
    rows = everything(service.engine)
    return {name: rows[name] for name in SHOWN}


def audited(service):
    with service.engine.connect() as db:
        bookmark = select(projection_positions.c.position).where(
            projection_positions.c.projection == "audit"
        )
        return db.scalar(select(func.count()).select_from(audit_trail)), db.scalar(bookmark)


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    end = monotonic() + seconds
    while not (now := holds()) and monotonic() < end:
        sleep(0.02)
    return now


# catching up ------------------------------------------------------------------------------------


def test_a_projection_catches_up_with_the_log_and_says_by_how_much(office, projector, service):
    assert projector.catch_up(AUDIT) == 0
    many_events(office, 7)
    assert projector.catch_up(AUDIT) == 7
    office.remembers(s.CLEARED)
    assert projector.catch_up(AUDIT) == 2
    assert audited(service) == (9, 9)


def test_catching_up_again_changes_nothing(office, projector, service):
    a_rich_history(office)
    projector.catch_up_all()
    before = everything(service.engine)
    assert all(before[name] for name in SHOWN), "every table has something to lose"
    projector.catch_up_all()
    assert everything(service.engine) == before
    assert not any(projector.catch_up(projection) for projection in PROJECTIONS.values())


def test_a_projection_is_the_same_whether_caught_up_event_by_event_or_in_pages(
    office, projector, service
):
    office.remembers(s.PENALIZED)
    projector.catch_up_all()
    office.remembers(s.DEFERRED_RECTIFYING)
    projector.catch_up_all()
    piecemeal = shown(service)
    for projection in PROJECTIONS.values():
        rebuild(projector, projection)
    assert shown(service) == piecemeal


def test_more_events_than_a_page_holds_are_all_applied(office, projector, service):
    many_events(office, PAGE_SIZE + 30)
    assert projector.catch_up(AUDIT) == PAGE_SIZE + 30
    assert audited(service) == (PAGE_SIZE + 30, PAGE_SIZE + 30)


@pytest.mark.parametrize("count", [PAGE_SIZE - 1, PAGE_SIZE, 2 * PAGE_SIZE])
def test_a_full_last_page_is_not_counted_twice(office, projector, count):
    many_events(office, count)
    assert projector.catch_up(AUDIT) == count


# failures ---------------------------------------------------------------------------------------


def test_an_event_that_cannot_be_applied_is_parked_and_the_rest_of_its_stream_with_it(
    office, projector, service
):
    def breaks(rows, event, position):
        if position == PAGE_SIZE + 10:
            raise ZeroDivisionError("no such day")
        return AUDIT.fold(rows, event, position)

    many_events(office, PAGE_SIZE + 20)
    office.remembers(s.NOTIFIED)
    assert projector.catch_up(replace(AUDIT, fold=breaks)) == PAGE_SIZE + 23
    assert audited(service) == (PAGE_SIZE + 9 + 3, PAGE_SIZE + 23)
    parked = Parking(projector).all()
    assert [each.position for each in parked] == list(range(PAGE_SIZE + 10, PAGE_SIZE + 21))
    assert "ZeroDivisionError: no such day" in parked[0].error
    assert Parking(projector).retry("audit") == len(parked)
    assert audited(service) == (PAGE_SIZE + 23, PAGE_SIZE + 23)
    assert Parking(projector).all() == []


def test_a_rebuild_that_fails_leaves_the_old_rows(office, projector, service):
    def stumble(_):
        raise ZeroDivisionError

    many_events(office, 5)
    projector.catch_up_all()
    before = shown(service)
    with pytest.raises(ZeroDivisionError):
        rebuild(projector, AUDIT, stumble)
    assert shown(service) == before
    assert rebuild(projector, AUDIT) == 5
    assert shown(service) == before


def test_two_projectors_at_once_apply_each_event_once(office, projector, service):
    other = Projector(
        service.engine, service.repository.recorder, service.repository.mapper, service.clock
    )
    for round in range(1, 4):
        office.records(
            history(
                fact(i.ItemListed, item=s.ITEM, terms=None),
                *[fact(i.ItemRevised, terms=s.TERMS)] * 199,
                of=CatalogueItem,
                id=item_id(f"{round:012}"),
            )
        )
        counts = at_once(lambda: projector.catch_up(AUDIT), lambda: other.catch_up(AUDIT))
        assert sum(counts) == 200
        assert audited(service) == (round * 200, round * 200)


def test_two_projectors_that_meet_the_same_failure_park_nothing_but_that_event(
    office, projector, service
):
    def breaks(rows, event, position):
        if isinstance(event, e.NoticeServed):
            raise ZeroDivisionError("no such day")
        return AUDIT.fold(rows, event, position)

    broken = replace(AUDIT, fold=breaks)
    for _ in range(40):
        office.remembers(s.NOTIFIED)
    at_once(*[lambda: projector.catch_up(broken)] * 3)
    assert audited(service) == (80, 120)
    parked = {each.position: each.error for each in Parking(projector).all()}
    assert set(parked) == {*range(3, 121, 3)}
    assert set(parked.values()) == {"ZeroDivisionError: no such day"}


# rebuilding -------------------------------------------------------------------------------------


def test_a_rebuild_gives_the_very_same_tables(office, projector, service):
    a_rich_history(office)
    projector.catch_up_all()
    before, size = shown(service), projector.recorder.max_notification_id()
    assert all(before.values())
    for projection in PROJECTIONS.values():
        assert rebuild(projector, projection) == size
    assert shown(service) == before
    assert set(projector.lag().values()) == {0}


def test_a_rebuild_repairs_rows_that_were_tampered_with(office, projector, service):
    office.remembers(s.PENALIZED)
    projector.catch_up_all()
    before = shown(service)
    with writing(service.engine).begin() as db:
        db.execute(update(disclosures).values(subject_name="另一家公司"))
    assert shown(service) != before
    rebuild(projector, PROJECTIONS["disclosure"])
    assert shown(service) == before


def test_while_a_rebuild_runs_readers_see_the_old_rows(office, projector, service):
    many_events(office, PAGE_SIZE + 5)
    projector.catch_up(AUDIT)
    seen = []

    def look(count):
        seen.append((count, audited(service)))

    rebuild(projector, AUDIT, look)
    whole = (PAGE_SIZE + 5, PAGE_SIZE + 5)
    assert seen == [(PAGE_SIZE, whole), (PAGE_SIZE + 5, whole)]


# lagging and following --------------------------------------------------------------------------


def test_the_lag_is_how_many_events_have_not_been_applied(office, projector):
    assert projector.lag() == dict.fromkeys(PROJECTIONS, 0)
    office.remembers(s.NOTIFIED)
    assert projector.lag() == dict.fromkeys(PROJECTIONS, 3)
    projector.catch_up(AUDIT)
    assert projector.lag() == dict.fromkeys(PROJECTIONS, 3) | {"audit": 0}


@pytest.fixture
def following(service):
    """A function that runs the projections until the test ends; they poll at the given interval."""
    with ExitStack() as started:
        yield lambda seconds: started.enter_context(
            working(service, *PROJECTING, poll_seconds=seconds)
        )


def keeps_up(projector):
    return eventually(lambda: not any(projector.lag().values()))


def test_the_running_projections_follow_every_append_at_once(office, projector, following):
    following(60)
    for _ in range(3):
        office.remembers(s.CLEARED)
        assert keeps_up(projector)


def test_the_running_projections_follow_another_process_too(office, projector, service, following):
    following(0.05)
    elsewhere = EventRecorder(service.engine, service.clock)
    events = history(*s.OPENED)
    elsewhere.insert_events([service.repository.mapper.to_stored_event(event) for event in events])
    elsewhere.close()
    assert keeps_up(projector)
    assert audited(service) == (1, 1)


def test_one_projection_that_fails_neither_stops_the_others_nor_loses_an_event(
    office, projector, service, following
):
    def rename(old, new):
        with writing(service.engine).begin() as db:
            db.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    rename("audit_trail", "out_of_the_way")
    following(0.05)
    office.remembers(s.CLEARED)
    behind = dict.fromkeys(PROJECTIONS, 0) | {"audit": 2}
    assert eventually(lambda: projector.lag() == behind)
    rename("out_of_the_way", "audit_trail")
    assert keeps_up(projector)
    assert audited(service) == (2, 2)


def test_the_running_projections_stop_when_told(service):
    with working(service, *PROJECTING, poll_seconds=60):
        begun = monotonic()
    assert monotonic() - begun < 5
