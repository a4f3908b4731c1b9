"""The widest days off that each festival has had, for a year that is not arranged yet.

放假办法 fixes the statutory days; a notice of the State Council adds days off around them.
Until it is published, nobody can know which.  The blocks here contain every arrangement from 2020
to 2026, also the extension of 2020 that came while the holiday ran.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

Of = tuple[int, int]
"""Month and day."""


class Festival(NamedTuple):
    """Its first statutory day lies in these days of the year; the days off around that day."""

    name: str
    earliest: Of
    latest: Of
    before: int
    after: int


FESTIVALS = (
    Festival("元旦", (1, 1), (1, 1), before=0, after=2),
    Festival("春节", (1, 20), (2, 19), before=1, after=8),  # its first statutory day is 除夕
    Festival("清明节", (4, 3), (4, 6), before=2, after=2),
    Festival("劳动节", (5, 1), (5, 1), before=0, after=4),
    Festival("端午节", (5, 20), (6, 30), before=2, after=2),
    Festival("国庆节", (10, 1), (10, 1), before=0, after=7),
    Festival("中秋节", (9, 5), (9, 30), before=2, after=2),
    Festival("中秋节", (10, 4), (10, 10), before=2, after=2),  # on 10-01 to 10-03 it is inside 国庆
)


def widest(statutory: Iterable[date]) -> frozenset[date]:
    """Returns the days that may be off in a year with these statutory days."""
    known = sorted(statutory)
    return frozenset((*known, *(day for festival in FESTIVALS for day in _block(festival, known))))


def _block(festival: Festival, statutory: Iterable[date]) -> Iterator[date]:
    first = next((day for day in statutory if _falls_on(festival, day)), None)
    if first:
        for days in range(-festival.before, festival.after + 1):
            yield first + timedelta(days=days)


def _falls_on(festival: Festival, day: date) -> bool:
    return festival.earliest <= (day.month, day.day) <= festival.latest
