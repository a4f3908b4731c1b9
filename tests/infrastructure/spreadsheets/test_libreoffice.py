"""What LibreOffice opens and saves, the import reads back equal: CSV, XLSX and filled templates."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from application.imports.columns import ImportTable, columns
from application.imports.rows import CREDIT_COLUMNS, ITEM_COLUMNS, parse_credit, parse_item
from infrastructure.spreadsheets.reader import read_rows
from infrastructure.spreadsheets.templates import template
from infrastructure.spreadsheets.writers import Format, writer
from tests.infrastructure.spreadsheets.libreoffice import COMMAS_SEMICOLONS_TABS, LibreOffice

FRAGILE = (
    "411281199001010014", "41128120261122000001", "114112810058000150", "000731401001", "0012",
    "1E5", "9E99", "7.31401E+8", "1-2", "3/4", "2-3-4", "12:30", "50%", "1,234", "¥5", "(5)", "007",
    "2026-01-02", "2026年1月2日", "１２３", "TRUE", "false", "_x0041_", "义测罚〔2026〕07号",
)  # fmt: skip
"""Texts that a spreadsheet takes for numbers, dates or truth values."""
RUNNING = (
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)",
    "\u00a0=1+1", "\u3000=1+1", "\u200b=1+1", "\ufeff=1+1", '"=1+1', "a;=1+1", "甲;=1+1",
    "甲\t=1+1", "甲,=1+1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "%0A=1", "|=1",
)  # fmt: skip
"""Texts that a spreadsheet runs, if it is led to take them for formulas."""
PLAIN = (
    "义马市", "第一行\n第二行", '引号"，逗号,', "阿依古丽·热合曼", "𠮷野家", "http://x", "a-b",
    "上午九时", "星期三", "真", "May", "nan", "e", "Ⅷ", "一月",
)  # fmt: skip
APOSTROPHES = ("'quoted", "''twice", "'0012", "'")
HEADER = ("文字", "末列")
PARSERS = {ImportTable.CREDIT: parse_credit, ImportTable.CATALOGUE: parse_item}
SUFFIXES = (".xlsx", ".csv")


def write(path: Path, format: Format, texts: tuple[str, ...]) -> Path:
    with writer(path, format, HEADER, lambda row: [row["text"], "末"]) as add:
        for text in texts:
            add({"text": text})
    return path


def cell_names(table: ImportTable) -> Iterator[tuple[str, str]]:
    """The address and the text of each cell of the example rows, typed from the second row on."""
    for place, column in enumerate(columns(table)):
        for row, text in enumerate(column.note.examples, start=2):
            if text:
                yield f"{chr(ord('A') + place)}{row}", text


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> LibreOffice:
    """LibreOffice after it has opened and saved every file of this module."""
    folder = tmp_path_factory.mktemp("office")
    office = LibreOffice(folder)
    trail = write(folder / "trail.csv", Format.CSV, FRAGILE + RUNNING + PLAIN + APOSTROPHES)
    office.resave(trail, separators=COMMAS_SEMICOLONS_TABS)
    office.resave(office.saved(trail, ".csv"))
    office.resave(write(folder / "trail.xlsx", Format.XLSX, FRAGILE + RUNNING + PLAIN))
    bare = folder / "bare.csv"
    with bare.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADER, *((text, "末") for text in FRAGILE + RUNNING)])
    office.resave(bare, separators=COMMAS_SEMICOLONS_TABS)
    for table in ImportTable:
        path = folder / f"{table}.xlsx"
        path.write_bytes(template(table))
        office.resave(path, dict(cell_names(table)))
    office.run()
    return office


def texts_in(path: Path) -> list[str]:
    return [text_of(cells[HEADER[0]]) for _, cells in read_rows(path, HEADER)]


def text_of(cell: Any) -> str:
    """The text of a cell; one that came back as a value or a formula knows what it was."""
    return str(getattr(cell, "text", cell))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", ["trail.csv", "trail-from-csv.csv", "trail.xlsx"])
def test_an_export_that_was_opened_and_saved_is_read_back_equal(
    office: LibreOffice, name: str, suffix: str
):
    written = FRAGILE + RUNNING + PLAIN + (() if name == "trail.xlsx" else APOSTROPHES)
    again = texts_in(office.saved(office.folder / name, suffix))
    assert again == [text.strip() for text in written]


def test_a_csv_without_marks_would_have_been_changed(office: LibreOffice):
    """The marks protect from something: without them, these files are damaged and texts run."""
    path = office.saved(office.folder / "bare.csv", ".csv")
    with path.open(encoding="utf-8", newline="") as file:
        saved = {row[0] for row in csv.reader(file)}
    lost = [text for text in FRAGILE + RUNNING if text not in saved]
    assert {"411281199001010014", "0012", "1E5", "=1+1"} <= {*lost}
    assert len(lost) >= 12, lost


def formulas_in(path: Path) -> list[str]:
    with ZipFile(path) as book:
        return re.findall(r"<f\b.*?</f>", book.read("xl/worksheets/sheet1.xml").decode())


def test_no_export_runs_anything_when_it_is_opened(office: LibreOffice):
    folder = office.folder
    assert formulas_in(office.saved(folder / "trail.csv", ".xlsx")) == []
    assert formulas_in(office.saved(folder / "trail.xlsx", ".xlsx")) == []
    assert len(formulas_in(office.saved(folder / "bare.csv", ".xlsx"))) >= 3, "without marks"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("table", ImportTable)
def test_a_template_filled_at_the_keyboard_is_read_back_as_typed(
    office: LibreOffice, table: ImportTable, suffix: str
):
    required = {ImportTable.CREDIT: CREDIT_COLUMNS, ImportTable.CATALOGUE: ITEM_COLUMNS}[table]
    saved = read_rows(office.saved(office.folder / f"{table}.xlsx", suffix), required)
    typed = [
        {column.name: column.note.examples[row] for column in columns(table)} for row in range(2)
    ]
    again = [{name: text_of(cell) for name, cell in cells.items()} for _, cells in saved]
    assert again == typed
    parsed = [PARSERS[table](number, cells) for number, cells in saved]
    assert [row.errors for row in parsed] == [(), ()]
    assert [row.value for row in parsed] == [PARSERS[table](2, cells).value for cells in typed]


def test_a_saved_template_still_has_its_lists_and_its_types(office: LibreOffice):
    for table in ImportTable:
        with ZipFile(office.saved(office.folder / f"{table}.xlsx", ".xlsx")) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        offered = [column for column in columns(table) if column.choices]
        assert sheet.count('type="list"') == len(offered)
