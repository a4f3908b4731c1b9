"""Values of cells: the text of a cell, or its kind and its value as text."""

import re
from datetime import datetime
from decimal import Decimal
from math import isfinite

from application.imports.typed_cell import CellKind
from domain.values.characters import prints
from infrastructure.spreadsheets.reading.archive import BROKEN
from infrastructure.spreadsheets.reading.bounds import MAX_CELL, SheetError
from infrastructure.spreadsheets.reading.number_formats import Shown, day_cell, moment_cell
from infrastructure.spreadsheets.reading.raw_rows import RawCell
from infrastructure.spreadsheets.text_mark import unmarked

_KEPT = 10**15
"""From here on, a spreadsheet keeps fewer digits than a number has."""
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_SURROGATES = range(0xD800, 0xE000)


def text_cell(text: str) -> str:
    """Returns the text of a cell; the format writes control characters as _x000D_."""
    if len(text) > MAX_CELL:
        raise SheetError(f"一个单元格不能超过{MAX_CELL}字")
    return _ESCAPE.sub(_unescaped, text) if "_x" in text else text


def _unescaped(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return escape[0] if code in _SURROGATES else chr(code)


def seen(text: str) -> str:
    """Returns the text as a person sees it: without surrounding space and without its text mark.

    A text that prints as nothing is empty.
    """
    text = unmarked(text.strip()).strip()
    return text if prints(text) else ""


def number_cell(text: str, shown: Shown, since_1904: bool) -> RawCell:
    """Returns the cell of a stored number.  Raises SheetError if it is none."""
    try:
        number = float(text)
    except ValueError:
        raise SheetError(BROKEN) from None
    if not isfinite(number) or "_" in text:
        raise SheetError(BROKEN)
    match shown:
        case Shown.DATE:
            return day_cell(number, since_1904)
        case Shown.TIME:
            return CellKind.TIME, _plain(number)
    return _kind(number, shown), _plain(number)


def _kind(number: float, shown: Shown) -> CellKind:
    if abs(number) >= _KEPT:
        return CellKind.LONG_NUMBER
    if shown is Shown.FORMATTED:
        return CellKind.FORMATTED
    return CellKind.INTEGER if number.is_integer() and number >= 0 else CellKind.DECIMAL


def _plain(number: float) -> str:
    if number.is_integer():
        return str(int(number))
    return format(Decimal(repr(number)), "f")  # never 1e-07


def iso_cell(text: str) -> RawCell:
    """Returns the cell of a date that is stored as ISO 8601 text."""
    try:
        return moment_cell(datetime.fromisoformat(text.strip()))
    except ValueError:
        return CellKind.NO_DATE, ""
