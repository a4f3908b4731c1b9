"""What a person sees in a workbook is what is read; what is not read is said."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from infrastructure.spreadsheets.reader import Sheet, SheetError, read_rows
from tests.infrastructure.spreadsheets.raw_workbook import book, parts, sheet, texts, written

COLUMNS = ["编码", "名称"]
HEADER = ["编码", "名称"]
Change = Callable[[Any], None]


def workbook(path: Path, *rows: list[str], change: Change = lambda _: None) -> Path:
    """A workbook with one sheet of texts below the header, which `change` then changes."""
    path = path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("名单")
        for place, cells in enumerate([HEADER, *rows]):
            sheet.write_row(place, 0, cells)
        change(sheet)
    return path


def sheets(path: Path, states: Mapping[str, str] = {}, **rows: str) -> Path:
    content = {name: sheet(cells) for name, cells in rows.items()}
    return written(path / "table", parts(content, states=states))


def refused(path: Path, name: str | None = None) -> str:
    with pytest.raises(SheetError) as refusal:
        read_rows(path, COLUMNS, name)
    return str(refusal.value)


def codes(read: Sheet) -> list[object]:
    return [cells["编码"] for _, cells in read]


OLD, NEW = texts(HEADER, ["01", "甲"]), texts(HEADER, ["02", "乙"], ["03", "丙"])
GUIDE = texts(["填写说明"], ["编码", "12位数字"], ["名称", "全称"])
BLANK = '<row><c s="0"/><c t="inlineStr"><is><t> \u200b</t></is></c></row>'


# --- sheets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_not_read_and_that_is_said(tmp_path: Path, state: str) -> None:
    read = read_rows(sheets(tmp_path, {"去年": state}, 去年=OLD, 今年=NEW), COLUMNS)
    assert codes(read) == ["02", "03"]
    assert "读取了工作表“今年”" in read.notes
    assert "没有读取隐藏的工作表：“去年”" in read.notes


def test_of_two_visible_tables_none_is_chosen(tmp_path: Path) -> None:
    path = sheets(tmp_path, 去年=OLD, 今年=NEW)
    assert refused(path) == (
        "工作簿中有2张工作表都有内容：“去年”、“今年”；请只留一张，或者指明读哪一张"
    )
    assert codes(read_rows(path, COLUMNS, "今年")) == ["02", "03"]
    assert refused(path, "明年") == "工作簿中没有名为“明年”的工作表"


def test_a_hidden_sheet_is_not_read_by_its_name_either(tmp_path: Path) -> None:
    path = sheets(tmp_path, {"去年": "hidden"}, 去年=OLD, 今年=NEW)
    assert refused(path, "去年") == "工作表“去年”是隐藏的，请取消隐藏后重新导入"


@pytest.mark.parametrize("first", [True, False])
def test_a_sheet_without_the_columns_is_not_the_table_and_that_is_said(
    tmp_path: Path, first: bool
) -> None:
    both = {"说明": GUIDE, "名单": NEW} if first else {"名单": NEW, "说明": GUIDE}
    read = read_rows(sheets(tmp_path, **both), COLUMNS)
    assert codes(read) == ["02", "03"]
    assert "没有读取其他的工作表：“说明”" in read.notes


def test_a_blank_sheet_is_passed_over_and_that_is_said(tmp_path: Path) -> None:
    read = read_rows(sheets(tmp_path, Sheet1=BLANK, 名单=NEW, Sheet3=""), COLUMNS)
    assert codes(read) == ["02", "03"]
    assert "没有读取空白的工作表：“Sheet1”、“Sheet3”" in read.notes


def test_a_workbook_with_content_in_hidden_sheets_only_is_refused(tmp_path: Path) -> None:
    path = sheets(tmp_path, {"去年": "hidden"}, 去年=OLD, 今年="")
    assert refused(path) == "看得见的工作表都没有内容；“去年”是隐藏的，没有读取"


def test_a_cell_of_a_workbook_with_several_sheets_is_named_with_its_sheet(tmp_path: Path) -> None:
    read = read_rows(sheets(tmp_path, 名单=NEW, 说明=""), COLUMNS)
    assert read.address(2, "名称") == "名单!B2"
    assert read_rows(workbook(tmp_path, ["01", "甲"]), COLUMNS).address(2, "名称") == "B2"


# --- rows and columns ----------------------------------------------------------------------------


def hide_rows(sheet: Any) -> None:
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.set_row(2, 0)


def filter_rows(sheet: Any) -> None:
    sheet.autofilter(0, 0, 2, 1)
    sheet.filter_column(0, "x == 02")
    sheet.set_row(1, None, None, {"hidden": True})


def hide_column(sheet: Any) -> None:
    sheet.set_column(1, 1, None, None, {"hidden": True})


def no_width(sheet: Any) -> None:
    sheet.set_column(1, 1, 0)


def comment(sheet: Any) -> None:
    sheet.write_comment(1, 0, "不要导入这一行")


def text_box(sheet: Any) -> None:
    sheet.insert_textbox(5, 5, "以下作废")


NOTED = [
    (hide_rows, "隐藏或者被筛选的2行也已读取：第2、3行"),
    (filter_rows, "隐藏或者被筛选的1行也已读取：第2行"),
    (hide_column, "隐藏的列也已读取：名称"),
    (no_width, "隐藏的列也已读取：名称"),
    (comment, "没有读取批注"),
    (text_box, "没有读取图片、图形或者文本框"),
]


@pytest.mark.parametrize(("change", "note"), NOTED)
def test_what_a_person_may_not_see_or_we_do_not_read_is_said(
    tmp_path: Path, change: Change, note: str
) -> None:
    read = read_rows(workbook(tmp_path, ["01", "甲"], ["02", "乙"], change=change), COLUMNS)
    assert codes(read) == ["01", "02"]
    assert note in " ".join(read.notes)


def test_what_was_read_is_said(tmp_path: Path) -> None:
    read = read_rows(workbook(tmp_path, ["01", "甲"], [], [], ["02", "乙"]), COLUMNS)
    assert read.notes == ("读取了工作表“名单”", "读取了2行（至第5行）", "略过了2个空白行")


def test_a_column_that_is_not_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("编码,备注,名称\n01,急,甲\n", encoding="utf-8")
    assert "没有使用这些列：备注" in read_rows(path, COLUMNS).notes


def merged(area: str) -> Change:
    return lambda sheet: sheet.merge_range(area, "甲")


def second_table(sheet: Any) -> None:
    sheet.write_row(5, 0, HEADER)
    sheet.write_row(6, 0, ["09", "己"])


REFUSED = [
    (merged("B2:B3"), "B2:B3是合并的单元格，请取消合并，逐行逐列填写"),
    (merged("A2:B2"), "A2:B2是合并的单元格，请取消合并，逐行逐列填写"),
    (second_table, "第6行又是列名：一张工作表里只能有一个表格"),
    (lambda sheet: sheet.write(2, 3, "旁注"), "第3行的内容超出了列名的范围（第4列没有列名）"),
    (lambda sheet: sheet.write(250_000, 0, "远"), "表格不能超过200000行、64列：A250001处还有内容"),
    (lambda sheet: sheet.write(1, 100, "远"), "表格不能超过200000行、64列：CW2处还有内容"),
]


@pytest.mark.parametrize(("change", "reason"), REFUSED)
def test_what_cannot_be_read_as_one_table_is_refused(
    tmp_path: Path, change: Change, reason: str
) -> None:
    assert refused(workbook(tmp_path, ["01", "甲"], ["02", "乙"], change=change)) == reason


# --- blank cells ---------------------------------------------------------------------------------


def bordered(row: int, column: int) -> Change:
    return lambda sheet: sheet.write_blank(row, column, None, sheet.border)


@pytest.mark.parametrize(("row", "column"), [(250_000, 0), (0, 100), (1_048_575, 16_383), (500, 9)])
def test_a_blank_cell_with_a_format_is_blank_wherever_it_is(
    tmp_path: Path, row: int, column: int
) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["01", "甲"])
        sheet.write_blank(row, column, None, book.add_format({"border": 1}))
    assert codes(read_rows(path, COLUMNS)) == ["01"]


@pytest.mark.parametrize(
    "nothing", [" ", "\u3000\u00a0", "\u200b", "\ufeff", "\u2800", "\u3164", "'"]
)
def test_a_cell_that_shows_nothing_is_blank(tmp_path: Path, nothing: str) -> None:
    path = workbook(
        tmp_path, ["01", "甲"], [nothing, nothing], change=lambda s: s.write(9, 9, nothing)
    )
    assert codes(read_rows(path, COLUMNS)) == ["01"]


def test_a_formula_that_shows_nothing_is_blank(tmp_path: Path) -> None:
    rows = texts(HEADER, ["01", "甲"]) + '<row><c t="str"><f>IF(A9="","",A9)</f><v></v></c></row>'
    assert codes(read_rows(written(tmp_path / "t", book(rows)), COLUMNS)) == ["01"]


@pytest.mark.parametrize(
    "name", ["名称\u200b", " 名称", "名\u3000称", "'名称", "名稱".replace("稱", "称")]
)
def test_a_header_is_the_column_that_a_person_sees(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "t", book(texts(["编码", name], ["01", "甲"])))
    assert read_rows(path, COLUMNS).header == ("编码", "名称")
