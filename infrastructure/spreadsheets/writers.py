"""Writes tables row by row, with little memory: CSV and XLSX for people, NDJSON for programs.

A CSV file is made to be opened in a spreadsheet: every text that the spreadsheet would change or
run carries a mark (`text_mark`).  XLSX stores the type of each cell, so its texts are written as
they are, and NDJSON is written as it is for programs.
"""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from domain.values.labels import Labelled
from infrastructure.spreadsheets.text_mark import marked

CUT = "……（超出单元格长度，全文见接口）"
LONGEST_CELL = 32_767
"""Excel accepts no longer text in a cell, and divides a longer one of a CSV file over two rows."""
Row = dict[str, Any]
Write = Callable[[Row], None]
Texts = Callable[[Row], Sequence[str]]


class Format(Labelled):
    CSV = "csv", "CSV（供Excel打开）"
    XLSX = "xlsx", "Excel 表格"
    NDJSON = "ndjson", "NDJSON（供程序读取）"


MEDIA = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.NDJSON: "application/x-ndjson",
}


NAME_SUFFIXES = {Format.CSV: "-for-excel"}
"""What the name of a file says about its format beyond the extension."""


def writer(
    path: Path, format: Format, header: Sequence[str], texts: Texts
) -> AbstractContextManager[Write]:
    """Opens a file and yields a function that writes a row to it.

    CSV and XLSX get the header and `texts(row)`; NDJSON gets the whole row.
    """
    match format:
        case Format.CSV:
            return _csv(path, header, texts)
        case Format.XLSX:
            return _xlsx(path, header, texts)
        case Format.NDJSON:
            return _ndjson(path)


@contextmanager
def _csv(path: Path, header: Sequence[str], texts: Texts) -> Iterator[Write]:
    """Writes every cell in quotes, so that none is divided where a semicolon separates cells."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # BOM for Excel
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)

        def write(cells: Sequence[str]) -> None:
            rows.writerow([marked(_fitting(cell, LONGEST_CELL - 1)) for cell in cells])

        write(header)
        yield lambda row: write(texts(row))


@contextmanager
def _xlsx(path: Path, header: Sequence[str], texts: Texts) -> Iterator[Write]:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(path), {**options, "tmpdir": str(path.parent)}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)

        def write(cells: Sequence[str], number: int) -> None:
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, _fitting(cell))

        write(header, 0)
        numbers = iter(range(1, 1_048_576))
        yield lambda row: write(texts(row), next(numbers))


def _fitting(cell: str, limit: int = LONGEST_CELL) -> str:
    """Cuts a text that is too long for an Excel cell, and says so at its end.

    Excel counts UTF-16 code units: 𠮷 counts twice.
    """
    if len(cell) <= limit // 2 or len(units := cell.encode("utf-16-le")) <= 2 * limit:
        return cell
    return units[: 2 * (limit - len(CUT))].decode("utf-16-le", "ignore") + CUT


@contextmanager
def _ndjson(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yield lambda row: print(json.dumps(row, ensure_ascii=False, default=_text), file=file)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
