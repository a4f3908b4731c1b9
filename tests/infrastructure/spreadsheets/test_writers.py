"""The spreadsheet writers: each format can be read back, and contains no formula."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from infrastructure.spreadsheets.writers import CUT, LONGEST_CELL, Format, harmless, writer


def tables(content: bytes) -> list[list[str]]:
    """Returns the rows of a CSV file as Excel reads them."""
    assert content.startswith(b"\xef\xbb\xbf"), "Excel recognizes UTF-8 by the byte order mark"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content: bytes) -> list[list[str]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().splitlines()]


EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")']
PLAIN = [
    "义马市",
    "1=1",
    "a-b",
    "'quoted",
    "",
    "第一行\n第二行",
    '逗号,引号"',
    "＝全角",
    "http://x",
]


def test_text_that_could_be_a_formula_is_written_as_text(tmp_path: Path):
    for format, read in ((Format.CSV, tables), (Format.XLSX, sheets)):
        path = tmp_path / f"trail.{format}"
        cells = [*EVIL, *PLAIN]
        with writer(path, format, ["列"], lambda row: [row["cell"], "end"]) as write:
            for cell in cells:
                write({"cell": cell})
        shown = [row[0] for row in read(path.read_bytes())[1:]]
        if format is Format.CSV:
            assert shown == [f"'{cell}" for cell in EVIL] + PLAIN
        else:
            assert shown == cells
            assert b"<f>" not in _sheet(path)


def _sheet(path: Path) -> bytes:
    with ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml")


def test_harmless_text_is_left_as_it_is():
    assert [harmless(cell) for cell in PLAIN] == PLAIN


def test_a_text_too_long_for_a_cell_says_that_it_was_cut(tmp_path: Path):
    path = tmp_path / "trail.xlsx"
    with writer(path, Format.XLSX, ["列"], lambda row: [row["cell"]]) as write:
        for length in (LONGEST_CELL, LONGEST_CELL + 1):
            write({"cell": "字" * length})
    _, (fits,), (cut,) = sheets(path.read_bytes())
    assert fits == "字" * LONGEST_CELL
    assert cut.endswith(CUT)
    assert len(cut) == LONGEST_CELL
