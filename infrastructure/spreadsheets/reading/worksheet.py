"""The rows of a worksheet, read as a stream; cells without a value have no content."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from application.imports.typed_cell import CellKind
from infrastructure.spreadsheets.reading.archive import BROKEN
from infrastructure.spreadsheets.reading.bounds import MAX_STRINGS, SheetError
from infrastructure.spreadsheets.reading.number_formats import Shown
from infrastructure.spreadsheets.reading.raw_rows import RawCell, RawRow, column_number
from infrastructure.spreadsheets.reading.values import iso_cell, number_cell, seen, text_cell
from infrastructure.spreadsheets.reading.xml_stream import (
    Attributes,
    Budget,
    Element,
    feed,
    qualified,
)

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_MISPLACED = "工作表的行号或者列号不合规定"
_TRUE = ("1", "true")


class Worksheet:
    """Collects the rows of a worksheet, and what there is beside them."""

    def __init__(
        self, strings: list[str], styles: list[Shown], since_1904: bool, budget: Budget
    ) -> None:
        self._budget = budget
        self._strings, self._styles, self._since_1904 = strings, styles, since_1904
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[str] = []
        self._rows: list[RawRow] = []
        self._hidden_by_default = False
        self._row, self._column = 0, 0
        self._hidden = False
        self._cells: dict[int, RawCell] = {}
        self._type, self._style = "n", "0"
        self._value: str | None = None
        self._formula = False

    def _elements(self) -> dict[str, Element]:
        text = Element(ends=self._end_text, of_text=True)
        run = Element(children=qualified({"t": text}))
        inline = Element(self._begin_inline, children=qualified({"t": text, "r": run}))
        value = Element(ends=self._end_value, of_text=True)
        of_cell = qualified({"v": value, "f": Element(self._begin_formula), "is": inline})
        cell = Element(self._begin_cell, self._end_cell, of_cell)
        row = Element(self._begin_row, self._end_row, qualified({"c": cell}))
        columns = qualified({"col": Element(self._begin_column)})
        merged = qualified({"mergeCell": Element(self._begin_merged)})
        of_sheet = {
            "sheetFormatPr": Element(self._begin_format),
            "cols": Element(children=columns),
            "sheetData": Element(children=qualified({"row": row})),
            "mergeCells": Element(children=merged),
        }
        return qualified({"worksheet": Element(children=qualified(of_sheet))})

    def rows(self, part: BinaryIO) -> Iterator[RawRow]:
        """Yields the rows that have content.  Raises SheetError as `feed` does."""
        for _ in feed(part, self._elements(), self._budget):
            yield from self._rows
            self._rows.clear()

    # --- positions -------------------------------------------------------------------------------

    def _begin_row(self, attributes: Attributes) -> None:
        number = _index(attributes["r"]) if "r" in attributes else self._row + 1
        if not self._row < number <= _LAST_ROW:
            raise SheetError(_MISPLACED)
        self._row, self._column = number, 0
        no_height = attributes.get("customHeight") in _TRUE and not float(attributes.get("ht", 1))
        hidden = attributes.get("hidden", "1" if self._hidden_by_default else "0")
        self._hidden = hidden in _TRUE or no_height

    def _end_row(self, _: str) -> None:
        if self._cells:
            self._rows.append(RawRow(self._row, self._cells, self._hidden))
            self._cells = {}

    def _begin_cell(self, attributes: Attributes) -> None:
        self._column = self._position(attributes.get("r"))
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._value, self._formula = None, False

    def _position(self, reference: str | None) -> int:
        """Returns the column of a cell, which must stand in its row and right of the last one."""
        if reference is None:
            column, row = self._column + 1, self._row
        elif found := _REFERENCE.fullmatch(reference):
            column, row = column_number(found[1]), int(found[2])
        else:
            raise SheetError(_MISPLACED)
        if row != self._row or not self._column < column <= _LAST_COLUMN:
            raise SheetError(_MISPLACED)
        return column

    # --- what there is beside the cells ----------------------------------------------------------

    def _begin_format(self, attributes: Attributes) -> None:
        self._hidden_by_default = attributes.get("zeroHeight") in _TRUE

    def _begin_column(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in _TRUE or not float(attributes.get("width", 1)):
            self.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))

    def _begin_merged(self, attributes: Attributes) -> None:
        self.merged.append(attributes["ref"])

    # --- values ----------------------------------------------------------------------------------

    def _begin_formula(self, _: Attributes) -> None:
        self._formula = True

    def _begin_inline(self, _: Attributes) -> None:
        self._value = ""

    def _end_text(self, text: str) -> None:
        self._value = (self._value or "") + text

    def _end_value(self, text: str) -> None:
        self._value = text

    def _end_cell(self, _: str) -> None:
        cell = self._cell()
        if cell is None or cell == "":
            self._budget.skip()
        else:
            self._cells[self._column] = cell

    def _cell(self) -> RawCell | None:
        value = self._value
        if self._formula:
            shows_nothing = self._type == "str" and value == ""
            return None if shows_nothing else (CellKind.FORMULA, text_cell(value or ""))
        if value is None or (value == "" and self._type == "n"):
            return None
        return self._of_type(value)

    def _of_type(self, value: str) -> RawCell:
        match self._type:
            case "s":
                return self._strings[_index(value)]
            case "n":
                return number_cell(value, self._shown(), self._since_1904)
            case "inlineStr" | "str":
                return seen(text_cell(value))
            case "b":
                return CellKind.BOOLEAN, value
            case "e":
                return CellKind.ERROR, value
            case "d":
                return iso_cell(value)
        raise SheetError(BROKEN)

    def _shown(self) -> Shown:
        style = _index(self._style)
        return self._styles[style] if self._styles or style else Shown.PLAIN


def _index(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise SheetError(BROKEN)
    return int(text)


def merged_area(reference: str) -> tuple[int, int, int, int]:
    """Returns the first and last row, and the first and last column, of a range such as A2:B3."""
    corners = [_REFERENCE.fullmatch(corner) for corner in reference.split(":")]
    if not 1 <= len(corners) <= 2 or not all(corners):  # noqa: PLR2004
        raise SheetError(_MISPLACED)
    rows = sorted(int(corner[2]) for corner in corners if corner)
    columns = sorted(column_number(corner[1]) for corner in corners if corner)
    return rows[0], rows[-1], columns[0], columns[-1]


class SharedStrings:
    """Collects the texts that cells refer to by number; their pronunciation is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []

    def read(self, part: BinaryIO, budget: Budget) -> None:
        text = Element(ends=self._pieces.append, of_text=True)
        run = Element(children=qualified({"t": text}))
        string = Element(ends=self._end_string, children=qualified({"t": text, "r": run}))
        root = Element(children=qualified({"si": string}))
        for _ in feed(part, qualified({"sst": root}), budget):
            pass

    def _end_string(self, _: str) -> None:
        self.texts.append(seen(text_cell("".join(self._pieces))))
        self._pieces.clear()
        if len(self.texts) > MAX_STRINGS:
            raise SheetError("工作簿中不同的文字过多，请分成几个文件")
