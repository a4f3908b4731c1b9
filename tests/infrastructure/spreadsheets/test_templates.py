"""The templates are made from the row models and say on the spot what each column takes."""

import re
from io import BytesIO
from pathlib import Path
from string import ascii_uppercase
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from application.imports.columns import ImportTable, Kind, columns
from infrastructure.spreadsheets.reader import read_rows
from infrastructure.spreadsheets.templates import (
    ENTRY,
    EXAMPLES,
    EXPLANATION,
    file_name,
    template,
)

TABLES = pytest.mark.parametrize("table", ImportTable)


def sheet(table: ImportTable, name: str) -> list[list[str]]:
    book = CalamineWorkbook.from_filelike(BytesIO(template(table)))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]


def part(table: ImportTable, name: str) -> str:
    with ZipFile(BytesIO(template(table))) as book:
        return book.read(f"xl/{name}").decode()


@TABLES
def test_the_sheet_to_fill_in_comes_first_and_has_exactly_the_columns_of_the_table(
    table: ImportTable,
):
    book = CalamineWorkbook.from_filelike(BytesIO(template(table)))
    assert book.sheet_names == [ENTRY, EXAMPLES, EXPLANATION]
    assert sheet(table, ENTRY) == [[column.name for column in columns(table)]]


@TABLES
def test_an_empty_template_is_a_table_without_rows(table: ImportTable, tmp_path: Path):
    path = tmp_path / file_name(table)
    path.write_bytes(template(table))
    assert len(read_rows(path, [column.name for column in columns(table)])) == 0


@TABLES
def test_no_other_sheet_can_be_taken_for_the_table(table: ImportTable):
    names = {column.name for column in columns(table)}
    for other in (EXAMPLES, EXPLANATION):
        for row in sheet(table, other):
            assert len(names & {*row}) <= 1, row


@TABLES
def test_the_examples_stand_below_their_columns(table: ImportTable):
    header, *rows = sheet(table, EXAMPLES)
    assert header == [f"{column.name}（示例）" for column in columns(table)]
    assert rows == [[column.note.examples[row] for column in columns(table)] for row in range(2)]


@TABLES
def test_every_column_is_explained(table: ImportTable):
    explained = {row[0]: row for row in sheet(table, EXPLANATION)}
    for column in columns(table):
        _, required, about, form, issuer, example = explained[column.name]
        assert (required, form) == (column.required, column.form)
        assert (about, issuer) == (column.note.about, column.note.issuer)
        assert column.note.examples[0] in example


def lists_of(table: ImportTable) -> dict[str, list[str]]:
    """The drop-down list of each column that has one, by the cells that offer it."""
    rules = re.findall(
        r'<dataValidation type="list"[^>]* sqref="([^"]+)"[^>]*><formula1>"([^"]*)"',
        part(table, "worksheets/sheet1.xml").replace("&quot;", '"'),
    )
    return {cells: offered.split(",") for cells, offered in rules}


@TABLES
def test_labelled_columns_have_drop_down_lists_down_to_the_last_row(table: ImportTable):
    wanted = {
        f"{letter}2:{letter}1048576": [*column.choices]
        for letter, column in zip(ascii_uppercase, columns(table), strict=False)
        if column.choices
    }
    assert lists_of(table) == wanted
    assert all("," not in choice for each in wanted.values() for choice in each)


@TABLES
def test_every_column_is_text_or_date_over_its_whole_length(table: ImportTable):
    styles = part(table, "styles.xml")
    formats = {"49": "@"} | dict(re.findall(r'numFmtId="(\d+)" formatCode="([^"]+)"', styles))
    numbers = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    widths = r'<col min="(\d+)" max="(\d+)"[^>]* style="(\d+)"'
    shown = {
        place: formats[numbers[int(style)]]
        for first, last, style in re.findall(widths, part(table, "worksheets/sheet1.xml"))
        for place in range(int(first), int(last) + 1)
    }
    wanted = {Kind.TEXT: "@", Kind.DATE: "yyyy-mm-dd"}
    assert shown == {place: wanted[each.kind] for place, each in enumerate(columns(table), start=1)}


@TABLES
def test_a_header_stays_in_sight_and_says_what_its_column_takes(table: ImportTable):
    entry = part(table, "worksheets/sheet1.xml")
    assert 'state="frozen"' in entry
    assert entry.count("promptTitle=") == len(columns(table))
    comments = part(table, "comments1.xml")
    for column in columns(table):
        assert column.note.about in comments
        assert f"出具：{column.note.issuer}" in comments


@TABLES
def test_every_sheet_prints_on_a4_with_its_header_on_each_page(table: ImportTable):
    for number in (1, 2, 3):
        page = part(table, f"worksheets/sheet{number}.xml")
        assert 'paperSize="9"' in page
        assert 'orientation="landscape"' in page
        assert 'fitToHeight="0"' in page
    assert part(table, "workbook.xml").count("_xlnm.Print_Titles") == 3


def test_a_template_is_the_same_file_every_time():
    for table in ImportTable:
        first = template.__wrapped__(table)
        assert template.__wrapped__(table) == first == template(table)
