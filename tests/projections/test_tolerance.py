"""The tolerance trail: a line for every review, found by all that it can be asked by."""

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
    """What happened is told here and then asked for as those who review would."""

    def __init__(self, service):
        self.office, self.service = Office(service), service

    def tells(self, *stories):
        ids = [self.office.remembers_review(story) for story in stories]
        for projection in (TOLERANCE, LINKS):
            self.service.projector.catch_up(projection)
        return ids

    def rows(self, query):
        with self.service.engine.connect() as db:
            return list(db.execute(query))

    def found(self, **asked):
        order = tolerance.NEWEST_FIRST.page(tolerance.reviews(**asked), 50)
        return {row.review_id for row in self.rows(order)}


@pytest.fixture
def trail(service):
    return Trail(service)


def asked_by(department, story):
    """The story as it went where another department asks."""
    first, *others = story
    by = first.by.model_copy(update={"department": department})
    return (first._replace(by=by), *others)


def test_every_story_has_a_line_that_says_how_its_review_stands(trail):
    for name, story in r.REVIEWS.items():
        (id,) = trail.tells(story)
        (line,) = trail.rows(select(tolerance_reviews).where(tolerance_reviews.c.review_id == id))
        review = trail.office.store.get(ToleranceReview, id)
        document = review.decision
        assert (line.stage, line.outcome) == (review.stage, review.outcome), name
        assert line.ground == review.requested.ground.ground
        assert line.answer_by == (review.settle_by.on if review.settle_by else None), name
        assert line.document_number == (document.number if document else None)
        assert line.authority == (document.authority.name if document else None)
        assert (line.requested_at, line.updated_at) == (review.created_on, review.modified_on)


def test_a_line_says_who_asked_for_whom_and_when_what_was_done(trail):
    (id,) = trail.tells(r.FINAL)
    (line,) = trail.rows(tolerance.reviews())
    assert line.review_id == id
    assert (line.department, line.department_code) == (MARKET_OFFICE.name, MARKET_OFFICE.code)
    assert (line.concerned_kind, line.concerned_department) == ("officer", MARKET_OFFICE.name)
    assert line.authority_kind == "appointing"
    days = (line.checked_on, line.decided_on, line.served_on)
    assert days == (date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 21))


def test_no_person_stands_in_the_trail_but_only_departments(trail):
    trail.tells(*r.REVIEWS.values())
    told = str(trail.rows(tolerance.reviews()))
    for person in ("zhao", "han", "wu", "jiang", "shen", "tang"):
        assert f"'{person}'" not in told


def test_the_trail_is_found_by_ground_department_case_stage_and_outcome(trail):
    elsewhere = asked_by(HOUSING_OFFICE, r.REVIEWS["NOVEL_METHOD"])
    about_another = r.requested(ground=r.NOVELTY, cases=(r.IN_FULL,))
    final, decided, other, lone, gone = trail.tells(
        r.FINAL, r.EXEMPTED, elsewhere, about_another, r.WITHDRAWN
    )
    assert trail.found() == {final, decided, other, lone, gone}
    assert trail.found(ground=GroundKind.NOVEL_METHOD) == {other, lone}
    assert trail.found(ground=GroundKind.LAW_AT_THE_TIME) == set()
    assert trail.found(department=HOUSING_OFFICE.code) == {other}
    assert trail.found(case=r.OTHER_CASE) == {lone}
    assert trail.found(case=r.DEFERRED_CASE) == {final, decided, other, gone}
    assert trail.found(stage=Stage.WITHDRAWN) == {gone}
    assert trail.found(outcome=Outcome.EXEMPTED) == {final, decided}
    assert trail.found(outcome=Outcome.EXEMPTED, stage=Stage.FINAL) == {final}
    assert trail.found(ground=GroundKind.NOVEL_METHOD, case=r.DEFERRED_CASE) == {other}


def test_every_link_stands_with_the_version_that_was_seen(trail):
    (id,) = trail.tells(r.requested(cases=(r.LINKED, r.IN_FULL)))
    rows = trail.rows(select(tolerance_links).order_by("kind", "linked"))
    assert {(row.review_id, row.kind, row.linked, row.version) for row in rows} == {
        (id, "case", str(r.DEFERRED_CASE), 4),
        (id, "case", str(r.OTHER_CASE), 5),
        (id, "item", "000131001001", 1),
    }


def test_the_links_of_some_reviews_are_theirs_alone_cases_before_items(trail):
    both = r.requested(cases=(r.LINKED, r.IN_FULL))
    first, second, _ = trail.tells(r.REQUESTED, both, r.WITHDRAWN)
    rows = trail.rows(tolerance.links_of([first, second]))
    assert {row.review_id for row in rows} == {first, second}
    assert [row.kind for row in rows] == sorted(row.kind for row in rows)
    assert trail.rows(tolerance.links_of([])) == []


def test_a_department_that_asked_is_listed_once_under_its_code(trail):
    renamed = HOUSING_OFFICE.model_copy(update={"name": "义马市住房保障局"})
    stories = [asked_by(each, r.REQUESTED) for each in (HOUSING_OFFICE, renamed, MARKET_OFFICE)]
    trail.tells(*stories)
    codes = [row.department_code for row in trail.rows(tolerance.departments())]
    assert codes == sorted({HOUSING_OFFICE.code, MARKET_OFFICE.code})


def test_the_counts_are_of_what_was_decided_by_the_outcome_that_stands(trail):
    novel = r.after_review(
        r.checked(r.requested(ground=r.NOVELTY)), "exempt", r.decision(), **r.DECIDES
    )
    trail.tells(r.REQUESTED, r.CHECKED, r.WITHDRAWN, r.EXEMPTED, r.NOTIFIED, r.KEPT, r.FINAL, novel)
    counted = [tuple(row) for row in trail.rows(tolerance.counts())]
    assert counted == [
        ("deferred_handling_error", "exempted", 2),
        ("deferred_handling_error", "not_exempted", 2),
        ("novel_method", "exempted", 1),
    ]
    assert {*tolerance.counts().selected_columns.keys()} == {"ground", "outcome", "count"}
