"""A column of a table takes texts, and of other cells only those in which nothing can be lost."""

import pytest

from application.imports.cells import as_taken
from application.imports.rows import CatalogueRow, CreditRow, parse_credit, parse_item
from application.imports.typed_cell import Cell, CellKind, damaged
from domain.values.parties import Value
from tests.application.imports.test_credit_rows import CREDIT
from tests.application.imports.test_rows import ITEM

K = CellKind
TAKES = {
    # column     kinds of cells that are read as well as texts
    "文书号": {K.INTEGER},
    "认定日期": {K.DATE, K.INTEGER},
    "补交期限": {K.INTEGER},
    "核查期限": {K.INTEGER},
    "整改期限": {K.INTEGER},
}
COLUMNS = [
    (model, name, kind)
    for model in (CatalogueRow, CreditRow)
    for name, field in model.model_fields.items()
    if field.alias
    for kind in CellKind
]


@pytest.mark.parametrize(("model", "name", "kind"), COLUMNS)
def test_every_column_refuses_every_other_kind_of_cell(
    model: type[Value], name: str, kind: CellKind
) -> None:
    column = model.model_fields[name]
    cell = Cell(kind, "7", "B2")
    if kind in TAKES.get(str(column.alias), ()):
        assert as_taken(cell, column) == "7"
        return
    with pytest.raises(ValueError, match=r"^B2(单元格|末尾的0)"):
        as_taken(cell, column)


CREDIT_CELLS = [
    # column       cell                                      read as
    ("文书号", Cell(K.INTEGER, "7"), "7"),
    ("认定日期", Cell(K.DATE, "2025-03-05"), "2025-03-05"),
    ("认定日期", Cell(K.INTEGER, "20250305"), "2025-03-05"),
]
REFUSED = [
    # column       cell                                    reason
    ("主体代码", Cell(K.LONG_NUMBER, "411281198512035000", "B9"), "B9单元格是数值，15位以后已失真"),
    ("主体代码", Cell(K.INTEGER, "91411281", "B9"), "B9单元格是数值，开头的0可能已经丢失"),
    ("主体代码", Cell(K.FORMULA, "91411281MA9KXNT179", "B9"), "B9单元格是公式"),
    ("主体代码", "1.14113E+17", "单元格是科学记数法的数值，数字已失真"),
    ("主体代码", "4.11281E+17", "单元格是科学记数法的数值，数字已失真"),
    ("主体代码", "1E+17", "单元格是科学记数法的数值，数字已失真"),
    ("主体代码", "#N/A", "单元格是错误值"),
    ("文书号", "#REF!", "单元格是错误值"),
    ("文书号", "########", "单元格是错误值"),
    ("文书号", Cell(K.DECIMAL, "1.1", "D9"), "D9单元格是数值，末尾的0可能已经丢失"),
    (
        "文书号",
        Cell(K.DATE, "2026-01-02", "D9"),
        "D9单元格是日期，可能是表格软件由填写的文字改成的",
    ),
    ("文书号", "1月2日", "单元格是日期，可能是表格软件由填写的文字改成的"),
    ("文书号", "2-Jan", "单元格是日期，可能是表格软件由填写的文字改成的"),
    ("文书号", "Jan-26", "单元格是日期，可能是表格软件由填写的文字改成的"),
    ("文书号", "2026/1/2", "单元格是日期，可能是表格软件由填写的文字改成的"),
    ("记录类型", Cell(K.INTEGER, "3", "C9"), "C9单元格是数值"),
    ("认定日期", Cell(K.INTEGER, "46024", "E9"), "像是表格软件里日期的序号"),
    ("认定日期", Cell(K.MOMENT, "2025-03-05 10:30:00", "E9"), "E9单元格的日期带有零点以外的时间"),
    ("认定日期", Cell(K.TIME, "10:30:00", "E9"), "E9单元格是时间，应为日期"),
    ("认定日期", Cell(K.NO_DATE, "", "E9"), "E9单元格是日期格式，所存的数值却不是存在的日期"),
    ("已修复", Cell(K.BOOLEAN, "1", "H9"), "H9单元格是逻辑值"),
    ("已修复", Cell(K.INTEGER, "1", "H9"), "H9单元格是数值"),
]


@pytest.mark.parametrize(("column", "cell", "text"), CREDIT_CELLS)
def test_a_cell_that_its_column_takes_is_read_like_the_text(
    column: str, cell: Cell, text: str
) -> None:
    read = parse_credit(9, CREDIT | {column: cell})
    assert read.value
    assert read == parse_credit(9, CREDIT | {column: text})


@pytest.mark.parametrize(("column", "cell", "reason"), REFUSED)
def test_a_cell_that_may_have_lost_something_is_refused_with_its_place_and_the_remedy(
    column: str, cell: str | Cell, reason: str
) -> None:
    (error,) = parse_credit(9, CREDIT | {column: cell}).errors
    assert error.column == column
    assert error.reason.startswith(reason)


def test_a_number_in_a_column_of_items_is_refused_in_that_column_only() -> None:
    code = Cell(K.INTEGER, "131001001", "A7")
    errors = parse_item(
        7, ITEM | {"事项编码": code, "核查期限": Cell(K.INTEGER, "30", "M7")}
    ).errors
    assert [error.column for error in errors] == ["事项编码"]


def test_a_typed_cell_does_not_show_its_text_in_logs() -> None:
    assert "411281" not in repr(Cell(K.LONG_NUMBER, "411281199001010014", "B2"))


@pytest.mark.parametrize("text", ["1E5", "E+17", "1.1E", "M-01", "A#", "#1", "1E+", "３E+楼", ""])
def test_a_text_that_only_looks_a_little_like_a_damaged_cell_is_a_text(text: str) -> None:
    assert damaged(text) is None


LOOKALIKES = [
    ("记录类型", "行政处罚\u200b"), ("主体类别", "单\u2060位"), ("主体类别", "⾃然⼈"),
    ("处罚程序", "普通程序\ufeff"), ("义务已履行", "否\u200d"), ("已修复", "\u3000否 "),
]  # fmt: skip


@pytest.mark.parametrize(("column", "typed"), LOOKALIKES)
def test_a_label_is_what_a_person_sees(column: str, typed: str) -> None:
    person = {"主体代码": "411281199001010014"} if "然" in typed else {}
    assert parse_credit(2, CREDIT | person | {column: typed}).errors == ()


@pytest.mark.parametrize("nothing", [" ", "\u3000", "\u200b", "\ufeff\u00a0", "\u2800", "\u3164"])
def test_a_cell_that_shows_nothing_is_blank(nothing: str) -> None:
    assert parse_credit(2, CREDIT | {"处罚程序": nothing}).errors == ()
    (error,) = parse_credit(2, CREDIT | {"文书号": nothing}).errors
    assert error.reason == "不能为空"
