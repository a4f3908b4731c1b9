"""What a spreadsheet made of a code, a document number or a date is never believed."""

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from application.imports.rows import CREDIT_COLUMNS, ITEM_COLUMNS, parse_credit, parse_item
from domain.values.identifiers import citizen_id_check
from infrastructure.spreadsheets.reader import read_rows
from tests.application.imports.test_credit_rows import CREDIT
from tests.application.imports.test_rows import ITEM
from tests.infrastructure.spreadsheets.raw_workbook import MAIN, book, parts, sheet, texts, written

Write = Callable[[Any, Any, int, int], None]
CODE, DOCUMENT, DAY = "主体代码", "文书号", "认定日期"


def number(value: float, format: str = "General") -> Write:
    return lambda book, sheet, row, column: sheet.write_number(
        row, column, value, book.add_format({"num_format": format})
    )


def day(value: date | datetime, format: str = "yyyy-mm-dd") -> Write:
    return lambda book, sheet, row, column: sheet.write_datetime(
        row, column, value, book.add_format({"num_format": format})
    )


def formula(text: str, value: object) -> Write:
    return lambda _, sheet, row, column: sheet.write_formula(row, column, text, None, value)


def boolean(value: bool) -> Write:
    return lambda _, sheet, row, column: sheet.write_boolean(row, column, value)


def rich(*pieces: str) -> Write:
    def write(book: Any, sheet: Any, row: int, column: int) -> None:
        bold = book.add_format({"bold": True})
        sheet.write_rich_string(row, column, pieces[0], bold, *pieces[1:])

    return write


def table(path: Path, row: Mapping[str, str], **changed: Write) -> Path:
    """A workbook with one row of texts, of which some cells are written otherwise."""
    path = path / "table.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for column, (name, text) in enumerate(row.items()):
            sheet.write_string(0, column, name)
            if write := changed.get(name):
                write(workbook, sheet, 1, column)
            else:
                sheet.write_string(1, column, text)
    return path


def reasons(path: Path) -> list[str]:
    rows = read_rows(path, CREDIT_COLUMNS)
    return [error.reason for row in rows for error in parse_credit(*row).errors]


REMEDY = "请把这一列设为文本后重新填写"
AT_HALF_PAST = datetime(2026, 1, 2, 10, 30)  # noqa: DTZ001 - as a spreadsheet stores it
BAD = [
    # column   written                                       reason
    (CODE, number(411281198512035000), "B2单元格是数值，15位以后已失真，" + REMEDY),
    (CODE, number(411281198512035788), "B2单元格是数值，15位以后已失真，" + REMEDY),
    (CODE, number(411281198512035000, "0"), "B2单元格是数值，15位以后已失真"),
    (CODE, number(114112810058000150), "B2单元格是数值，15位以后已失真"),
    (CODE, number(1e17), "B2单元格是数值，15位以后已失真"),
    (CODE, number(731401001), "B2单元格是数值，开头的0可能已经丢失"),
    (CODE, number(731401001, "000000000000"), "B2单元格是数值，显示的与所存的不同"),
    (CODE, formula('="91411281MA9KXNT179"', "91411281MA9KXNT179"), "B2单元格是公式"),
    (CODE, formula("=A9", 0), "B2单元格是公式"),
    (CODE, formula("=NA()", "#N/A"), "B2单元格是公式"),
    (CODE, boolean(True), "B2单元格是逻辑值"),
    (DOCUMENT, day(date(2026, 1, 2), "m月d日"), "D2单元格是日期，可能是表格软件由填写的文字改成的"),
    (DOCUMENT, day(date(2026, 1, 2), "d-mmm"), "D2单元格是日期，可能是表格软件由填写的文字改成的"),
    (DOCUMENT, number(0.5, "h:mm"), "D2单元格是时间"),
    (DOCUMENT, number(1.5, "[h]:mm"), "D2单元格是时间"),
    (DOCUMENT, number(1.1), "D2单元格是数值，末尾的0可能已经丢失"),
    (DOCUMENT, number(7, "0000"), "D2单元格是数值，显示的与所存的不同"),
    (DOCUMENT, number(12, '0"号"'), "D2单元格是数值，显示的与所存的不同"),
    (DOCUMENT, number(202600000000000123), "D2单元格是数值，15位以后已失真"),
    (DAY, number(46024), "像是表格软件里日期的序号"),
    (DAY, day(AT_HALF_PAST, "yyyy/m/d h:mm"), "E2单元格的日期带有零点以外的时间"),
    (DAY, number(60, "yyyy-mm-dd"), "E2单元格是日期格式，所存的数值却不是存在的日期"),
    (DAY, number(-1, "yyyy-mm-dd"), "E2单元格是日期格式，所存的数值却不是存在的日期"),
    (DAY, number(3e9, "yyyy-mm-dd"), "E2单元格是日期格式，所存的数值却不是存在的日期"),
    (DAY, number(0.5, "yyyy-mm-dd"), "E2单元格是时间"),
    (DAY, formula("=TODAY()", 46024), "E2单元格是公式"),
    ("义务已履行", boolean(False), "G2单元格是逻辑值"),
    ("主体类别", number(1), "A2单元格是数值"),
]  # fmt: skip
GOOD = [
    (CODE, rich("91411281", "MA9K", "XNT179"), "91411281MA9KXNT179"),
    (DOCUMENT, number(7), "7"),
    (DOCUMENT, number(20260001, "0"), "20260001"),
    (DOCUMENT, number(12, "@"), "12"),
    (DAY, number(20250305), "2025-03-05"),
]


@pytest.mark.parametrize(("column", "write", "reason"), BAD)
def test_a_cell_that_is_no_text_is_refused_with_its_address_and_the_remedy(
    tmp_path: Path, column: str, write: Write, reason: str
) -> None:
    (told,) = reasons(table(tmp_path, CREDIT, **{column: write}))
    assert told.startswith(reason)


@pytest.mark.parametrize(("column", "write", "text"), GOOD)
def test_a_cell_in_which_nothing_is_lost_is_read(
    tmp_path: Path, column: str, write: Write, text: str
) -> None:
    path = table(tmp_path, CREDIT, **{column: write})
    ((_, cells),) = read_rows(path)
    assert parse_credit(2, cells) == parse_credit(2, CREDIT | {column: text})


def test_every_text_column_of_the_catalogue_refuses_a_number(tmp_path: Path) -> None:
    path = table(tmp_path, ITEM, **dict.fromkeys(ITEM, number(131001001)))
    ((row, cells),) = read_rows(path, ITEM_COLUMNS)
    told = {error.column: error.reason for error in parse_item(row, cells).errors}
    assert set(told) == set(ITEM)
    numbers = {"补交期限", "核查期限", "整改期限"}
    assert {c for c in told if "请把这一列设为文本后重新填写" not in told[c]} == numbers


def test_no_citizens_number_that_a_spreadsheet_kept_as_a_number_is_believed(tmp_path: Path) -> None:
    draw = random.Random(18192)  # noqa: S311
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, list(CREDIT))
        for row in range(1, 18_193):
            born = date.fromordinal(draw.randrange(711_858, 732_000)).strftime("%Y%m%d")
            first = f"411281{born}{draw.randrange(1000):03}"
            whole = int(first + citizen_id_check(first).replace("X", "0"))
            kept = whole if row % 2 else whole // 1000 * 1000
            cells = list((CREDIT | {"主体类别": "自然人"}).values())
            sheet.write_row(row, 0, cells)
            sheet.write_number(row, 1, kept)
    told = reasons(path)
    assert len(told) == 18_192
    assert all("15位以后已失真" in reason for reason in told)


# --- texts as the format stores them -------------------------------------------------------------


def test_the_pronunciation_of_a_text_is_not_read_into_it(tmp_path: Path) -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>编码</t></si>'
        '<si><t>东京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr/></si>'
        "<si><r><t>义</t></r><r><t>马</t></r><rPh sb='0' eb='1'><t>イ</t></rPh></si></sst>"
    )  # fmt: skip
    rows = "".join(f'<row><c t="s"><v>{n}</v></c></row>' for n in (0, 1, 2))
    path = written(tmp_path / "t", parts({"名单": sheet(rows)}, strings=strings))
    assert [cells["编码"] for _, cells in read_rows(path)] == ["东京", "义马"]


def test_escaped_characters_and_spaces_are_read_as_they_were_typed(tmp_path: Path) -> None:
    path = written(
        tmp_path / "t", book(texts(["编码"], ["_x005F_x0041_"], ["甲_x000D_乙"], ["_xD800_"]))
    )
    assert [cells["编码"] for _, cells in read_rows(path)] == ["_x0041_", "甲\r乙", "_xD800_"]


def test_a_text_mark_is_taken_off_once(tmp_path: Path) -> None:
    path = written(tmp_path / "t", book(texts(["编码"], ["'0012"], ["''0012"], ["'"])))
    assert [cells["编码"] for _, cells in read_rows(path)] == ["0012", "'0012"]


def test_a_workbook_in_the_strict_format_or_with_prefixes_is_read_too(tmp_path: Path) -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    plain = book(texts(["编码"], ["01"]))
    path = written(tmp_path / "t", {k: v.replace(MAIN, strict) for k, v in plain.items()})
    assert [cells["编码"] for _, cells in read_rows(path)] == ["01"]
    name = "xl/worksheets/sheet1.xml"
    prefixed = plain[name].replace("xmlns=", "xmlns:x=").replace("</", "</x:").replace("<", "<x:")
    path = written(tmp_path / "t", {**plain, name: prefixed.replace("<x:/x:", "</x:")})
    assert [cells["编码"] for _, cells in read_rows(path)] == ["01"]


# --- dates ---------------------------------------------------------------------------------------

FORMATS = [
    14, 22, 27, 28, 30, 31, 32, 36, 50, 57, 58, "yyyy-mm-dd", 'yyyy"年"m"月"d"日"',
    "[$-804]yyyy年m月d日", "[DBNum1][$-804]yyyy年m月d日", "[$-F800]dddd, mmmm dd, yyyy",
    "yyyy/m/d;@", "yyyy\\-mm\\-dd hh:mm", "[$-409]d-mmm-yy;@",
]  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
def test_a_date_is_read_whatever_its_format(tmp_path: Path, format: int | str) -> None:
    assert reasons(table(tmp_path, CREDIT, 认定日期=number(46024, format))) == []
    ((_, cells),) = read_rows(tmp_path / "table.xlsx")
    read = parse_credit(2, cells).value
    assert read
    assert read.decided_on == date(2026, 1, 2)


@pytest.mark.parametrize(("stored", "read"), [("44562", "2026-01-02"), ("0", "1904-01-01")])
def test_a_workbook_that_counts_from_1904_is_read_by_its_own_calendar(
    tmp_path: Path, stored: str, read: str
) -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    content = parts({"名单": sheet(f"{texts(['日期'])}<row><c><v>{stored}</v></c></row>")}, styles)
    main = content["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    path = written(tmp_path / "t", content | {"xl/workbook.xml": main})
    ((_, cells),) = read_rows(path)
    assert getattr(cells["日期"], "text", None) == read


@pytest.mark.parametrize(
    ("stored", "read"), [("1", "1900-01-01"), ("59", "1900-02-28"), ("61", "1900-03-01")]
)
def test_the_days_around_the_leap_day_that_never_was_are_right(
    tmp_path: Path, stored: str, read: str
) -> None:
    ((_, cells),) = read_rows(table(tmp_path, {"日期": ""}, 日期=number(int(stored), "yyyy-mm-dd")))
    assert getattr(cells["日期"], "text", None) == read


def test_a_date_that_is_stored_as_iso_text_is_read(tmp_path: Path) -> None:
    rows = "".join(
        f'<row><c t="d"><v>{v}</v></c></row>' for v in ("2026-01-02", "2026-01-02T10:30:00", "x")
    )
    path = written(tmp_path / "t", book(texts(["日期"]) + rows))
    kinds = [getattr(cells["日期"], "kind", None) for _, cells in read_rows(path)]
    assert kinds == ["date", "moment", "no_date"]
