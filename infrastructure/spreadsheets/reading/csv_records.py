"""The records of a CSV file in UTF-8 or GB18030, with commas; each record is a row."""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from application.imports.typed_cell import CellKind
from infrastructure.spreadsheets.reading import bounds
from infrastructure.spreadsheets.reading.bounds import SheetError
from infrastructure.spreadsheets.reading.raw_rows import RawCell, RawRow
from infrastructure.spreadsheets.reading.values import seen
from infrastructure.spreadsheets.text_mark import MARK

_CHUNK = 1 << 16
_ENCODINGS = {"utf-8-sig": "UTF-8", "gb18030": "GB18030"}
_UNICODE_TEXT = "文件的编码是UTF-16（“Unicode 文本”），请另存为“CSV UTF-8（逗号分隔）”"
_OTHER_FILES = {
    b"PK\x03\x04": "文件其实是工作簿，请把扩展名改为 .xlsx",
    b"\xd0\xcf\x11\xe0": "文件其实是旧版的 .xls 工作簿，请另存为 .xlsx",
    b"%PDF": "文件其实是PDF，请用 .csv 或 .xlsx 文件",
    b"<": "文件其实是网页或者XML，请另存为 .csv 或 .xlsx",
}
_SEPARATORS = {"\t": "制表符（Tab）", ";": "分号", "|": "竖线", "，": "全角逗号"}
_KEPT_DIGITS = 15
_IN_FORMULA = ('="', '"')


def encoding_of(file: BinaryIO) -> str:
    """Returns the encoding of the whole file: UTF-8, or else GB18030, which Chinese Excel writes.

    Raises SheetError for any other.
    """
    start = file.read(4)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise SheetError(_UNICODE_TEXT)
    for mark, reason in _OTHER_FILES.items():
        if start.lstrip().startswith(mark):
            raise SheetError(reason)
    for encoding in _ENCODINGS:
        if _decodes(file, encoding):
            return encoding
    raise SheetError("文件的编码既不是UTF-8也不是GB18030")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                raise SheetError(f"文件含有空字符（NUL）；如果{_UNICODE_TEXT}")
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def rows(file: BinaryIO, encoding: str) -> Iterator[RawRow]:
    """Yields the records.  Raises SheetError if the file is no CSV, or not separated by commas."""
    file.seek(0)
    csv.field_size_limit(bounds.MAX_CELL)
    text = TextIOWrapper(file, encoding, newline="")
    reader = csv.reader(text, strict=True)
    begins = 1
    try:
        for number, record in enumerate(reader, start=1):
            if number == 1:
                _check_separator(record)
            cells = {place: _cell(text) for place, text in enumerate(record, start=1) if text}
            if filled := {place: cell for place, cell in cells.items() if cell}:
                yield RawRow(number, filled)
            begins = reader.line_num + 1
    except csv.Error as failure:
        if "field limit" in str(failure):
            reason = f"一个单元格不能超过{bounds.MAX_CELL}字，请检查引号"
            raise SheetError(f"第{begins}行附近：{reason}") from failure
        raise SheetError(f"第{begins}行附近不合CSV格式，请检查引号") from failure
    finally:
        text.detach()  # it would close the file


def _check_separator(header: list[str]) -> None:
    if len(header) == 1:
        for separator, name in _SEPARATORS.items():
            if separator in header[0].strip():
                raise SheetError(f"文件用{name}分隔，请另存为用逗号分隔的CSV")


def _cell(text: str) -> RawCell:
    """Returns the text of a cell, or what a spreadsheet made of it."""
    text, marked = seen(text), text.lstrip().startswith(MARK)
    if marked:
        return text
    if text.startswith("="):
        return _of_formula(text)
    if text.upper() in ("TRUE", "FALSE"):
        return CellKind.BOOLEAN, text
    if text.isascii() and text.isdecimal() and _shows_lost_digits(text):
        return CellKind.ZEROS, text
    return text


def _of_formula(text: str) -> RawCell:
    """Returns the text of ="…", by which programs protect digits; no other formula has one."""
    first, last = _IN_FORMULA
    inner = text[len(first) : -len(last)]
    if (
        text.startswith(first)
        and text.endswith(last)
        and len(text) > len(first)
        and last not in inner
    ):
        return inner.strip()
    return CellKind.FORMULA, text


def _shows_lost_digits(digits: str) -> bool:
    lost = digits.lstrip("0")[_KEPT_DIGITS:]
    return digits[:1] != "0" and bool(lost) and not lost.strip("0")
