"""Due dates after the last arranged year: they are never missing, doubt falls on the government.

30 December 2026 is a Wednesday.  The year 2027 is not arranged.  Its New Year's Day is a Friday,
which counts as a working day for offices and as a holiday for applicants.
"""

import pytest

from domain.case import events as e
from domain.case import values as f
from domain.case.case import Case
from domain.case.due import DUE
from domain.case.duties import owed_after
from domain.kernel.aggregate import Event
from domain.values.workdays import Deadline
from tests import stories as s
from tests.domain.test_events import sampled
from tests.given import INSPECTOR, PROPOSER, after, due, fact, given, on

LATE = on("2026-12-30")
OPENED_LATE = (s.OPENED[0]._replace(at=LATE),)
QUERIED_LATE = after(s.COMMITTED, "query", s.CLEAN, at=LATE)
ORDERED_LATE = after(
    after(
        s.DEFERRED_RECTIFYING,
        "find_breach",
        f.BreachKind.NON_PERFORMANCE,
        "不符",
        by=INSPECTOR,
        at=LATE,
    ),
    *("order_rectification", ("改正",)),
    by=INSPECTOR,
    at=LATE,
)
FIND = ("find_breach", f.BreachKind.NON_PERFORMANCE, "不符")


@pytest.mark.parametrize(
    ("story", "attempt", "name", "day"),
    [
        (OPENED_LATE, ("query", s.CLEAN), "notify_by", "2027-01-06"),
        (QUERIED_LATE, ("grant", s.PERMIT), "inspect_by", "2027-01-27"),
        (s.GRANTED, FIND, "order_by", "2027-01-04"),
        (s.RECTIFYING, ("refuse_rectification", s.SIGNED_REFUSAL), "forewarn_by", "2027-01-06"),
        (ORDERED_LATE, ("supply", "M-03", s.digest("plan")), "review_by", "2027-01-04"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_the_office_owes_is_due_on_the_earlier_day(story, attempt, name, day):
    step = given(*story).when(*attempt, by=INSPECTOR, at=LATE)
    assert step.it.pending_events[0].facts[name] == due(day, provisional=True)


@pytest.mark.parametrize(
    ("story", "attempt", "name", "day"),
    [
        (s.CLEARED, ("notify",), "commit_by", "2027-01-07"),
        (s.BREACHED, ("order_rectification", ("改正",)), "rectify_by", "2027-01-14"),
        (s.UNRECTIFIED, ("forewarn", (s.KEY_REVIEW,), "未改正"), "statement_until", "2027-01-07"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_the_applicant_owes_is_due_on_the_later_day(story, attempt, name, day):
    step = given(*story).when(*attempt, by=PROPOSER, at=LATE)
    assert step.it.pending_events[0].facts[name] == due(day, provisional=True)


def test_a_missing_material_is_owed_by_the_applicant():
    step = given(*s.DEFERRED_CLEARED).when("notify", at=LATE)
    dates = {material.due for material in step.it.notice.deferred}
    assert dates == {due("2027-01-07", provisional=True)}


def test_a_credit_answer_grows_stale_on_the_earlier_day():
    day = on("2026-12-31")
    step = given(*s.COMMITTED).when("query", s.CLEAN, at=day)
    assert step.it.credit_fresh_until == due("2027-01-01", provisional=True)


def test_the_decision_waits_for_the_last_of_the_materials():
    served = s.DEFERRED_NOTIFIED[-1]
    health, plan = served.said["deferred"]
    sooner = plan.model_copy(update={"due": due("2026-10-08")})
    opened = fact(e.CaseOpened, **s.DEFERRED_NOTIFIED[0].said | {"pinned": s.DECIDED_LAST})
    notified = fact(e.NoticeServed, **served.said | {"deferred": (health, sooner)})
    story = (opened, s.DEFERRED_NOTIFIED[1], notified)
    given(*story).when("commit", s.letter(story), s.code()).owes(
        ("supply", "2026-10-08", "M-03"), ("supply", "2026-10-10", "M-02"), ("decide", "2026-10-12")
    )


# the tables -------------------------------------------------------------------------------------

CASE_EVENTS = [step.records for lifecycle in Case.LIFECYCLES for step in lifecycle.steps]
LAPSES = {"fresh_until"}
"""Dates by which no action is owed, because something lapses by itself."""


def dates_of(event: type[Event]) -> set[str]:
    """Those that a later release added may be missing from a stored event."""
    kinds = (Deadline, Deadline | None)
    return {name for name, field in event.model_fields.items() if field.annotation in kinds}


@pytest.mark.parametrize("event", CASE_EVENTS, ids=lambda event: event.__name__)
def test_every_date_that_an_event_bears_is_set_by_the_table_of_dates(event):
    assert set(DUE.get(event, {})) == dates_of(event)


@pytest.mark.parametrize("event", CASE_EVENTS, ids=lambda event: event.__name__)
def test_every_date_that_an_event_sets_is_somebodys_duty(event):
    (happened,) = [each for each in sampled().values() if type(each) is event]
    owed = {duty.due for duty in owed_after((), happened)}
    sets = {getattr(happened, name) for name in dates_of(event) - LAPSES} - {None}
    assert sets <= owed
