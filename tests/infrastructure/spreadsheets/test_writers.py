"""The spreadsheet writers: each format can be read back, and contains no formula."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from infrastructure.spreadsheets.text_mark import marked
from infrastructure.spreadsheets.writers import CUT, LONGEST_CELL, MEDIA, Format, writer


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
            assert shown == [marked(cell) for cell in cells]
            assert shown[: len(EVIL)] == [f"'{cell}" for cell in EVIL]
        else:
            assert shown == cells
            assert b"<f>" not in _sheet(path)


def _sheet(path: Path) -> bytes:
    with ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml")


CODES = ["411281199001010014", "41128120261122000001", "0012", "1E5", "1-2", "_x0041_", "＝1"]


def test_a_workbook_and_a_file_for_programs_hold_codes_as_they_are(tmp_path: Path):
    shown = {}
    for format in Format:
        path = tmp_path / f"trail.{format}"
        with writer(path, format, ["cell", "end"], lambda row: [row["cell"], "end"]) as write:
            for cell in (*CODES, *EVIL, "'quoted"):
                write({"cell": cell})
        shown[format] = path.read_bytes()
    assert [row[0] for row in sheets(shown[Format.XLSX])[1:]] == [*CODES, *EVIL, "'quoted"]
    assert [row["cell"] for row in lines(shown[Format.NDJSON])] == [*CODES, *EVIL, "'quoted"]
    assert [row[0] for row in tables(shown[Format.CSV])[1:]] == [
        f"'{cell}" for cell in (*CODES, *EVIL, "'quoted")
    ]


def test_every_cell_of_a_csv_is_in_quotes(tmp_path: Path):
    """Where a semicolon or a tab separates cells, the second part of a bare cell would run."""
    path = tmp_path / "trail.csv"
    with writer(path, Format.CSV, ["列", "空"], lambda row: ["甲;=甲", ""]) as write:
        write({})
    assert path.read_text("utf-8-sig") == '"列","空"\n"甲;=甲",""\n'


def test_each_format_says_what_it_is_for():
    assert [format.label for format in Format] == [
        "CSV（供Excel打开）", "Excel 表格", "NDJSON（供程序读取）",
    ]  # fmt: skip
    assert MEDIA.keys() == {*Format}


def test_a_text_too_long_for_a_cell_says_that_it_was_cut(tmp_path: Path):
    """In a CSV too: Excel divides a longer cell over two rows.  The mark counts, and 𠮷 twice."""
    for format, read, room in (
        (Format.XLSX, sheets, LONGEST_CELL),
        (Format.CSV, tables, LONGEST_CELL - 1),
    ):
        path = tmp_path / f"trail.{format}"
        long = ("字" * room, "字" * (room + 1), "𠮷" * (room // 2), "𠮷" * (room // 2 + 1))
        with writer(path, format, ["列"], lambda row: [row["cell"]]) as write:
            for cell in long:
                write({"cell": cell})
        _, (fits,), (cut,), (fits_too,), (cut_too,) = read(path.read_bytes())
        assert (fits, fits_too) == (long[0], long[2])
        assert len(cut) == room
        for each in (cut, cut_too):
            assert each.endswith(CUT)
            assert len(each.encode("utf-16-le")) <= 2 * room
