"""Reads a table from a CSV or Excel file: rows of typed cells by column header, within bounds.

The file is read by a process of its own, which bounds its memory and its time: whatever is in the
file, the process that asks goes on.
"""

import json
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import IO, Any

from application.imports.typed_cell import Cell, CellKind
from infrastructure.spreadsheets.reading import bounds
from infrastructure.spreadsheets.reading.bounds import TOO_LARGE, SheetError
from infrastructure.spreadsheets.reading.raw_rows import column_letters

__all__ = ["Sheet", "SheetError", "read_rows"]

_SUFFIXES = (".csv", ".xlsx")
_PROCESS = "infrastructure.spreadsheets.reading.process"
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Sheet:
    """A table that has been read and checked completely; it can be iterated several times."""

    header: tuple[str, ...]
    lines: tuple[bytes, ...] = field(repr=False)
    """The rows, as the reading process wrote them."""
    notes: tuple[str, ...] = ()
    """What was read and what was not, in Chinese, for the person who gave the file."""
    name: str = ""
    """The name of the sheet, if the workbook has several."""

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[tuple[int, dict[str, str | Cell]]]:
        """Yields each row's number in the spreadsheet (the header is 1) and its cells by header.

        A text is a `str`, a blank cell is empty; any other cell is a `Cell`.
        """
        for line in self.lines:
            number, cells = json.loads(line)
            yield (
                number,
                {
                    name: cell if isinstance(cell, str) else self._typed(number, name, *cell)
                    for name, cell in zip(self.header, cells, strict=True)
                },
            )

    def address(self, row: int, column: str) -> str:
        """Returns where a cell is: B2, or 名单!B2 if the workbook has several sheets."""
        letters = column_letters(self.header.index(column) + 1)
        return f"{self.name}!{letters}{row}" if self.name else f"{letters}{row}"

    def _typed(self, row: int, column: str, kind: str, text: str) -> Cell:
        return Cell(CellKind(kind), text, self.address(row, column))


def read_rows(
    path: Path,
    required: Collection[str] = (),
    sheet: str | None = None,
    optional: Collection[str] = (),
) -> Sheet:
    """Reads the rows below the header, without blank ones.

    Of a workbook, reads the sheet of that name, or the only one that a person can take for the
    table.  Raises SheetError if the file is not a table, or lacks a required column.
    """
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise SheetError("只能读取 .csv 或 .xlsx 文件")
    try:
        with path.open("rb") as file:
            if path.stat().st_size > bounds.MAX_BYTES:
                raise SheetError(f"文件不能超过{bounds.MAX_BYTES // 1024 // 1024}MB")
            lines = _read(file, suffix, sheet or "", str(len(required)), *required, *optional)
    except OSError as failure:
        raise SheetError("文件打不开") from failure
    return _sheet(lines)


def _sheet(lines: list[bytes]) -> Sheet:
    last: Any = json.loads(lines.pop()) if lines and lines[-1].endswith(b"}\n") else None
    if last is None:  # the process was stopped by one of its limits
        raise SheetError(TOO_LARGE)
    if "refused" in last:
        raise SheetError(last["refused"])
    return Sheet(tuple(last["header"]), tuple(lines), tuple(last["notes"]), last["sheet"])


def _read(file: IO[bytes], *arguments: str) -> list[bytes]:
    """Returns the lines that the reading process writes; it ends within bounds, whatever it reads.

    The process inherits no environment variable, since some hold secrets.
    """
    with subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
        [sys.executable, "-m", _PROCESS, *arguments],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PYTHONUTF8": "1"},
    ) as process:
        clock = Timer(bounds.PATIENCE, process.kill)
        clock.start()
        try:
            assert process.stdout
            return list(process.stdout)
        finally:
            clock.cancel()
            process.kill()
