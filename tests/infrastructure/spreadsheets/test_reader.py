"""The spreadsheet reader returns the texts that a person sees, or a reason in Chinese."""

import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from application.imports.typed_cell import Cell, CellKind
from domain.values.characters import prints
from infrastructure.spreadsheets.reader import SheetError, read_rows
from infrastructure.spreadsheets.reading import bounds
from infrastructure.spreadsheets.reading.process import answer

TEXT = "编码,名称\r\n01,甲\r\n\r\n02,乙\r\n"
READ = [(2, {"编码": "01", "名称": "甲"}), (4, {"编码": "02", "名称": "乙"})]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def workbook(path: Path, rows: Iterable[Iterable[Any]], top: int = 0, left: int = 0) -> Path:
    path = path.with_suffix(".xlsx")
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for place, cells in enumerate(rows, start=top):
            sheet.write_row(place, left, cells)
    return path


def refused(path: Path, required: Iterable[str] = ()) -> str:
    with pytest.raises(SheetError) as refusal:
        read_rows(path, list(required))
    return str(refusal.value)


def answered(path: Path) -> Any:
    """The last line of the answer, read in this process so that its bounds can be moved."""
    with path.open("rb") as file:
        return json.loads(list(answer(file, path.suffix))[-1])


# --- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_each_encoding_that_offices_write(table: Path, encoding: str) -> None:
    table.write_bytes(TEXT.encode(encoding))
    assert list(read_rows(table)) == READ


def test_a_workbook_is_read_like_a_csv(table: Path) -> None:
    path = workbook(table, [["编码", "名称"], ["01", "甲"], [], ["02", "乙"]])
    assert list(read_rows(path)) == READ


def test_a_sheet_can_be_counted_and_iterated_again(table: Path) -> None:
    table.write_text(TEXT, encoding="utf-8")
    sheet = read_rows(table)
    assert len(sheet) == 2
    assert list(sheet) == list(sheet)


def test_an_extension_may_be_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "表.CSV"
    path.write_text(TEXT, encoding="utf-8")
    assert list(read_rows(path)) == READ


def test_a_row_number_is_that_of_the_spreadsheet_though_a_cell_has_several_lines(
    table: Path,
) -> None:
    table.write_bytes('编码,名称\r\n"一\n二\n三",甲\r\n02,乙\r\n'.encode())
    assert [number for number, _ in read_rows(table)] == [2, 3]


def test_a_cell_that_is_no_text_says_what_it_is_and_where(table: Path) -> None:
    with xlsxwriter.Workbook(table.with_suffix(".xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list("甲乙丙丁戊己庚"))
        sheet.write_datetime(1, 0, date(2026, 3, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
        minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_datetime(1, 1, datetime.fromisoformat("2026-03-05 09:30"), minute)
        sheet.write_row(1, 2, [12.0, 0.1, 1e-7, 123456789012, " 甲\u3000"])
    ((_, read),) = read_rows(table.with_suffix(".xlsx"))
    assert list(read.values()) == [
        Cell(CellKind.DATE, "2026-03-05", "A2"),
        Cell(CellKind.MOMENT, "2026-03-05 09:30:00", "B2"),
        Cell(CellKind.INTEGER, "12", "C2"),
        Cell(CellKind.DECIMAL, "0.1", "D2"),
        Cell(CellKind.DECIMAL, "0.0000001", "E2"),
        Cell(CellKind.INTEGER, "123456789012", "F2"),
        "甲",
    ]


def test_a_short_row_has_empty_cells_at_its_end(table: Path) -> None:
    table.write_text("编码,名称\n01\n", encoding="utf-8")
    assert list(read_rows(table)) == [(2, {"编码": "01", "名称": ""})]


def test_empty_cells_beyond_the_header_are_ignored(table: Path) -> None:
    table.write_text("编码,名称,,\n01,甲,,\n,,,\n", encoding="utf-8")
    assert list(read_rows(table)) == READ[:1]


def test_columns_that_are_not_required_are_read_too(table: Path) -> None:
    table.write_text(TEXT, encoding="utf-8")
    assert list(read_rows(table, required=["名称"])) == READ


# --- what is refused -----------------------------------------------------------------------------


def test_only_two_kinds_of_file_are_read(tmp_path: Path) -> None:
    assert refused(tmp_path / "清单.xls") == "只能读取 .csv 或 .xlsx 文件"


def test_a_missing_file_is_refused(table: Path) -> None:
    assert refused(table) == "文件打不开"


def test_a_table_without_a_header_is_refused(table: Path) -> None:
    table.write_bytes(b"")
    assert refused(table) == "第1行应为列名，现为空"
    table.write_text(",,\n01,甲\n", encoding="utf-8")
    assert refused(table) == "第1行应为列名，现为空"
    assert refused(workbook(table, [])) == "第1行应为列名，现为空"
    assert refused(workbook(table, [["编码"]], top=2)) == "第1行应为列名，现为空"


def test_a_header_with_a_gap_is_refused(table: Path) -> None:
    table.write_text("编码,,名称\n", encoding="utf-8")
    assert refused(table) == "第1行第2列没有列名"


def test_missing_columns_are_named_all_at_once(table: Path) -> None:
    table.write_text(TEXT, encoding="utf-8")
    assert refused(table, ["编码", "领域", "类型"]) == "缺少列：领域、类型"


def test_repeated_columns_are_named(table: Path) -> None:
    table.write_text("名称,编码, 名称\n", encoding="utf-8")
    assert refused(table) == "列名重复：名称"


def test_content_beyond_the_header_is_not_dropped_in_silence(table: Path) -> None:
    table.write_text("编码,名称\n01,甲\n02,乙,丙\n", encoding="utf-8")
    assert refused(table) == "第3行的内容超出了列名的范围（第3列没有列名）"


def test_a_file_of_unknown_encoding_is_refused(table: Path) -> None:
    table.write_bytes(b"\xff" + TEXT.encode())
    assert refused(table) == "文件的编码既不是UTF-8也不是GB18030"


def test_a_csv_with_an_unclosed_quotation_mark_is_refused(table: Path) -> None:
    table.write_text('编码,名称\n01,"甲\n02,乙\n', encoding="utf-8")
    assert refused(table).endswith("附近不合CSV格式，请检查引号")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_file_that_is_no_workbook_is_refused(table: Path, content: bytes) -> None:
    path = table.with_suffix(".xlsx")
    path.write_bytes(content)
    assert refused(path).startswith("文件不是完好的 .xlsx 工作簿，或者设有密码")


def test_a_file_that_is_too_large_is_refused(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table.write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(bounds, "MAX_BYTES", 10)
    assert refused(table).startswith("文件不能超过")


def test_a_workbook_that_unpacks_too_large_is_refused(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(table, [["编码"]])
    monkeypatch.setattr(bounds, "MAX_UNPACKED", path.stat().st_size)
    assert answered(path)["refused"].startswith("工作簿展开后过大")


def test_more_rows_than_the_limit_are_refused(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_ROWS", 2)
    table.write_text("编码\n1\n2\n", encoding="utf-8")
    assert "refused" not in answered(table)
    table.write_text("编码\n1\n2\n3\n", encoding="utf-8")
    assert answered(table)["refused"] == "表格不能超过2行、64列：A4处还有内容"


def test_more_columns_than_the_limit_are_refused(table: Path) -> None:
    table.write_text(",".join(f"列{n}" for n in range(65)), encoding="utf-8")
    assert refused(table) == "表格不能超过64列"


@pytest.mark.parametrize(("row", "column", "cell"), [(200_001, 0, "A200002"), (1, 64, "BM2")])
def test_a_stray_cell_far_away_does_not_exhaust_the_memory(
    table: Path, row: int, column: int, cell: str
) -> None:
    path = table.with_suffix(".xlsx")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "编码")
        sheet.write(row, column, "远处")
    assert refused(path) == f"表格不能超过200000行、64列：{cell}处还有内容"


def test_the_last_allowed_cell_is_read(table: Path) -> None:
    path = workbook(table, [[f"列{n}" for n in range(64)], ["甲"] * 64])
    assert len(read_rows(path)) == 1


TABLES = st.lists(
    st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=8)),
    max_size=6,
)


@given(TABLES)
@settings(max_examples=30, deadline=None)
def test_another_reader_reads_the_same_texts(rows: list[list[str]]) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for place, cells in enumerate([["编码", *"ABCDEFGH"], *(row[:8] for row in rows)]):
            for column, cell in enumerate(cells):
                sheet.write_string(place, column, cell)
    content.seek(0)
    *lines, _ = answer(content, ".xlsx")
    ours = [[cell for cell in json.loads(line)[1] if cell] for line in lines]
    content.seek(0)
    theirs = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    shown = [[as_shown(str(cell)) for cell in row if as_shown(str(cell))] for row in theirs[1:]]
    assert ours == [row for row in shown if row]


def as_shown(cell: str) -> str:
    text = cell.removeprefix("'")
    return text if prints(text) else ""
