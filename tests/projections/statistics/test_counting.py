"""Every number of the statistics is what a plain second count of the log finds."""

from collections import Counter
from datetime import date
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.case import events as e
from domain.case import values as f
from domain.case.duties import LINE, SUPPLEMENT
from domain.case.values import Duty
from domain.kernel.instants import RightDate, RightInstant
from infrastructure.projector.rebuild import rebuild
from projections.statistics.counting import COUNTED, two_digits
from projections.statistics.projection import ACTION_OF, DATE_OF, STATISTICS, fold
from projections.statistics.tables import STEPS, case_counts, decision_minutes, monthly_totals
from tests import stories as s
from tests.given import MARKET_OFFICE, SYSTEM, after, due, fact, history, on
from tests.projections.statistics.plain_count import DOES, HAPPENED, minutes, plainly
from tests.support.random_walk import wandering
from tests.support.repetitions import dice
from tests.support.service_driver import HOUSING_OFFICE, STORIES, Office

PLACE = ("item_code", "kind", "accepting_code", "supervising_code", "person")
EXAMPLES = {name: history(*story) for name, story in STORIES.items()} | {
    "retimed": history(*s.RETIMED)
}


OFFICES = (MARKET_OFFICE, HOUSING_OFFICE)


def varied(chance, number):
    """Returns a random case of either bureau, item, supervisor and sort of applicant."""
    first, *others = wandering(chance, number)
    item = first.pinned.item.model_copy(
        update={
            "code": f"00013100100{chance.randrange(1, 4)}",
            "department": chance.choice(OFFICES),
            "supervisor": chance.choice(OFFICES),
        }
    )
    pinned = first.pinned.model_copy(update={"item": item})
    applicant = chance.choice((first.applicant, s.PERSON))
    return [first.model_copy(update={"pinned": pinned, "applicant": applicant}), *others]


def folded(events):
    return reduce(lambda rows, event: fold(rows, event, 0), events, ())


def added_up(rows):
    """Returns the counts of rows of `monthly_totals`, like those of `plainly`."""
    counts = Counter()
    names = [column.name for column in monthly_totals.c if not column.primary_key]
    for row in rows:
        place = tuple(row[name] for name in PLACE)
        for name in names:
            counts[f"{row['month']:%Y-%m}", place, name] += row.get(name, 0)
    return Counter({key: count for key, count in counts.items() if count})


def parts(histories, totals):
    return [part for events in histories for row in folded(events) for part in totals.parts(row)]


def in_minutes(rows):
    counts = Counter()
    for row in rows:
        key = (f"{row['month']:%Y-%m}", row["accepting_code"], row["person"], row["minutes"])
        counts[key] += row["decisions"]
    return counts


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_story_is_counted_as_its_case_says(name):
    by_month, by_minutes = STATISTICS.totals
    assert added_up(parts([EXAMPLES[name]], by_month)) == plainly([EXAMPLES[name]])
    assert in_minutes(parts([EXAMPLES[name]], by_minutes)) == minutes([EXAMPLES[name]])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_random_histories_are_counted_as_their_cases_say(seed):
    histories = [varied(dice(seed + number), number) for number in range(3)]
    by_month, by_minutes = STATISTICS.totals
    assert added_up(parts(histories, by_month)) == plainly(histories)
    assert in_minutes(parts(histories, by_minutes)) == minutes(histories)


def rows(service, table):
    with service.engine.connect() as db:
        return [dict(row) for row in db.execute(select(table)).mappings()]


def sums(service):
    def key(row):
        return str(sorted(row.items(), key=str))

    return [sorted(rows(service, table), key=key) for table in (monthly_totals, decision_minutes)]


def test_the_sums_in_the_database_follow_the_log_page_by_page_and_event_by_event(service):
    office, projector = Office(service), service.projector
    histories = [varied(dice(number), number) for number in range(12)]
    for events in histories:
        office.records(events)
    while projector.next_page(STATISTICS):
        pass
    assert added_up(rows(service, monthly_totals)) == plainly(histories)
    assert in_minutes(rows(service, decision_minutes)) == minutes(histories)
    stored = sums(service)
    assert stored[0], "something was counted"
    assert len(rows(service, case_counts)) == len(histories)
    one_by_one(service)
    assert sums(service) == stored, "no cell is left behind with nothing in it"
    rebuild(projector, STATISTICS)
    assert sums(service) == stored


def one_by_one(service):
    """Empties the statistics and applies the log again, each event in its own transaction."""
    with service.engine.begin() as db:
        for table in STATISTICS.tables:
            db.execute(table.delete())
        service.projector.move(db, STATISTICS.name, 0)
    more = True
    while more:
        with service.engine.begin() as db:
            more = service.projector.apply_page(db, STATISTICS, size=1)


def test_a_case_that_is_decided_in_a_month_is_counted_there_and_where_it_belongs(service):
    office = Office(service)
    office.remembers(s.GRANTED)
    office.remembers(s.GRANTED, applicant=s.PERSON)
    service.projector.catch_up(STATISTICS)
    found = rows(service, monthly_totals)
    september = [row for row in found if f"{row['month']}" == "2026-09-01"]
    counts = {
        row["person"]: (row["accepted"], row["granted"], row["same_day"]) for row in september
    }
    assert counts == {False: (1, 1, 1), True: (1, 1, 1)}
    assert {row["inspect_owed"] for row in found if f"{row['month']}" == "2026-10-01"} == {1}
    assert {row["accepting"] for row in found} == {s.ITEM.department.name}


def test_what_the_service_notes_about_a_missed_date_is_an_inspection_by_nobody():
    overdue = after(
        s.DEFERRED_GRANTED,
        "find_breach",
        f.BreachKind.SUPPLEMENT_OVERDUE,
        "逾期未补齐",
        by=SYSTEM,
        at=on("2026-10-12"),
    )
    counted = added_up(parts([history(*overdue)], STATISTICS.totals[0]))
    names = {name for _, _, name in counted}
    assert "supply_late" in names
    assert not {name for name in names if name.startswith("inspect")}


def names_of(events):
    return {(month, name) for month, _, name in added_up(parts([events], STATISTICS.totals[0]))}


def test_a_breach_put_right_after_its_date_was_not_put_right_in_time():
    *before, last = s.RECTIFIED
    late = last._replace(said=last.said | {"done_on": date(2026, 11, 16)})
    in_time = ("2026-11", "rectified_in_time")
    assert in_time in names_of(history(*s.RECTIFIED))
    assert in_time not in names_of(history(*before, late))
    assert ("2026-11", "rectified") in names_of(history(*before, late))


def right(version, event, at, name, day):
    """The right instant of an event that the clock recorded in 2027, and its date."""
    dates = (RightDate(name=name, due=due(day)),)
    return RightInstant(
        version=version, topic=event.TOPIC, recorded=s.AHEAD, at=on(at), dates=dates
    )


def test_a_duty_set_and_done_by_a_wrong_clock_is_counted_by_its_right_date():
    """Promise and decision were recorded in 2027; rightly the decision came a day too late."""
    *before, promise, decision = s.GRANTED
    wrong = promise.said | {"decide_by": due("2027-07-25")}
    ahead = (promise._replace(said=wrong, at=s.AHEAD), decision._replace(at=s.AHEAD))
    correction = fact(
        e.InstantsCorrected,
        at=on("2026-09-30"),
        instants=(
            right(4, promise.event, "2026-09-28", "decide_by", "2026-09-28"),
            right(5, decision.event, "2026-09-29", "inspect_by", "2026-10-30"),
        ),
        reason="服务器时钟快了三百天",
        evidence=s.digest("clock"),
        approved_by="wu",
        owed=(Duty("inspect", due("2026-10-30")),),
    )
    events = history(*before, *ahead, correction)
    assert added_up(parts([events], STATISTICS.totals[0])) == plainly([events])
    assert {("2026-09", "decide_late"), ("2026-10", "inspect_owed")} <= names_of(events)
    assert not {name for month, name in names_of(events) if month.startswith("2027")}


def test_every_duty_has_its_columns_and_its_dates():
    assert set(STEPS) >= LINE | SUPPLEMENT
    assert set(DATE_OF) == set(STEPS)


def test_the_second_count_names_the_same_events():
    assert {event.__name__ for event in ACTION_OF if ACTION_OF[event] in STEPS} >= set(DOES)
    assert len(COUNTED) == len(HAPPENED)
    assert all(hasattr(e, name) for name in (*DOES, *HAPPENED))


@given(st.integers(0, 10**6))
def test_minutes_keep_two_digits(number):
    rounded = two_digits(number)
    assert rounded <= number
    assert number - rounded < max(number / 10, 1)
    assert str(rounded)[2:].strip("0") == ""
