"""Working days, months and deadlines as the law counts them, over a given holiday calendar.

行政许可法 82 counts periods in working days; 民事诉讼法 85 excludes the day they start on;
民法典 202–203 end a period of months on the matching day, at 24:00.  A State Council notice
arranges the days off of one year at a time.  A deadline that reaches into a year not yet arranged
is provisional: it is always computed and never an error.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import MAXYEAR, date, datetime, timedelta, timezone
from enum import StrEnum
from itertools import count, islice
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, WithJsonSchema, model_validator

_DAY = timedelta(days=1)
_SATURDAY = 5  # of date.weekday()
# China has had no summer time since 1991; a fixed offset needs no time zone files on the host.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


FIRST_YEAR, LAST_YEAR = 1949, 2199
"""The years that a typed date and an instant that enters may lie in."""


def _written_as_a_day(typed: object) -> object:
    """Accepts a date, or its text in the form 2026-09-28; Pydantic alone accepts more.

    It reads a number as seconds since 1970 and an instant at midnight as a date.
    """
    if isinstance(typed, date) and not isinstance(typed, datetime):
        return typed
    try:
        day = date.fromisoformat(typed) if isinstance(typed, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != typed:
        raise ValueError("应为存在的日期，写成2026-09-28的形式")
    return day


WRITTEN_AS_A_DAY = BeforeValidator(_written_as_a_day)
T = TypeVar("T", bound=date | None)


def of_a_plausible_year(typed: T) -> T:
    """Returns a date or an instant.  Raises ValueError if its year is out of range.

    Every instant that enters is checked: the local date of one at the ends of Python's range
    cannot be computed.
    """
    if typed is not None and not FIRST_YEAR <= typed.year <= LAST_YEAR:
        what = "时刻" if isinstance(typed, datetime) else "日期"
        raise ValueError(f"{what}的年份应在{FIRST_YEAR}至{LAST_YEAR}之间")
    return typed


PLAUSIBLE_YEAR = AfterValidator(of_a_plausible_year)
_YEARS = "^(19[4-9]|20[0-9]|21[0-9])[0-9]-"
Day = Annotated[
    date,
    WRITTEN_AS_A_DAY,
    PLAUSIBLE_YEAR,
    WithJsonSchema({"type": "string", "format": "date", "pattern": _YEARS}),
]
"""A date that a person types.  Computed dates are plain dates."""


_NO_INSTANT = "应为带时区的时刻，写成2026-09-28T09:00:00+08:00的形式"


def _written_as_an_instant(typed: object) -> object:
    """Accepts an instant, or its text; Pydantic alone reads a number as seconds since 1970."""
    if isinstance(typed, datetime) or (isinstance(typed, str) and "T" in typed.upper()):
        return typed
    raise ValueError(_NO_INSTANT)


def _with_its_zone(typed: datetime) -> datetime:
    if typed.tzinfo is None:
        raise ValueError(_NO_INSTANT)
    return typed


TypedInstant = Annotated[
    datetime,
    BeforeValidator(_written_as_an_instant),
    AfterValidator(_with_its_zone),
    PLAUSIBLE_YEAR,
]
"""An instant that a person types."""


class Party(StrEnum):
    """The party that owes a duty by a deadline."""

    GOVERNMENT = "government"
    APPLICANT = "applicant"


class Deadline(BaseModel, frozen=True, extra="forbid"):
    """A day in Asia/Shanghai on which something is due, until 24:00 (民法典 203)."""

    on: date
    provisional: bool = False

    def passed(self, today: date) -> bool:
        return today > self.on


class CalendarYear(BaseModel, frozen=True, extra="forbid"):
    """The official arrangement of one year: days off, and weekend days worked instead (调休)."""

    year: int
    holidays: frozenset[date]
    workdays: frozenset[date]
    source: str

    @model_validator(mode="after")
    def _is_one_consistent_year(self) -> Self:
        if any(day.year != self.year for day in self.holidays | self.workdays):
            raise ValueError(f"{self.year}年的放假安排含有其他年份的日期")
        if both := self.holidays & self.workdays:
            raise ValueError(f"既放假又上班的日期：{min(both)}")
        if idle := {day for day in self.workdays if not _is_weekend(day)}:
            raise ValueError(f"调休上班日不在周末：{min(idle)}")
        return self

    def is_workday(self, day: date) -> bool:
        return day in self.workdays or not (_is_weekend(day) or day in self.holidays)


class WorkCalendar:
    """The arranged years, and the days that may be off in years not yet arranged (`festive`)."""

    def __init__(
        self, years: Iterable[CalendarYear], festive: Mapping[int, frozenset[date]]
    ) -> None:
        self._years = {year.year: year for year in years}
        self._festive = dict(festive)
        if not self._years:
            raise ValueError("工作日历没有任何年度的放假安排")

    @property
    def covered_until(self) -> date:
        """The last day before the first year that has not been arranged."""
        gap = next(year for year in count(min(self._years)) if year not in self._years)
        return date(gap, 1, 1) - _DAY

    def is_workday(self, day: date) -> bool:
        """True if offices work on that day.

        In a year not arranged, weekends and the widest festivals are the days off.
        """
        return self._counts(day, Party.APPLICANT)

    def add(self, start: date, days: int, owed_by: Party) -> Deadline:
        """The deadline `days` working days after `start`; `start` is not counted (民事诉讼法 85).

        In a year without a published calendar the deadline favours the applicant: earlier for
        the government (every Monday to Friday counts), later for the applicant (no day counts
        that any arrangement so far had off).
        """
        if days < 1:
            raise ValueError("a period has at least one working day")
        counted = (day for day in _days_after(start) if self._counts(day, owed_by))
        last = next(islice(counted, days - 1, None))
        through = range((start + _DAY).year, last.year + 1)
        return Deadline(on=last, provisional=any(year not in self._years for year in through))

    def left(self, today: date, due: date, owed_by: Party = Party.GOVERNMENT) -> int:
        """The working days from tomorrow to the due day; if it has passed, those since, negative.

        It counts as `add` does: `left(start, add(start, days, owed_by).on, owed_by) == days`.
        """
        first, last = sorted((today, due))
        counted = (first + n * _DAY for n in range(1, (last - first).days + 1))
        days = sum(self._counts(day, owed_by) for day in counted)
        return days if due > today else -days

    def _counts(self, day: date, owed_by: Party) -> bool:
        if isinstance(day, datetime):  # a date too, but equal to none: no holiday would match
            raise TypeError("a working day is a local date, not an instant")
        if arranged := self._years.get(day.year):
            return arranged.is_workday(day)
        excluded = owed_by is Party.APPLICANT and day in self._festive.get(day.year, ())
        return not (_is_weekend(day) or excluded)


def add_months(day: date, months: int) -> date:
    """The matching day `months` months later, or the last day of that month (民法典 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year > MAXYEAR:
        return date.max  # out of range; a rule refuses such a date afterwards
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def in_chinese(day: date) -> str:
    """Formats a day as 2026年9月28日."""
    return f"{day.year}年{day.month}月{day.day}日"


def minute_in_chinese(at: datetime) -> str:
    """Formats an instant in Asia/Shanghai time, to the minute: 2026年9月28日 17:05."""
    return f"{in_chinese(local_date(at))} {at.astimezone(SHANGHAI):%H:%M}"


def local_date(at: datetime) -> date:
    """The date in Asia/Shanghai at an instant.  Raises ValueError if it has no time zone."""
    if at.utcoffset() is None:
        raise ValueError("an instant needs its time zone")
    return at.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The instant at which this day begins in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY


def _days_after(start: date) -> Iterator[date]:
    return (start + n * _DAY for n in count(1))
