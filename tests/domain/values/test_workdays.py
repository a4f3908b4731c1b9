"""Counting working days: start excluded, make-up days included, doubt on the government."""

from datetime import UTC, date, datetime, timedelta, timezone

import chinese_calendar
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.values.workdays import (
    CalendarYear,
    Deadline,
    Party,
    WorkCalendar,
    add_months,
    local_date,
)
from infrastructure.calendar.loader import load_calendar

CALENDAR = load_calendar()
DAY = timedelta(days=1)
PARTIES = list(Party)

days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
arranged_days = st.dates(date(2020, 1, 1), date(2026, 6, 30))
lengths = st.integers(1, 60)
parties = st.sampled_from(Party)


def on(text: str) -> date:
    return date.fromisoformat(text)


def every_day(first: str, last: str) -> list[date]:
    return [on(first) + n * DAY for n in range((on(last) - on(first)).days + 1)]


def a_year(year: int = 2026, holidays: set[str] = frozenset(), workdays: set[str] = frozenset()):
    return CalendarYear(
        year=year,
        holidays=frozenset(map(on, holidays)),
        workdays=frozenset(map(on, workdays)),
        source="测试",
    )


# --- certain deadlines ---------------------------------------------------------------------------


@pytest.mark.parametrize("owed_by", PARTIES)
@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        ("2026-09-28", 1, "2026-09-29"),
        ("2026-09-28", 5, "2026-10-10"),  # a Saturday, made a working day for the National Day week
        ("2026-09-28", 7, "2026-10-13"),
        ("2026-09-28", 10, "2026-10-16"),
        ("2026-09-28", 20, "2026-10-30"),
        ("2026-10-30", 10, "2026-11-13"),
        ("2026-11-16", 5, "2026-11-23"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-02-13", 20, "2026-03-19"),
        ("2026-04-30", 7, "2026-05-13"),
        ("2020-12-28", 7, "2021-01-07"),
    ],
)
def test_in_arranged_years_a_deadline_is_certain_for_both_parties(start, length, due, owed_by):
    assert CALENDAR.add(on(start), length, owed_by) == Deadline(on=on(due), provisional=False)


def test_every_day_of_seven_years_is_worked_as_an_independent_calendar_says():
    seven_years = every_day("2020-01-01", "2026-12-31")
    worked = [day for day in seven_years if CALENDAR.is_workday(day)]
    assert worked == [day for day in seven_years if chinese_calendar.is_workday(day)]
    assert len(seven_years) == 2557


@pytest.mark.parametrize(
    ("year", "worked"),
    [(2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_a_year_has_its_known_number_of_working_days(year, worked):
    assert sum(map(CALENDAR.is_workday, every_day(f"{year}-01-01", f"{year}-12-31"))) == worked


@pytest.mark.parametrize(
    "day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
)
def test_a_make_up_day_on_a_weekend_is_a_working_day(day):
    assert on(day).weekday() >= 5
    assert CALENDAR.is_workday(on(day))


def test_a_period_begun_on_a_day_off_still_starts_counting_the_day_after():
    assert CALENDAR.add(on("2026-10-03"), 1, Party.GOVERNMENT).on == on("2026-10-08")


def test_what_is_due_today_has_not_passed_until_midnight():
    due = Deadline(on=on("2026-10-10"))
    assert not due.passed(on("2026-10-09"))
    assert not due.passed(on("2026-10-10"))
    assert due.passed(on("2026-10-11"))


@pytest.mark.parametrize("length", [0, -1])
def test_a_period_without_days_is_refused(length):
    with pytest.raises(ValueError, match="at least one working day"):
        CALENDAR.add(on("2026-09-28"), length, Party.APPLICANT)


def test_an_instant_is_not_taken_for_a_day():
    instant = datetime(2026, 10, 1, tzinfo=UTC)
    with pytest.raises(TypeError, match="not an instant"):
        CALENDAR.is_workday(instant)
    with pytest.raises(TypeError, match="not an instant"):
        CALENDAR.add(instant, 1, Party.GOVERNMENT)


# --- deadlines past the last official arrangement ------------------------------------------------


@pytest.mark.parametrize("owed_by", PARTIES)
@pytest.mark.parametrize(
    ("length", "last_certain_start"),
    [
        (3, "2026-12-28"),
        (5, "2026-12-24"),
        (7, "2026-12-22"),
        (10, "2026-12-17"),
        (20, "2026-12-03"),
    ],
)
def test_a_deadline_is_provisional_once_it_reaches_a_year_not_arranged(
    length, last_certain_start, owed_by
):
    certain = CALENDAR.add(on(last_certain_start), length, owed_by)
    assert certain == Deadline(on=on("2026-12-31"), provisional=False)
    assert CALENDAR.add(on(last_certain_start) + DAY, length, owed_by).provisional


@pytest.mark.parametrize(
    ("start", "length", "government", "applicant"),
    [
        ("2026-12-31", 1, "2027-01-01", "2027-01-04"),  # 元旦 is a Friday
        ("2026-12-04", 20, "2027-01-01", "2027-01-04"),
        ("2027-02-03", 5, "2027-02-10", "2027-02-19"),  # the day before 除夕 to 初八
        ("2027-09-30", 1, "2027-10-01", "2027-10-11"),
        ("2031-01-24", 5, "2031-01-31", "2031-01-31"),  # no statutory days known so far ahead
    ],
)
def test_where_the_year_is_not_arranged_doubt_falls_on_the_government(
    start, length, government, applicant
):
    owed = {party: CALENDAR.add(on(start), length, party) for party in Party}
    assert owed == {
        Party.GOVERNMENT: Deadline(on=on(government), provisional=True),
        Party.APPLICANT: Deadline(on=on(applicant), provisional=True),
    }


def test_a_deadline_before_the_first_arranged_year_is_provisional():
    assert CALENDAR.add(on("2019-12-30"), 1, Party.GOVERNMENT).provisional
    assert not CALENDAR.add(on("2019-12-31"), 1, Party.GOVERNMENT).provisional


def test_the_calendar_is_covered_until_the_end_of_its_last_arranged_year():
    assert CALENDAR.covered_until == on("2026-12-31")


def test_a_missing_year_ends_the_coverage_and_makes_deadlines_across_it_provisional():
    gapped = WorkCalendar([a_year(2024), a_year(2026)], festive={})
    assert gapped.covered_until == on("2024-12-31")
    assert gapped.add(on("2024-12-31"), 265, Party.APPLICANT).provisional
    assert not gapped.add(on("2025-12-31"), 1, Party.APPLICANT).provisional


def test_an_official_arrangement_prevails_over_the_statutory_days():
    arranged = WorkCalendar([a_year(2026)], festive={2026: frozenset({on("2026-10-01")})})
    assert arranged.is_workday(on("2026-10-01"))


def test_a_calendar_without_any_year_is_refused():
    with pytest.raises(ValueError, match="没有任何年度"):
        WorkCalendar([], festive={})


@pytest.mark.parametrize(
    ("holidays", "workdays", "reason"),
    [
        ({"2027-01-01"}, set(), "其他年份"),
        (set(), {"2025-12-28"}, "其他年份"),
        ({"2026-10-10"}, {"2026-10-10"}, "既放假又上班"),
        (set(), {"2026-10-12"}, "不在周末"),
    ],
)
def test_a_year_that_contradicts_itself_is_refused(holidays, workdays, reason):
    with pytest.raises(ValidationError, match=reason):
        a_year(2026, holidays, workdays)


# --- laws ----------------------------------------------------------------------------------------


@given(start=days, length=lengths, owed_by=parties)
def test_a_deadline_lies_after_its_start(start, length, owed_by):
    assert CALENDAR.add(start, length, owed_by).on >= start + length * DAY


@given(start=days, length=lengths, owed_by=parties)
def test_a_period_longer_by_one_day_ends_later(start, length, owed_by):
    shorter, longer = (CALENDAR.add(start, n, owed_by) for n in (length, length + 1))
    assert shorter.on < longer.on
    assert shorter.provisional <= longer.provisional


@given(start=days, length=lengths, owed_by=parties)
def test_a_period_that_starts_later_never_ends_earlier(start, length, owed_by):
    assert CALENDAR.add(start, length, owed_by).on <= CALENDAR.add(start + DAY, length, owed_by).on


@given(start=days, first=lengths, then=lengths, owed_by=parties)
def test_two_periods_in_a_row_are_as_long_as_one(start, first, then, owed_by):
    halfway = CALENDAR.add(start, first, owed_by).on
    assert CALENDAR.add(halfway, then, owed_by).on == CALENDAR.add(start, first + then, owed_by).on


@given(start=days, length=lengths)
def test_the_government_is_never_given_longer_than_the_applicant(start, length):
    government, applicant = (CALENDAR.add(start, length, party) for party in Party)
    assert government.on <= applicant.on
    assert government.provisional <= applicant.provisional


@given(start=arranged_days, length=lengths)
def test_a_certain_deadline_is_the_same_day_for_both_parties(start, length):
    government, applicant = (CALENDAR.add(start, length, party) for party in Party)
    assert government == applicant
    assert not government.provisional


@given(start=arranged_days, length=lengths)
def test_a_deadline_is_a_working_day_with_exactly_so_many_up_to_it(start, length):
    due = CALENDAR.add(start, length, Party.APPLICANT).on
    passed = every_day((start + DAY).isoformat(), due.isoformat())
    assert chinese_calendar.is_workday(due)
    assert sum(map(chinese_calendar.is_workday, passed)) == length


# --- months, and the day it is -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "matching"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-11-24", 3, "2027-02-24"),
        ("2026-11-24", 12, "2027-11-24"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_end_on_the_matching_day_or_the_last_of_the_month(start, months, matching):
    assert add_months(on(start), months) == on(matching)


@given(start=days, months=st.integers(0, 120))
def test_adding_months_lands_in_the_month_that_many_later(start, months):
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + DAY).day == 1)


@given(start=days, months=st.integers(0, 120))
def test_months_added_and_taken_back_return_to_the_day_unless_a_month_is_too_short(start, months):
    end = add_months(start, months)
    assume(end.day == start.day)
    assert add_months(end, -months) == start


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 9, 28, 15, 59, 59, tzinfo=UTC), "2026-09-28"),
        (datetime(2026, 9, 28, 16, 0, tzinfo=UTC), "2026-09-29"),
        (datetime(2026, 9, 28, 12, 0, tzinfo=timezone(timedelta(hours=-5))), "2026-09-29"),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(instant, day):
    assert local_date(instant) == on(day)


def test_an_instant_without_a_time_zone_has_no_day():
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 9, 28, 12, 0))  # noqa: DTZ001


# --- days left -----------------------------------------------------------------------------------


@given(days, lengths, parties)
def test_the_days_left_are_the_days_that_the_deadline_was_counted_by(start, length, owed_by):
    deadline = CALENDAR.add(start, length, owed_by)
    assert CALENDAR.left(start, deadline.on, owed_by) == length


@given(days, lengths, parties)
def test_late_by_as_many_working_days_as_have_passed_since(due, length, owed_by):
    today = CALENDAR.add(due, length, owed_by).on
    assert CALENDAR.left(today, due, owed_by) == -length


@given(days, parties)
def test_on_its_day_a_deadline_has_no_day_left(day, owed_by):
    assert CALENDAR.left(day, day, owed_by) == 0
