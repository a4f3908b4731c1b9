"""A table out of raw rows: the header, the rows below it, and notes on what was read and what not.

The table begins in A1, has one name for each column, and nothing stands outside of its columns.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from domain.values.folding import fold
from infrastructure.spreadsheets.reading import bounds
from infrastructure.spreadsheets.reading.bounds import SheetError
from infrastructure.spreadsheets.reading.raw_rows import (
    RawCell,
    RawRow,
    RawRows,
    column_letters,
    text_of,
)

Line = tuple[int, list[RawCell]]
_NAMED_AT_MOST = 20
"""Rows that a note names one by one."""
_LONGEST_NAME = 100
_ALIKE = 2
"""Names of columns in one row by which it is recognised as a header."""


def is_header(row: RawRow, required: Collection[str]) -> bool:
    """True if the row has names of required columns."""
    names = {fold(text_of(cell)) for cell in row.cells.values()}
    known = sum(fold(name) in names for name in required)
    return bool(required) and known >= min(_ALIKE, len(required))


@dataclass
class Table:
    """Reads a table; `header` and `notes` are complete when all lines are read."""

    rows: RawRows
    required: Collection[str]
    optional: Collection[str] = ()
    """Names of columns that the table may lack."""
    header: list[str] = field(default_factory=list)
    last: int = 1
    _count: int = 0
    _hidden: list[int] = field(default_factory=list)

    def lines(self) -> Iterator[Line]:
        """Yields each row below the header with a cell for every column, empty ones as "".

        Raises SheetError if this is no table.
        """
        self.header = _header(next(self.rows, None), self.required, self.optional)
        width = range(1, len(self.header) + 1)
        for row in self.rows:
            self._check(row)
            self._count += 1
            self.last = row.number
            if row.hidden:
                self._hidden.append(row.number)
            yield row.number, [row.cells.get(column, "") for column in width]

    def notes(self) -> Iterator[str]:
        """Yields what was read, and what not, once all lines have been."""
        yield f"读取了{self._count}行" + (f"（至第{self.last}行）" if self._count else "")
        if blank := self.last - 1 - self._count:
            yield f"略过了{blank}个空白行"
        if self._hidden:
            yield f"隐藏或者被筛选的{len(self._hidden)}行也已读取：{_row_numbers(self._hidden)}"
        known = {*self.required, *self.optional}
        if self.required and (unknown := [name for name in self.header if name not in known]):
            yield f"没有使用这些列：{'、'.join(unknown)}"

    def _check(self, row: RawRow) -> None:
        width = len(self.header)
        if row.number > bounds.MAX_ROWS + 1 or max(row.cells) > bounds.MAX_COLUMNS:
            raise SheetError(
                f"表格不能超过{bounds.MAX_ROWS}行、{bounds.MAX_COLUMNS}列："
                f"{column_letters(max(row.cells))}{row.number}处还有内容"
            )
        if max(row.cells) > width:
            column = min(column for column in row.cells if column > width)
            raise SheetError(f"第{row.number}行的内容超出了列名的范围（第{column}列没有列名）")
        named = sum(self.header[place - 1] == text_of(cell) for place, cell in row.cells.items())
        if named >= min(_ALIKE, width):
            raise SheetError(f"第{row.number}行又是列名：一张工作表里只能有一个表格")


def _row_numbers(numbers: list[int]) -> str:
    named = "、".join(map(str, numbers[:_NAMED_AT_MOST]))
    return f"第{named}{'等' if len(numbers) > _NAMED_AT_MOST else ''}行"


def _header(row: RawRow | None, required: Collection[str], optional: Collection[str]) -> list[str]:
    if row is None or row.number != 1:
        raise SheetError("第1行应为列名，现为空")
    width = max(row.cells)
    if width > bounds.MAX_COLUMNS:
        raise SheetError(f"表格不能超过{bounds.MAX_COLUMNS}列")
    if gap := next((n for n in range(1, width) if n not in row.cells), None):
        raise SheetError(f"第1行第{gap}列没有列名")
    if long := next(
        (n for n, cell in row.cells.items() if len(text_of(cell)) > _LONGEST_NAME), None
    ):
        raise SheetError(f"第1行第{long}列的列名过长")
    known = {fold(name): name for name in (*required, *optional)}
    texts = [text_of(row.cells[column + 1]) for column in range(width)]
    header = [known.get(fold(text), text) for text in texts]
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        raise SheetError(f"列名重复：{'、'.join(repeated)}")
    if missing := [name for name in required if name not in header]:
        raise SheetError(f"缺少列：{'、'.join(missing)}")
    return header
