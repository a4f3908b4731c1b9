"""Chooses the sheet of a workbook that a person sees as the table; never one among several."""

from collections.abc import Collection, Iterator
from itertools import islice

from infrastructure.spreadsheets.reading.bounds import SheetError
from infrastructure.spreadsheets.reading.table import Line, Table, is_header
from infrastructure.spreadsheets.reading.workbook import SheetPart, Workbook
from infrastructure.spreadsheets.reading.worksheet import merged_area

_LOOKED_AT = 20
"""Rows of a sheet in which a header is looked for."""


class Choice:
    """The chosen sheet, and notes on all others.

    Of the visible sheets with content, the only one; or the only one with the names of the columns.
    """

    def __init__(self, book: Workbook, required: Collection[str], name: str | None) -> None:
        self._book, self._required = book, required
        seen = [sheet for sheet in book.sheets if sheet.has_rows and not sheet.hidden]
        self._filled = [sheet for sheet in seen if self._has_content(sheet)]
        self.sheet = self._named(name) if name else self._only()
        self._blank = [sheet for sheet in seen if sheet not in self._filled]

    def notes(self) -> Iterator[str]:
        yield f"读取了工作表“{self.sheet.name}”"
        others = [sheet for sheet in self._filled if sheet is not self.sheet]
        without_rows = [sheet for sheet in self._book.sheets if not sheet.has_rows]
        hidden = [sheet for sheet in self._book.sheets if sheet.has_rows and sheet.hidden]
        for sheets, what in (
            (others, "其他的工作表"),
            (hidden, "隐藏的工作表"),
            (without_rows, "图表"),
            ([sheet for sheet in self._blank if sheet is not self.sheet], "空白的工作表"),
        ):
            if sheets:
                yield f"没有读取{what}：{_names(sheets)}"

    def _has_content(self, sheet: SheetPart) -> bool:
        rows = self._book.rows(sheet, self._book.worksheet())
        return next(rows, None) is not None

    def _has_header(self, sheet: SheetPart) -> bool:
        rows = self._book.rows(sheet, self._book.worksheet())
        return any(is_header(row, self._required) for row in islice(rows, _LOOKED_AT))

    def _named(self, name: str) -> SheetPart:
        for sheet in self._book.sheets:
            if sheet.name == name and sheet.hidden:
                raise SheetError(f"工作表“{name}”是隐藏的，请取消隐藏后重新导入")
            if sheet.name == name and sheet.has_rows:
                return sheet
        raise SheetError(f"工作簿中没有名为“{name}”的工作表")

    def _only(self) -> SheetPart:
        if len(self._filled) <= 1:
            return self._first_filled()
        headed = [sheet for sheet in self._filled if self._has_header(sheet)]
        if len(headed) == 1:
            return headed[0]
        raise SheetError(
            f"工作簿中有{len(headed or self._filled)}张工作表都有内容："
            f"{_names(headed or self._filled)}；请只留一张，或者指明读哪一张"
        )

    def _first_filled(self) -> SheetPart:
        if self._filled:
            return self._filled[0]
        if hidden := [sheet for sheet in self._book.sheets if sheet.hidden]:
            raise SheetError(f"看得见的工作表都没有内容；{_names(hidden)}是隐藏的，没有读取")
        raise SheetError("第1行应为列名，现为空")


def _names(sheets: Collection[SheetPart]) -> str:
    return "、".join(f"“{sheet.name}”" for sheet in sheets)


class SheetTable:
    """The table of the chosen sheet, with notes on everything that is not in it."""

    def __init__(
        self,
        book: Workbook,
        required: Collection[str],
        name: str | None,
        optional: Collection[str] = (),
    ) -> None:
        self._book = book
        self._choice = Choice(book, required, name)
        self._worksheet = book.worksheet()
        rows = book.rows(self._choice.sheet, self._worksheet)
        self.table = Table(rows, required, optional)

    @property
    def name(self) -> str:
        """The name of the sheet, or nothing if the workbook has only one."""
        return self._choice.sheet.name if len(self._book.sheets) > 1 else ""

    def lines(self) -> Iterator[Line]:
        yield from self.table.lines()
        self._check_merged()

    def notes(self) -> Iterator[str]:
        yield from self._choice.notes()
        yield from self.table.notes()
        if hidden := list(self._hidden_columns()):
            yield f"隐藏的列也已读取：{'、'.join(hidden)}"
        if beside := self._book.beside(self._choice.sheet):
            yield f"没有读取{'、'.join(beside)}"

    def _hidden_columns(self) -> Iterator[str]:
        for place, name in enumerate(self.table.header, start=1):
            if any(first <= place <= last for first, last in self._worksheet.hidden_columns):
                yield name

    def _check_merged(self) -> None:
        """Cells merged beyond one row or column say of which rows they are only to the eye."""
        for area in self._worksheet.merged:
            first_row, last_row, first_column, last_column = merged_area(area)
            beside = first_row > self.table.last or first_column > len(self.table.header)
            single = first_row == last_row and first_column == last_column
            if not (beside or single):
                raise SheetError(f"{area}是合并的单元格，请取消合并，逐行逐列填写")
