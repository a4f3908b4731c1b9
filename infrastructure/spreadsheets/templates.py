"""Excel templates of importable tables: typed columns, drop-down lists, examples, explanations.

The sheet ENTRY comes first, is filled in and imported.  It alone has the names of the columns as
its headers, so no import takes another sheet for the table: the headers of the examples say that
they are examples.  A template is made from the row models (`application.imports`).
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from io import BytesIO
from math import ceil
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from application.imports.columns import Column, ImportTable, Kind, columns

ENTRY, EXAMPLES, EXPLANATION = "填写", "示例", "填写说明"

_LAST_ROW = 1_048_575  # counted from 0
_A4, _TEXT = 9, 49  # the built-in number format “text”, @
_LONGEST_MESSAGE = 255
_PAGE_WIDTH, _NARROWEST, _WIDEST, _LINE_HEIGHT = 150, 12, 40, 15
_MADE_AT = datetime(2026, 1, 1)  # noqa: DTZ001 - Excel stores no zone; the same bytes every time
_EARLIEST, _LATEST = date(1949, 10, 1), date(2999, 12, 31)
_EXPLAINED = {"列名": 14, "是否必填": 18, "填什么": 30, "填写格式": 46, "由谁出具": 24, "示例": 40}
"""The columns of the explanation with their widths."""


def file_name(table: ImportTable) -> str:
    return f"{table.label}导入模板.xlsx"


@cache
def template(table: ImportTable) -> bytes:
    """Returns the workbook of a table; its bytes are the same every time."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": file_name(table), "created": _MADE_AT})
        styles = _Styles(book)
        _add_entry(book, styles, columns(table))
        _add_examples(book, styles, columns(table))
        _add_explanation(book, styles, table)
    return content.getvalue()


class _Styles:
    def __init__(self, book: Workbook) -> None:
        wrapped: dict[str, Any] = {"text_wrap": True, "valign": "top"}
        heading = wrapped | {"bold": True, "border": 1, "num_format": _TEXT}
        self.required = book.add_format(heading | {"bg_color": "#FCE4D6"})
        self.optional = book.add_format(heading | {"bg_color": "#DDEBF7"})
        self.note = book.add_format(wrapped | {"num_format": _TEXT})
        self.cells = {
            Kind.TEXT: self.note,
            Kind.DATE: book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        }

    def heading(self, column: Column) -> Format:
        return self.required if column.required == "必填" else self.optional


def _add_entry(book: Workbook, styles: _Styles, listed: tuple[Column, ...]) -> None:
    sheet = _table_sheet(book, ENTRY, styles, listed, "{}")
    sheet.activate()
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for place, column in enumerate(listed):
        sheet.write_comment(0, place, _comment(column), {"x_scale": 2, "y_scale": 1.5})
        sheet.data_validation(1, place, _LAST_ROW, place, _validation(column))


def _add_examples(book: Workbook, styles: _Styles, listed: tuple[Column, ...]) -> None:
    sheet = _table_sheet(book, EXAMPLES, styles, listed, f"{{}}（{EXAMPLES}）")
    for row, texts in enumerate(zip(*(each.note.examples for each in listed), strict=True), 1):
        sheet.set_row(row, _height(texts, _widths(listed)))
        for place, (column, text) in enumerate(zip(listed, texts, strict=True)):
            if column.kind is Kind.DATE:
                sheet.write_datetime(row, place, date.fromisoformat(text))
            else:
                sheet.write_string(row, place, text)


def _add_explanation(book: Workbook, styles: _Styles, table: ImportTable) -> None:
    sheet = book.add_worksheet(EXPLANATION)
    for place, width in enumerate(_EXPLAINED.values()):
        sheet.set_column(place, place, width, styles.note)
    introduction = _introduction(table)
    for row, sentence in enumerate(introduction):
        sheet.merge_range(row, 0, row, len(_EXPLAINED) - 1, sentence, styles.note)
    top = len(introduction) + 1
    for place, title in enumerate(_EXPLAINED):
        sheet.write_string(top, place, title, styles.optional)
    for row, column in enumerate(columns(table), start=top + 1):
        sheet.set_row(row, _height(_explained(column), [*_EXPLAINED.values()]))
        for place, text in enumerate(_explained(column)):
            sheet.write_string(row, place, text)
    _print_on_a4(sheet, top, pages_wide=1)


def _introduction(table: ImportTable) -> tuple[str, ...]:
    return (
        f"{table.label}：在“{ENTRY}”表里填写，一行一条，列名不要改动，行数不限于示例。",
        f"只导入“{ENTRY}”表；“{EXAMPLES}”和“{EXPLANATION}”两张表不导入，可以保留。",
        "各列已设为文本或者日期格式，代码、编号可以直接填写；从别处复制时请选择“只粘贴值”。",
        "橙色列名的列必填。保存为 .xlsx 文件后导入；有一处错误，整张表都不导入，并指出每一处。",
    )


def _explained(column: Column) -> tuple[str, ...]:
    about, issuer, examples = column.note
    shown = "\n".join(dict.fromkeys(filter(None, examples)))
    return column.name, column.required, about, column.form, issuer, shown


# --- parts of a sheet ----------------------------------------------------------------------------


def _table_sheet(
    book: Workbook, name: str, styles: _Styles, listed: tuple[Column, ...], header: str
) -> Worksheet:
    """Adds a sheet whose columns have the formats of the table, and their names in the header."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    widths = _widths(listed)
    for place, (column, width) in enumerate(zip(listed, widths, strict=True)):
        sheet.set_column(place, place, width, styles.cells[column.kind])
        sheet.write_string(0, place, header.format(column.name), styles.heading(column))
    _print_on_a4(sheet, 0, pages_wide=ceil(sum(widths) / _PAGE_WIDTH))
    if sum(widths) > _PAGE_WIDTH:
        sheet.repeat_columns(0, 1)
    return sheet


def _widths(listed: tuple[Column, ...]) -> list[int]:
    """Returns the width of each column in characters of half width, as Excel counts them."""
    longest = (
        max(_width(text) for text in (f"{each.name}（{EXAMPLES}）", *each.note.examples))
        for each in listed
    )
    return [min(max(_NARROWEST, width + 2), _WIDEST) for width in longest]


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _height(texts: Iterable[str], widths: Iterable[int]) -> int:
    """Returns the height of a row in which every text is shown whole, in points."""
    lines = (
        sum(ceil(max(_width(line), 1) / (width - 1)) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    return _LINE_HEIGHT * max(lines)


def _print_on_a4(sheet: Worksheet, heading_row: int, pages_wide: int) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(pages_wide, 0)
    sheet.repeat_rows(heading_row)
    sheet.set_footer("&L&A&R第 &P 页，共 &N 页")


def _comment(column: Column) -> str:
    about, issuer, _ = column.note
    return f"{about}\n{column.required}。{column.form}\n出具：{issuer}"


def _validation(column: Column) -> dict[str, Any]:
    """Returns the drop-down list or the bounds of a column, and the message of a selected cell."""
    message = f"{column.required}。{column.form}"
    if len(message) > _LONGEST_MESSAGE:
        message = f"{column.required}。填写格式见“{EXPLANATION}”"
    shown = {"input_title": column.name, "input_message": message, "error_title": column.name}
    if column.kind is Kind.DATE:
        bounds = {"criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST}
        return shown | bounds | {"validate": "date", "error_message": "应为日期，如2026-03-05"}
    if not column.choices:
        return shown | {"validate": "any"}
    listed = {"validate": "list", "source": list(column.choices)}
    if column.several:  # the list offers one item; several are typed
        return shown | listed | {"show_error": False}
    return shown | listed | {"error_message": "请从下拉列表中选择"}
