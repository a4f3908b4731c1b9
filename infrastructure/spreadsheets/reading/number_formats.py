"""Number formats: whether a number is shown as it is stored, as a date, or as a time."""

import re
from datetime import datetime, timedelta
from enum import Enum, auto

from application.imports.typed_cell import CellKind
from infrastructure.spreadsheets.reading.raw_rows import RawCell


class Shown(Enum):
    """How a number format shows a number."""

    PLAIN = auto()
    FORMATTED = auto()
    """In a way that hides some of it, or adds something: 12%, 0012, 1,200."""
    DATE = auto()
    TIME = auto()
    """As a time of day or a duration, without a day."""


_PLAIN = frozenset(("general", "g/通用格式", "0", "#", "@", "0_ ", "0_);(0)", "0;-0"))
_PLAIN_IDS = frozenset((0, 1, 49))
_DATE_IDS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
"""Built-in dates; 27 to 36 and 50 to 58 are those of East Asian systems, some of them times in one
country and dates in another: their whole numbers are days."""
_TIME_IDS = frozenset((18, 19, 20, 21, 45, 46, 47))
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|am/pm|a/p|上午/下午|e[+-]')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]")
_MINUTES = re.compile(r"(?<=h)([^a-z]*)m+|m+(?=[^a-z]*s)")


def shown(id: int, code: str | None) -> Shown:
    """Returns how a format shows a number; `code` is given unless the format is built in."""
    if code is None:
        return _built_in(id)
    code = code.lower()
    if re.sub(r"[\\\"]", "", re.sub(r"\[(?!h|m|s)[^\]]*\]", "", code)) in _PLAIN:
        return Shown.PLAIN
    if _ELAPSED.search(code):
        return Shown.TIME
    letters = _LITERALS.sub("", code).split(";")[0]
    if letters.strip() in _PLAIN:
        return Shown.FORMATTED  # e.g. 0"号"
    days = _MINUTES.sub(r"\1", letters)
    if any(letter in days for letter in "ydmeb"):
        return Shown.DATE
    return Shown.TIME if any(letter in letters for letter in "hs") else Shown.FORMATTED


def _built_in(id: int) -> Shown:
    if id in _DATE_IDS:
        return Shown.DATE
    if id in _TIME_IDS:
        return Shown.TIME
    return Shown.PLAIN if id in _PLAIN_IDS else Shown.FORMATTED


# --- the days of serial numbers ------------------------------------------------------------------

_SINCE_1900, _SINCE_1904 = datetime(1899, 12, 31), datetime(1904, 1, 1)  # noqa: DTZ001
_NO_DAY = 60
"""The serial number of 29 February 1900, which did not exist but is counted."""
_LAST = 2_958_465
"""The serial number of 31 December 9999 (of 1900)."""
_SECONDS = 86_400


def day_cell(serial: float, since_1904: bool) -> RawCell:
    """Returns the cell of a number that is shown as a date: a day, a moment, a time, or none."""
    if not 0 <= serial <= _LAST + 1:
        return CellKind.NO_DATE, ""
    days, seconds = divmod(round(serial * _SECONDS), _SECONDS)
    if since_1904:
        first, lowest = _SINCE_1904, 0
    else:
        first, lowest = _SINCE_1900, 1
        if days == 0:
            return CellKind.TIME, str(timedelta(seconds=seconds))
    if not lowest <= days <= _LAST or (days == _NO_DAY and not since_1904):
        return CellKind.NO_DATE, ""
    if days > _NO_DAY and not since_1904:
        days -= 1
    try:
        moment = first + timedelta(days=days, seconds=seconds)
    except OverflowError:
        return CellKind.NO_DATE, ""
    return moment_cell(moment)


def moment_cell(moment: datetime) -> RawCell:
    if moment.time() == datetime.min.time() and moment.tzinfo is None:
        return CellKind.DATE, moment.date().isoformat()
    return CellKind.MOMENT, moment.isoformat(sep=" ")
