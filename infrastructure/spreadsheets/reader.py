"""Reads a table from a CSV or Excel file: rows of texts by column header, within fixed bounds."""

import csv
import io
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from infrastructure.spreadsheets.text_mark import unmarked

MAX_ROWS = 200_000
MAX_COLUMNS = 64
MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 500 * 1024 * 1024
"""Limit of an unpacked workbook: it is a ZIP archive, so a small file can unpack to any size."""


class SheetError(ValueError):
    """A file that cannot be read as a table; the message tells the user the reason."""


@dataclass(frozen=True)
class Sheet:
    """A table that has been read and checked completely; it can be iterated several times."""

    header: tuple[str, ...]
    records: list[tuple[int, list[str]]]

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yields each row's number in the spreadsheet (the header is 1) and its cells by header."""
        for number, cells in self.records:
            padded = cells + [""] * (len(self.header) - len(cells))
            yield number, dict(zip(self.header, padded, strict=True))


def read_rows(path: Path, required: Collection[str] = ()) -> Sheet:
    """Reads the rows below the header, without blank ones.

    Raises SheetError if the file is not a table, or lacks a required column.
    """
    records = _records(path)
    header = _header(next(records, []), required)
    return Sheet(header, list(_rows(records, len(header))))


def _header(cells: list[str], required: Collection[str]) -> tuple[str, ...]:
    if not cells:
        raise SheetError("第1行应为列名，现为空")
    if len(cells) > MAX_COLUMNS:
        raise SheetError(f"表格不能超过{MAX_COLUMNS}列")
    if "" in cells:
        raise SheetError(f"第1行第{cells.index('') + 1}列没有列名")
    if repeated := sorted({name for name in cells if cells.count(name) > 1}):
        raise SheetError(f"列名重复：{'、'.join(repeated)}")
    if missing := [name for name in required if name not in cells]:
        raise SheetError(f"缺少列：{'、'.join(missing)}")
    return tuple(cells)


def _rows(records: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    count = 0
    for number, cells in enumerate(records, start=2):
        if not cells:
            continue
        count += 1
        if count > MAX_ROWS:
            raise SheetError(f"表格不能超过{MAX_ROWS}行")
        if len(cells) > width:
            raise SheetError(f"第{number}行的内容超出了列名的范围（第{len(cells)}列没有列名）")
        yield number, cells


def _records(path: Path) -> Iterator[list[str]]:
    """Yields every row of the file as texts, without the empty cells at its end."""
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise SheetError("只能读取 .csv 或 .xlsx 文件")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SheetError(f"文件不能超过{MAX_BYTES // 1024 // 1024}MB")
        content = path.read_bytes()
    except OSError as failure:
        raise SheetError("文件打不开") from failure
    return map(_trimmed, _READERS[suffix](content))


def _trimmed(cells: Sequence[object]) -> list[str]:
    texts = [unmarked(_text(cell).strip()).strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: object) -> str:
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case float():
            return format(Decimal(repr(cell)), "f")  # never 1e-07
        case datetime():
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)  # a date becomes its ISO form


# --- CSV -----------------------------------------------------------------------------------------


def _csv_records(content: bytes) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    try:
        yield from rows
    except csv.Error as failure:
        raise SheetError(f"第{rows.line_num}行附近不合CSV格式，请检查引号") from failure


def _decoded(content: bytes) -> str:
    """Decodes UTF-8, or else GB18030, which Excel writes on a Chinese system."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError("文件的编码既不是UTF-8也不是GB18030")


# --- Excel ---------------------------------------------------------------------------------------

_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_CHUNK_SIZE, _OVERLAP = 1 << 20, 32
"""Bytes that are searched at a time, and bytes of the previous chunk that are searched again."""


def _xlsx_records(content: bytes) -> Iterator[Sequence[object]]:
    try:
        _check_extent(content)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = workbook.get_sheet_by_index(0).iter_rows()
    except (BadZipFile, CalamineError, RuntimeError, zlib.error) as failure:
        raise SheetError("文件不是完好的 .xlsx 工作簿，或者设有密码") from failure
    yield from rows


def _check_extent(content: bytes) -> None:
    """Checks the position of every cell before the workbook is read.

    The library allocates memory up to the furthest cell, so one stray cell could exhaust it.
    """
    with ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise SheetError("工作簿展开后过大")
        for part in parts:
            if "worksheets/" in part.filename:
                _check_cells(archive, part.filename)


def _check_cells(archive: ZipFile, name: str) -> None:
    tail = b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK_SIZE):
            for letters, row in _CELL.findall(tail + chunk):
                if int(row) > MAX_ROWS + 1 or _column_number(letters) > MAX_COLUMNS:
                    raise SheetError(
                        f"工作表不能超过{MAX_ROWS}行、{MAX_COLUMNS}列："
                        f"{letters.decode()}{int(row)}处还有内容"
                    )
            tail = chunk[-_OVERLAP:]


def _column_number(letters: bytes) -> int:
    """Returns the number of a column: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


_READERS: dict[str, Callable[[bytes], Iterator[Sequence[object]]]] = {
    ".csv": _csv_records,
    ".xlsx": _xlsx_records,
}
