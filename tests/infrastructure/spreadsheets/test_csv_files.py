"""A CSV file is read as what was meant, or refused with what to do about it."""

from pathlib import Path

import pytest

from application.imports.rows import CREDIT_COLUMNS, parse_credit
from infrastructure.spreadsheets.reader import SheetError, read_rows
from tests.application.imports.test_credit_rows import CREDIT

TEXT = "编码,名称\n01,甲\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def refused(path: Path) -> str:
    with pytest.raises(SheetError) as refusal:
        read_rows(path, ["编码"])
    return str(refusal.value)


UNICODE = "文件的编码是UTF-16（“Unicode 文本”），请另存为“CSV UTF-8（逗号分隔）”"
FILES = [
    # what is in the file                         reason
    (TEXT.encode("utf-16"), UNICODE),
    (b"\xfe\xff" + TEXT.encode("utf-16-be"), UNICODE),
    (b"code,name\n1,a\n".decode().encode("utf-16-le"), f"文件含有空字符（NUL）；如果{UNICODE}"),
    ("编码,名称\n01,\0甲\n".encode(), f"文件含有空字符（NUL）；如果{UNICODE}"),
    (TEXT.replace(",", "\t").encode("gb18030"), "文件用制表符（Tab）分隔，请另存为用逗号分隔的CSV"),
    (TEXT.replace(",", ";").encode(), "文件用分号分隔，请另存为用逗号分隔的CSV"),
    (TEXT.replace(",", "，").encode(), "文件用全角逗号分隔，请另存为用逗号分隔的CSV"),
    (TEXT.replace(",", "|").encode(), "文件用竖线分隔，请另存为用逗号分隔的CSV"),
    (b"PK\x03\x04" + bytes(30), "文件其实是工作簿，请把扩展名改为 .xlsx"),
    (b"\xd0\xcf\x11\xe0" + bytes(30), "文件其实是旧版的 .xls 工作簿，请另存为 .xlsx"),
    (b"<html><table>", "文件其实是网页或者XML，请另存为 .csv 或 .xlsx"),
    ('编码,名称\n01,"甲\n02,乙\n'.encode(), "第2行附近不合CSV格式，请检查引号"),
    ('编码,名称\n01,甲\n02,"乙"丙\n'.encode(), "第3行附近不合CSV格式，请检查引号"),
    (
        f"编码,名称\n01,{'长' * 32_768}\n".encode(),
        "第2行附近：一个单元格不能超过32767字，请检查引号",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), FILES)
def test_a_file_that_is_no_csv_is_refused_with_the_reason(
    table: Path, content: bytes, reason: str
) -> None:
    table.write_bytes(content)
    assert refused(table) == reason


CODES = [
    # written                     read as
    ("91411281MA9KXNT179", "91411281MA9KXNT179"),
    ("'91411281MA9KXNT179", "91411281MA9KXNT179"),
    (" '91411281MA9KXNT179 ", "91411281MA9KXNT179"),
    ('"=""91411281MA9KXNT179"""', "91411281MA9KXNT179"),
    ('="91411281MA9KXNT179"', "91411281MA9KXNT179"),
]


@pytest.mark.parametrize(("written", "read"), CODES)
def test_the_marks_by_which_programs_protect_a_code_are_taken_off(
    table: Path, written: str, read: str
) -> None:
    table.write_text(f"编码,名称\n{written},甲\n", encoding="utf-8")
    ((_, cells),) = read_rows(table, ["编码"])
    assert cells["编码"] == read


DAMAGED = [
    ("1.14113E+17", "单元格是科学记数法的数值"),
    ("4.11281E+17", "单元格是科学记数法的数值"),
    ("411281198512035000", "B2末尾的0可能是表格软件丢失第15位以后的数字后补上的"),
    ("114112810058000000", "B2末尾的0可能是表格软件丢失第15位以后的数字后补上的"),
    ("#N/A", "单元格是错误值"),
    ("TRUE", "B2单元格是逻辑值"),
    ("=A1&B1", "B2单元格是公式"),
    ('="1"&"2"', "B2单元格是公式"),
]


@pytest.mark.parametrize(("written", "reason"), DAMAGED)
def test_a_code_that_a_spreadsheet_has_damaged_is_refused_with_the_remedy(
    table: Path, written: str, reason: str
) -> None:
    quoted = '"' + written.replace('"', '""') + '"'
    cells = {**CREDIT, "主体类别": "自然人", "主体代码": quoted}
    table.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n", encoding="utf-8")
    ((row, read),) = read_rows(table, CREDIT_COLUMNS)
    (error,) = parse_credit(row, read).errors
    assert error.reason.startswith(reason)


def test_a_code_that_really_ends_in_zeros_is_read_with_the_text_mark(table: Path) -> None:
    table.write_text("编码\n'411281199001011000\n000000000000000000\n", encoding="utf-8")
    assert [cells["编码"] for _, cells in read_rows(table)] == [
        "411281199001011000", "000000000000000000",
    ]  # fmt: skip


def test_lines_may_end_in_every_way(table: Path) -> None:
    for end in ("\n", "\r\n", "\r"):
        table.write_bytes(TEXT.replace("\n", end).encode())
        assert [cells for _, cells in read_rows(table)] == [{"编码": "01", "名称": "甲"}]
