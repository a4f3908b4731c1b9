"""The period of a report: a month or a calendar year, and the one before it."""

import re
from datetime import date
from typing import NamedTuple, Self

from domain.values.workdays import FIRST_YEAR, LAST_YEAR
from projections.statistics.counting import month_of

_WRITTEN = re.compile("([0-9]{4})(?:-([0-9]{2}))?")
MONTHS = 12
"""Months of a year, and of the line in a chart."""


class Period(NamedTuple):
    """A year, or one month of it; its text is 2026 or 2026-11."""

    year: int
    month: int | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads the text of a period.  Raises ValueError."""
        if not (match := _WRITTEN.fullmatch(text)):
            raise ValueError("期间应写成2026或者2026-11的形式")
        year, month = match.groups()
        period = cls(int(year), int(month) if month else None)
        if not FIRST_YEAR <= period.year <= LAST_YEAR or period.month not in (None, *range(1, 13)):
            raise ValueError("没有这样的年份或者月份")
        return period

    @classmethod
    def month_of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def text(self) -> str:
        return f"{self.year}-{self.month:02}" if self.month else str(self.year)

    @property
    def label(self) -> str:
        return f"{self.year}年{self.month}月" if self.month else f"{self.year}年"

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each month."""
        numbers = (self.month,) if self.month else range(1, MONTHS + 1)
        return tuple(date(self.year, number, 1) for number in numbers)

    @property
    def before(self) -> "Period":
        """The year or the month before this one."""
        if self.month is None:
            return Period(self.year - 1)
        return Period.month_of(earlier(self.months[0], 1))


def earlier(month: date, count: int) -> date:
    """The first day of the month that lies so many months before."""
    year, number = divmod(month.year * MONTHS + month.month - 1 - count, MONTHS)
    return date(year, number + 1, 1)


def last_months(until: date) -> tuple[date, ...]:
    """The first days of the twelve months that end with the month of this day."""
    last = month_of(until)
    return tuple(earlier(last, count) for count in reversed(range(MONTHS)))


def choices(first: date, today: date) -> list[Period]:
    """The periods that can be chosen: the last twelve months, then the years since the first."""
    months = [Period.month_of(month) for month in reversed(last_months(today))]
    return [*months, *(Period(year) for year in range(today.year, first.year - 1, -1))]
