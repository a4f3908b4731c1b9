"""The worklist: its duties and summary rows agree with the cases."""

from datetime import date

import pytest
from sqlalchemy import select

from application.access.permissions import Where
from domain.case.case import Case
from domain.case.events import CommitmentMade
from domain.case.stages import Stage
from domain.catalogue.terms import PinnedItem
from projections.read_model.tables import case_summaries, duties
from projections.worklist import lists as worklist
from projections.worklist.lists import Reader
from projections.worklist.projection import WORKLIST
from tests import stories as s
from tests.given import MARKET_OFFICE, history
from tests.support.service_driver import HOUSING_OFFICE, STORIES, Office


class CommandTools:
    """Records stories of cases, projects them and reads the worklist."""

    def __init__(self, service):
        self.office, self.service = Office(service), service

    def records(self, *stories, **details):
        ids = [self.office.remembers(story, **details) for story in stories]
        self.service.projector.catch_up(WORKLIST)
        return ids if len(ids) > 1 else ids[0]

    def rows(self, query):
        with self.service.engine.connect() as db:
            return list(db.execute(query))

    def cases(self, department, stage=None):
        where = Where.EITHER if department else Where.ANYWHERE
        return self.rows(worklist.NEWEST_FIRST.page(worklist.cases(where, department, stage), 50))

    def to_do(self, *actions, department=MARKET_OFFICE.code):
        where = Where.EITHER if department else Where.ANYWHERE
        reach, today = dict.fromkeys(actions, where), date(2026, 9, 28)
        query = worklist.to_do(Reader(reach, where, department or "", today, soon=today))
        rows = self.rows(worklist.MOST_URGENT_FIRST.page(query, 50))
        return [(row.case_id, row.action, row.about, str(row.due_on)) for row in rows]


@pytest.fixture
def tools(service):
    return CommandTools(service)


def supervised_elsewhere(story):
    """Returns the story for an item that another office supervises."""
    first, *others = story
    item = s.ITEM.model_copy(update={"supervisor": HOUSING_OFFICE})
    pinned = PinnedItem(item=item, version=1, terms=s.TERMS)
    return (first._replace(said=first.said | {"pinned": pinned}), *others)


def test_the_duties_of_every_story_are_the_duties_of_its_case(tools):
    for name, story in STORIES.items():
        id = tools.records(story)
        rows = tools.rows(select(duties).where(duties.c.case_id == id))
        stored = {(row.action, row.about, row.due_on, row.provisional) for row in rows}
        owed = tools.office.repository.get(Case, id).duties
        assert stored == {(d.action, d.about, d.due.on, d.due.provisional) for d in owed}, name
        assert len(rows) == len(owed)


def test_the_summary_row_of_every_story_agrees_with_its_case(tools):
    for name, story in STORIES.items():
        id = tools.records(story)
        case = tools.office.repository.get(Case, id)
        (row,) = tools.rows(select(case_summaries).where(case_summaries.c.case_id == id))
        commitment = case.last(CommitmentMade)
        code = commitment and commitment.code
        summary = (row.stage, row.version, row.code, row.kind)
        assert summary == (case.stage, case.version, code, case.kind), name
        assert (row.opened_at, row.updated_at) == (case.created_on, case.modified_on)
        said = (row.item_code, row.applicant, row.applicant_code)
        assert said == (s.ITEM.code, case.applicant.name, s.APPLICANT.code)


def test_a_natural_person_is_not_named_as_an_applicant(tools):
    tools.records(s.CLEARED, applicant=s.PERSON)
    (row,) = tools.cases(None)
    assert (row.applicant, row.applicant_code) == ("自然人", None)


def test_duties_are_sorted_by_due_date_and_selected_by_action(tools):
    granted, committed, short = tools.records(s.GRANTED, s.COMMITTED, s.DEFERRED_SUPPLIED)
    assert tools.to_do("inspect", "decide", "supply", "review") == [
        (committed, "decide", "", "2026-09-28"),
        (short, "supply", "M-03", "2026-10-10"),
        (short, "review", "M-02", "2026-10-13"),
        (granted, "inspect", "", "2026-10-30"),
        (short, "inspect", "", "2026-10-30"),
    ]
    assert tools.to_do("decide") == [(committed, "decide", "", "2026-09-28")]
    assert tools.to_do("penalize") == []
    assert tools.to_do() == []


def test_a_department_sees_only_the_cases_that_it_accepts_or_supervises(tools):
    ours, shared = tools.records(s.GRANTED, supervised_elsewhere(s.GRANTED))

    def seen_by(department):
        cases = {row.case_id for row in tools.cases(department)}
        assert cases == {id for id, *_ in tools.to_do("inspect", department=department)}
        return cases

    assert seen_by(MARKET_OFFICE.code) == seen_by(None) == {ours, shared}
    assert seen_by(HOUSING_OFFICE.code) == {shared}
    assert seen_by("11411281005802440Q") == set()


def test_cases_are_selected_by_their_stage(tools):
    granted, _, breached = tools.records(s.GRANTED, s.FULFILLED, s.BREACHED)
    listed = [row.case_id for row in tools.cases(None, Stage.GRANTED)]
    assert listed == [granted]
    listed = [row.case_id for row in tools.cases(MARKET_OFFICE.code, "breached")]
    assert listed == [breached]


def test_a_duty_is_overdue_from_the_day_after_its_due_date_and_the_longest_overdue_is_first(tools):
    granted, short = tools.records(s.GRANTED, s.DEFERRED_GRANTED)

    def overdue(day):
        return [(row.case_id, row.action) for row in tools.rows(worklist.overdue(day))]

    assert overdue(date(2026, 10, 10)) == []
    assert overdue(date(2026, 10, 11)) == [(short, "supply")], "two materials, one duty to act on"
    late = [(short, "supply"), (granted, "deliver"), (short, "deliver")]
    assert overdue(date(2026, 10, 30)) == late
    assert overdue(date(2026, 10, 31)) == [*late, (granted, "inspect"), (short, "inspect")]


def test_events_of_the_catalogue_add_nothing_to_the_worklist(tools):
    tools.office.lists()
    tools.service.projector.catch_up(WORKLIST)
    assert tools.cases(None) == []


def test_settling_the_duties_of_one_case_changes_no_duty_of_another(tools):
    mine = tools.records(s.DEFERRED_GRANTED)
    before = tools.to_do("supply", "inspect")
    tools.records(s.DEFERRED_BREACHED)
    assert [duty for duty in tools.to_do("supply", "inspect") if duty[0] == mine] == before
    assert len(before) == 3


def test_a_case_that_is_over_has_no_duties(tools):
    over = [name for name, story in STORIES.items() if not Case.replay(history(*story)).duties]
    assert len(over) >= 4
    tools.records(*[STORIES[name] for name in over])
    assert tools.rows(select(duties)) == []
