"""What the public may read of natural persons: whole tens, and nothing that gives a rest away.

A sum under ten is not published, and every other one only in whole tens.  What is published of
several bureaus, months or figures is the sum of what is published of each, so it knows nothing of
their rests.  Only the year of one bureau knows more: the rests of its months, ten by ten, but never
so many that one of them could not be zero.  Therefore any month's rest may be each of 0 to 9 and
the page would still be the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

UNIT = 10
HIDDEN, ALL_HIDDEN = "少于10", "均少于10"


def tens(count: int) -> int:
    return count - count % UNIT


def of_year(months: Sequence[int]) -> int:
    """What is published of one bureau's year, given the counts of its months so far."""
    rest = sum(count % UNIT for count in months) // UNIT
    most = (UNIT - 1) * max(len(months) - 1, 0) // UNIT
    return sum(map(tens, months)) + UNIT * min(rest, most)


class Published(NamedTuple):
    """What is published of a sum of natural persons."""

    number: int
    single: bool
    """True for one month of one bureau."""

    @property
    def text(self) -> str:
        if self.number:
            return f"{self.number}以上"
        return HIDDEN if self.single else ALL_HIDDEN


def published(
    cells: Mapping[tuple[date, str], Counter[str]],
    bureaus: Iterable[str],
    months: Sequence[date],
    column: str,
) -> Published:
    """What is published of these bureaus in a month, or in the months of a year so far."""
    bureaus = list(bureaus)
    by_bureau = {code: [cells[month, code][column] for month in months] for code in bureaus}
    return Published(
        sum(map(of_year, by_bureau.values())), single=len(bureaus) == 1 and len(months) == 1
    )
