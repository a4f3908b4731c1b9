"""The worklist: who owes what by when, exactly as the case itself says."""

from datetime import date

import pytest
from sqlalchemy import select

from domain.case.case import Case
from domain.case.events import CommitmentMade
from domain.case.stages import Stage
from domain.catalogue.terms import PinnedItem
from projections.read_model.tables import case_summaries, duties
from projections.worklist import projection as worklist
from projections.worklist.projection import WORKLIST
from tests import stories as s
from tests.given import MARKET_OFFICE, history
from tests.support.service_driver import HOUSING_OFFICE, STORIES, Office


class Desk:
    """What happened is told here and then looked at as the officers would."""

    def __init__(self, service):
        self.office, self.service = Office(service), service

    def tells(self, *stories, **about):
        ids = [self.office.remembers(story, **about) for story in stories]
        self.service.projector.catch_up(WORKLIST)
        return ids if len(ids) > 1 else ids[0]

    def rows(self, query):
        with self.service.engine.connect() as db:
            return list(db.execute(query))

    def cases(self, department, stage=None):
        return self.rows(worklist.NEWEST_FIRST.page(worklist.cases(department, stage), 50))

    def to_do(self, *actions, department=MARKET_OFFICE.code):
        query = worklist.to_do(actions, department)
        rows = self.rows(worklist.MOST_URGENT_FIRST.page(query, 50))
        return [(row.case_id, row.action, row.about, str(row.due_on)) for row in rows]


@pytest.fixture
def desk(service):
    return Desk(service)


def supervised_elsewhere(story):
    """The story as it went where another office inspects."""
    first, *others = story
    item = s.ITEM.model_copy(update={"supervisor": HOUSING_OFFICE})
    pinned = PinnedItem(item=item, version=1, terms=s.TERMS)
    return (first._replace(said=first.said | {"pinned": pinned}), *others)


def test_the_duties_of_every_story_are_those_the_case_itself_knows(desk):
    for name, story in STORIES.items():
        id = desk.tells(story)
        rows = desk.rows(select(duties).where(duties.c.case_id == id))
        found = {(row.action, row.about, row.due_on, row.provisional) for row in rows}
        owed = desk.office.store.get(Case, id).duties
        assert found == {(d.action, d.about, d.due.on, d.due.provisional) for d in owed}, name
        assert len(rows) == len(owed)


def test_every_story_has_a_line_that_says_where_its_case_stands(desk):
    for name, story in STORIES.items():
        id = desk.tells(story)
        case = desk.office.store.get(Case, id)
        (line,) = desk.rows(select(case_summaries).where(case_summaries.c.case_id == id))
        made = case.last(CommitmentMade)
        stands = (line.stage, line.version, line.code, line.kind)
        assert stands == (case.stage, case.version, made and made.code, case.kind), name
        assert (line.opened_at, line.updated_at) == (case.created_on, case.modified_on)
        assert (line.item_code, line.applicant) == (s.ITEM.code, s.APPLICANT.name)


def test_an_applicant_is_named_only_if_it_is_no_natural_person(desk):
    desk.tells(s.CLEARED, applicant=s.PERSON)
    (line,) = desk.cases(None)
    assert line.applicant == "自然人"


def test_what_is_to_do_is_sorted_by_its_day_and_picked_by_its_action(desk):
    granted, committed, short = desk.tells(s.GRANTED, s.COMMITTED, s.DEFERRED_SUPPLIED)
    assert desk.to_do("inspect", "decide", "supply", "review") == [
        (committed, "decide", "", "2026-09-28"),
        (short, "supply", "M-03", "2026-10-10"),
        (short, "review", "M-02", "2026-10-13"),
        (granted, "inspect", "", "2026-10-30"),
        (short, "inspect", "", "2026-10-30"),
    ]
    assert desk.to_do("decide") == [(committed, "decide", "", "2026-09-28")]
    assert desk.to_do("penalize") == []
    assert desk.to_do() == []


def test_a_department_sees_what_it_accepts_or_supervises_and_nothing_else(desk):
    ours, shared = desk.tells(s.GRANTED, supervised_elsewhere(s.GRANTED))

    def seen_by(department):
        cases = {row.case_id for row in desk.cases(department)}
        assert cases == {id for id, *_ in desk.to_do("inspect", department=department)}
        return cases

    assert seen_by(MARKET_OFFICE.code) == seen_by(None) == {ours, shared}
    assert seen_by(HOUSING_OFFICE.code) == {shared}
    assert seen_by("11411281005802440Q") == set()


def test_cases_are_listed_by_their_stage(desk):
    granted, _, breached = desk.tells(s.GRANTED, s.FULFILLED, s.BREACHED)
    listed = [row.case_id for row in desk.cases(None, Stage.GRANTED)]
    assert listed == [granted]
    listed = [row.case_id for row in desk.cases(MARKET_OFFICE.code, "breached")]
    assert listed == [breached]


def test_a_duty_is_overdue_from_the_day_after_it_was_due_the_longest_first(desk):
    granted, short = desk.tells(s.GRANTED, s.DEFERRED_GRANTED)

    def overdue(day):
        return [(row.case_id, row.action) for row in desk.rows(worklist.overdue(day))]

    assert overdue(date(2026, 10, 10)) == []
    assert overdue(date(2026, 10, 11)) == [(short, "supply")], "two materials, one duty to act on"
    assert overdue(date(2026, 10, 30)) == [(short, "supply")]
    late = [(short, "supply"), (granted, "inspect"), (short, "inspect")]
    assert overdue(date(2026, 10, 31)) == late


def test_what_befalls_the_catalogue_is_not_the_worklists(desk):
    desk.office.lists()
    desk.service.projector.catch_up(WORKLIST)
    assert desk.cases(None) == []


def test_duties_of_one_case_are_settled_without_touching_another(desk):
    mine = desk.tells(s.DEFERRED_GRANTED)
    before = desk.to_do("supply", "inspect")
    desk.tells(s.DEFERRED_BREACHED)
    assert [duty for duty in desk.to_do("supply", "inspect") if duty[0] == mine] == before
    assert len(before) == 3


def test_a_case_that_is_over_owes_nothing(desk):
    over = [name for name, story in STORIES.items() if not Case.fold(history(*story)).duties]
    assert len(over) >= 8
    desk.tells(*[STORIES[name] for name in over])
    assert desk.rows(select(duties)) == []
