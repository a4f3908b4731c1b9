"""The tolerance trail: a row for every review, selected by each of its filters."""

from datetime import date

import pytest
from sqlalchemy import select

from domain.tolerance.grounds import GroundKind, Outcome
from domain.tolerance.review import ToleranceReview
from domain.tolerance.stages import Stage
from projections.read_model.tables import tolerance_links, tolerance_reviews
from projections.tolerance import projection as tolerance
from projections.tolerance.projection import LINKS, TOLERANCE
from tests import reviews as r
from tests.given import MARKET_OFFICE
from tests.support.service_driver import HOUSING_OFFICE, Office


class Trail:
    """Records stories of reviews, projects them and queries the trail."""

    def __init__(self, service):
        self.office, self.service = Office(service), service

    def records(self, *stories):
        ids = [self.office.remembers_review(story) for story in stories]
        for projection in (TOLERANCE, LINKS):
            self.service.projector.catch_up(projection)
        return ids

    def rows(self, query):
        with self.service.engine.connect() as db:
            return list(db.execute(query))

    def ids(self, **filters):
        page = tolerance.NEWEST_FIRST.page(tolerance.reviews(**filters), 50)
        return {row.review_id for row in self.rows(page)}


@pytest.fixture
def trail(service):
    return Trail(service)


def requested_by(department, story):
    """Returns the story with this department as the one that requests tolerance."""
    first, *others = story
    by = first.by.model_copy(update={"department": department})
    return (first._replace(by=by), *others)


def test_the_row_of_every_story_agrees_with_the_state_of_its_review(trail):
    for name, story in r.REVIEWS.items():
        (id,) = trail.records(story)
        (row,) = trail.rows(select(tolerance_reviews).where(tolerance_reviews.c.review_id == id))
        review = trail.office.repository.get(ToleranceReview, id)
        document = review.decision
        assert (row.stage, row.outcome) == (review.stage, review.outcome), name
        assert row.ground == review.requested.ground.ground
        assert row.answer_by == (review.settle_by.on if review.settle_by else None), name
        assert row.document_number == (document.number if document else None)
        assert row.authority == (document.authority.name if document else None)
        assert (row.requested_at, row.updated_at) == (review.created_on, review.modified_on)


def test_a_row_says_who_requested_tolerance_for_whom_and_when_each_step_was_done(trail):
    (id,) = trail.records(r.FINAL)
    (row,) = trail.rows(tolerance.reviews())
    assert row.review_id == id
    assert (row.department, row.department_code) == (MARKET_OFFICE.name, MARKET_OFFICE.code)
    assert (row.concerned_kind, row.concerned_department) == ("officer", MARKET_OFFICE.name)
    assert row.authority_kind == "appointing"
    days = (row.checked_on, row.decided_on, row.served_on)
    assert days == (date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 21))


def test_the_trail_names_departments_but_no_person(trail):
    trail.records(*r.REVIEWS.values())
    text = str(trail.rows(tolerance.reviews()))
    for person in ("zhao", "han", "wu", "jiang", "shen", "tang"):
        assert f"'{person}'" not in text


def test_reviews_are_selected_by_ground_department_case_stage_and_outcome(trail):
    elsewhere = requested_by(HOUSING_OFFICE, r.REVIEWS["NOVEL_METHOD"])
    about_another = r.requested(ground=r.NOVELTY, cases=(r.IN_FULL,))
    final, decided, other, lone, gone = trail.records(
        r.FINAL, r.EXEMPTED, elsewhere, about_another, r.WITHDRAWN
    )
    assert trail.ids() == {final, decided, other, lone, gone}
    assert trail.ids(ground=GroundKind.NOVEL_METHOD) == {other, lone}
    assert trail.ids(ground=GroundKind.LAW_AT_THE_TIME) == set()
    assert trail.ids(department=HOUSING_OFFICE.code) == {other}
    assert trail.ids(case=r.OTHER_CASE) == {lone}
    assert trail.ids(case=r.DEFERRED_CASE) == {final, decided, other, gone}
    assert trail.ids(stage=Stage.WITHDRAWN) == {gone}
    assert trail.ids(outcome=Outcome.EXEMPTED) == {final, decided}
    assert trail.ids(outcome=Outcome.EXEMPTED, stage=Stage.FINAL) == {final}
    assert trail.ids(ground=GroundKind.NOVEL_METHOD, case=r.DEFERRED_CASE) == {other}


def test_every_link_keeps_the_version_that_the_requester_saw(trail):
    (id,) = trail.records(r.requested(cases=(r.LINKED, r.IN_FULL)))
    rows = trail.rows(select(tolerance_links).order_by("kind", "linked"))
    assert {(row.review_id, row.kind, row.linked, row.version) for row in rows} == {
        (id, "case", str(r.DEFERRED_CASE), 4),
        (id, "case", str(r.OTHER_CASE), 5),
        (id, "item", "000131001001", 1),
    }


def test_the_links_of_given_reviews_are_only_theirs_and_cases_come_before_items(trail):
    both = r.requested(cases=(r.LINKED, r.IN_FULL))
    first, second, _ = trail.records(r.REQUESTED, both, r.WITHDRAWN)
    rows = trail.rows(tolerance.links_of([first, second]))
    assert {row.review_id for row in rows} == {first, second}
    assert [row.kind for row in rows] == sorted(row.kind for row in rows)
    assert trail.rows(tolerance.links_of([])) == []


def test_a_requesting_department_is_listed_once_by_its_code(trail):
    renamed = HOUSING_OFFICE.model_copy(update={"name": "义马市住房保障局"})
    requesters = (HOUSING_OFFICE, renamed, MARKET_OFFICE)
    trail.records(*[requested_by(each, r.REQUESTED) for each in requesters])
    codes = [row.department_code for row in trail.rows(tolerance.departments())]
    assert codes == sorted({HOUSING_OFFICE.code, MARKET_OFFICE.code})


def test_only_decided_reviews_are_counted_by_ground_and_current_outcome(trail):
    novel = r.after_review(
        r.checked(r.requested(ground=r.NOVELTY)), "exempt", r.decision(), **r.DECIDES
    )
    undecided = (r.REQUESTED, r.CHECKED, r.WITHDRAWN)
    trail.records(*undecided, r.EXEMPTED, r.NOTIFIED, r.KEPT, r.FINAL, novel)
    counts = [tuple(row) for row in trail.rows(tolerance.counts())]
    assert counts == [
        ("deferred_handling_error", "exempted", 2),
        ("deferred_handling_error", "not_exempted", 2),
        ("novel_method", "exempted", 1),
    ]
    assert {*tolerance.counts().selected_columns.keys()} == {"ground", "outcome", "count"}
