"""The fallback of a year not arranged, tried on the years that are: each is hidden in its turn."""

from datetime import date, timedelta

import pytest

from domain.calendar.festivals import widest
from domain.values.workdays import CalendarYear, Party, WorkCalendar
from infrastructure.calendar.loader import FOLDER

DAY = timedelta(days=1)
MOVABLE = {
    # year  除夕        清明        端午        中秋
    2020: ("01-24", "04-04", "06-25", "10-01"),
    2021: ("02-11", "04-04", "06-14", "09-21"),
    2022: ("01-31", "04-05", "06-03", "09-10"),
    2023: ("01-21", "04-05", "06-22", "09-29"),
    2024: ("02-09", "04-04", "06-10", "09-17"),
    2025: ("01-28", "04-04", "05-31", "10-06"),
    2026: ("02-16", "04-05", "06-19", "09-25"),
}
"""The statutory days whose date in our calendar changes, from the lunar calendar and the sun."""
FIXED = ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")
PERIODS = (3, 5, 7, 10, 15, 20)
ARRANGED = {
    year: CalendarYear.model_validate_json((FOLDER / f"{year}.json").read_bytes(), extra="ignore")
    for year in MOVABLE
}
TRUE = WorkCalendar(ARRANGED.values(), {})


def statutory(year: int) -> set[date]:
    """The thirteen statutory days of 放假办法 as it stands since 2025."""
    eve, *others = (date.fromisoformat(f"{year}-{day}") for day in (*MOVABLE[year], *FIXED))
    return {eve + days * DAY for days in range(4)} | {*others}


def starts(year: int) -> list[date]:
    """The days of the year whose longest period ends in it, and those shortly before it."""
    first = date(year, 1, 1) - 40 * DAY if year - 1 in ARRANGED else date(year, 1, 1)
    return [first + days * DAY for days in range((date(year, 11, 20) - first).days)]


@pytest.mark.parametrize("year", MOVABLE)
def test_no_provisional_date_of_an_applicant_is_before_the_true_one(year: int):
    others = [each for each in ARRANGED.values() if each.year != year]
    guessing = WorkCalendar(others, {year: widest(statutory(year))})
    early = [
        (start, length)
        for start in starts(year)
        for length in PERIODS
        if guessing.add(start, length, Party.APPLICANT).on
        < TRUE.add(start, length, Party.APPLICANT).on
    ]
    assert early == []


@pytest.mark.parametrize("year", MOVABLE)
def test_every_weekday_that_a_notice_had_off_lies_in_a_block(year: int):
    off = {day for day in ARRANGED[year].holidays if day.weekday() < 5}
    assert off - widest(statutory(year)) == set()


def test_a_festival_without_a_known_day_has_no_block():
    assert widest([]) == frozenset()
    assert date(2027, 10, 8) in widest([date(2027, 10, 1)])
    assert date(2027, 10, 9) not in widest([date(2027, 10, 1)])
