"""Writes tables row by row, with little memory: CSV and XLSX for people, NDJSON for programs."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from domain.values.labels import Labelled

LONGEST_CELL = 32_767
CUT = "……（超出单元格长度，全文见接口）"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Row = dict[str, Any]
Write = Callable[[Row], None]
Texts = Callable[[Row], Sequence[str]]


class Format(Labelled):
    CSV = "csv", "CSV 表格"
    XLSX = "xlsx", "Excel 表格"
    NDJSON = "ndjson", "NDJSON（供程序读取）"


MEDIA = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.NDJSON: "application/x-ndjson",
}


def harmless(cell: str) -> str:
    """Escapes text that a spreadsheet would run as a formula when a person opens the file."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


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
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # BOM for Excel
        rows = csv.writer(file)
        rows.writerow(header)
        yield lambda row: rows.writerow([harmless(cell) for cell in texts(row)])


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


def _fitting(cell: str) -> str:
    """Cuts a text that is too long for an Excel cell, and says so at its end."""
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - len(CUT)] + CUT


@contextmanager
def _ndjson(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yield lambda row: print(json.dumps(row, ensure_ascii=False, default=_text), file=file)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
