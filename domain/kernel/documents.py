"""Numbers of documents: an organ gives each number of a year to one document only."""

from datetime import date
from itertools import groupby
from typing import NamedTuple

from domain.values.folding import number_key
from domain.values.workdays import FIRST_YEAR, LAST_YEAR


class IssuedNumber(NamedTuple):
    """The number of a document as comparisons see it, unique within its organ and year."""

    organ: str
    """The credit code of the organ, or its folded name if its code is not known."""
    year: int
    number: str


def issued_number(organ: str, number: str, issued_on: date) -> IssuedNumber:
    """The number that an organ gave to a document issued on this day.

    The year is the one that the number contains, as in 〔2026〕7号, else that of the day.
    """
    key = number_key(number)
    return IssuedNumber(organ, _year_in(key) or issued_on.year, key)


def _year_in(key: str) -> int | None:
    runs = [int("".join(run)) for of_digits, run in groupby(key, str.isdecimal) if of_digits]
    years = (run for run in runs[:-1] if FIRST_YEAR <= run <= LAST_YEAR)
    return next(years, None)
