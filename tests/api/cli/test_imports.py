"""Importing tables: all rows or none, an outcome for every row, nothing without being told."""

import csv
import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from xlsxwriter import Workbook

from api.imports import Order, load_catalogue, load_credit
from application.catalogue.commands import DelistItem
from application.execution.context import CommandContext
from application.imports.report import Report
from domain.values.check_digits import citizen_id_check
from infrastructure.container import Container
from infrastructure.spreadsheets.reader import SheetError, read_rows
from tests.api.cli.test_main import SAMPLES, Run, command, xinnuo
from tests.api.conftest import KEEPER
from tests.support.repetitions import count
from tests.support.service_driver import everything

__all__ = ["command", "xinnuo"]

QUIET = Console(quiet=True)
CREDIT = next(csv.DictReader((SAMPLES / "credit.csv").read_text("utf-8-sig").splitlines()))
CATALOGUE = (SAMPLES / "catalogue.csv").read_text("utf-8-sig").splitlines()
ITEMS = list(csv.DictReader(CATALOGUE))
XIAMEN = "91350203M0001QKT19"
"""The code of a working company that breaks the check digit of its own standard."""
Table = Callable[..., Path]


def _born(day: str) -> str:
    first17 = f"411281{day}001"
    return first17 + citizen_id_check(first17)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes rows as a CSV file; each row is a sample row with changes."""

    def write(*rows: dict[str, str]) -> Path:
        path = tmp_path / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def item(number: int = 0, **changes: str) -> dict[str, str]:
    return ITEMS[number] | changes


def credit(**changes: str) -> dict[str, str]:
    return CREDIT | changes


def refused(report: Report) -> dict[int, str]:
    """The reasons of the refused rows, by row; nothing may have been written."""
    assert not report.written
    return {each.row: "；".join(each.reasons) for each in report.refused}


def listed(report: Report) -> list[tuple[int, str]]:
    return [(each.row, each.change.label) for each in report.rows]


# all or nothing ----------------------------------------------------------------------------------


def test_a_catalogue_whose_second_row_is_refused_changes_nothing(service: Container, table: Table):
    load_catalogue(service, table(item(0), item(1)), QUIET)
    context = CommandContext(KEEPER, service.clock())
    service.catalogue.act(context, ITEMS[1]["事项编码"], DelistItem(reason="不再适用"))
    before = everything(service.engine)
    path = table(item(2), item(1, 补交期限="15"))
    report = load_catalogue(service, path, QUIET, Order(approved_by="z-01"))
    assert listed(report) == [(2, "新增"), (3, "拒绝")]
    assert everything(service.engine) == before


def test_the_terms_of_an_active_item_are_revised_only_with_another_persons_approval(
    service: Container, table: Table
):
    load_catalogue(service, table(item(0)), QUIET)
    changed = table(item(0, 补交期限="15"), item(1))
    before = everything(service.engine)
    for order in (Order(by="w-01"), Order(by="w-01", approved_by="w-01")):
        report = load_catalogue(service, changed, QUIET, order)
        assert listed(report) == [(2, "拒绝"), (3, "新增")]
        assert "批准" in refused(report)[2]
        assert everything(service.engine) == before
    report = load_catalogue(service, changed, QUIET, Order(by="w-01", approved_by="z-01"))
    assert listed(report) == [(2, "更新"), (3, "新增")]


@pytest.mark.parametrize("columns", ["事项名称", "领域", "责任单位 监管单位"])
def test_a_table_cannot_change_what_an_item_is(service: Container, table: Table, columns: str):
    load_catalogue(service, table(item(0)), QUIET)
    other = {each: "其他高频" if each == "领域" else "义马市某局" for each in columns.split()}
    report = load_catalogue(service, table(item(0, **other)), QUIET)
    assert listed(report) == [(2, "拒绝")]
    assert all(f"{each}" in refused(report)[2] for each in columns.split())


def test_the_importer_stands_in_the_log(service: Container, table: Table):
    load_catalogue(service, table(item(0)), QUIET, Order(by="w-07"))
    assert {each["by"]["person"] for each in _events(service)} == {"w-07"}


def test_a_table_without_a_row_is_refused(service: Container, table: Table):
    empty = table(dict.fromkeys(CREDIT, ""))
    with pytest.raises(SheetError, match="没有一行内容"):
        load_credit(service, empty, QUIET)


# one table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", sorted(set(permutations(("否", "是", "否")))))
def test_a_table_that_contradicts_itself_is_refused_with_both_rows(
    service: Container, table: Table, rows: tuple[str, ...]
):
    report = load_credit(service, table(*(credit(义务已履行=each) for each in rows)), QUIET)
    told = refused(report)
    other = 2 + rows.index("是" if rows[0] == "否" else "否")
    assert list(told) == [2, 3, 4]
    assert told[2].startswith(f"“义务已履行”：与第{other}行是同一条记录")
    assert told[other].startswith("“义务已履行”：与第2行是同一条记录")
    assert everything(service.engine)["credit_entries"] == []


CONTRADICTIONS = [
    {"已修复": "是"},
    {"认定日期": "2025-03-12"},
    {"撤销原因": "复议撤销"},
    {"文书号": "义示失信认定[2025]01号", "义务已履行": "是"},
    {"主体代码": "９１４１１２８１ｍａ９７３ｕｗ６００", "认定日期": "2025-03-12"},
]


@pytest.mark.parametrize("other", CONTRADICTIONS, ids=str)
def test_a_row_about_the_same_record_in_another_spelling_contradicts_too(
    service: Container, table: Table, other: dict[str, str]
):
    report = load_credit(service, table(credit(撤销原因=""), credit(**other)), QUIET)
    assert list(refused(report)) == [2, 3]


def test_equal_rows_count_once(service: Container, table: Table):
    spelt = credit(文书号="义示失信认定[2025]01号")
    report = load_credit(service, table(credit(), spelt, credit()), QUIET)
    assert listed(report) == [(2, "新增"), (3, "重复"), (4, "重复")]
    assert str(report) == "新增1条、重复2行"


def test_one_item_in_two_rows_is_refused_if_they_differ(service: Container, table: Table):
    other = item(0, 补交期限="15", 决定时点="补齐材料后作决定")
    told = refused(load_catalogue(service, table(item(0), other), QUIET))
    assert told[2].startswith("“决定时点、补交期限”：与第3行")
    assert told[3].startswith("“决定时点、补交期限”：与第2行")
    report = load_catalogue(service, table(item(0), item(0)), QUIET)
    assert listed(report) == [(2, "新增"), (3, "重复")]


def test_one_department_code_under_two_names_is_refused(service: Container, table: Table):
    path = table(item(0), item(0, 事项编码="000131001099", 责任单位="义马市另一个局"), item(0))
    told = refused(load_catalogue(service, path, QUIET))
    assert told == {3: "“责任单位”：与第2行代码相同，名称不同，请核对"}


def test_a_column_that_is_not_read_is_named(service: Container, table: Table):
    report = load_credit(service, table(credit(备注="无")), QUIET)
    assert report.notes == ("读取了1行（至第2行）", "没有使用这些列：备注")


@pytest.mark.parametrize("spelt", ["撤销原因\u200b", " 撤销 原因"])
def test_a_column_that_a_table_may_lack_is_read_however_its_name_is_spelt(
    service: Container, table: Table, spelt: str
):
    load_credit(service, table(credit()), QUIET)
    report = load_credit(service, table(credit() | {spelt: "行政复议撤销"}), QUIET)
    assert listed(report) == [(2, "撤销")]
    assert report.notes == ("读取了1行（至第2行）",)


# a code that breaks the check digit --------------------------------------------------------------


def test_a_code_with_a_wrong_check_digit_is_taken_in_after_a_recorded_confirmation(
    service: Container, table: Table
):
    blank = {"代码核对人": "", "代码核对依据": ""}
    firm = credit(主体代码=XIAMEN, 文书号="义测罚〔2026〕1号")
    told = refused(load_credit(service, table(credit() | blank, firm | blank), QUIET))
    assert "请在这一行填写“代码核对人”和“代码核对依据”" in told[3]
    confirmed = firm | {"代码核对人": "w-01", "代码核对依据": "营业执照原件"}
    report = load_credit(service, table(credit() | blank, confirmed), QUIET)
    assert listed(report) == [(2, "新增"), (3, "新增")]
    stored = " ".join(everything(service.engine)["credit_entries"])
    assert "营业执照原件" in stored
    assert "w-01" in stored


@pytest.mark.parametrize(
    "cells",
    [
        {"代码核对人": "w-01", "代码核对依据": ""},
        {"代码核对人": "", "代码核对依据": "营业执照原件"},
        {"主体代码": "91350203M0001QKT1", "代码核对人": "w-01", "代码核对依据": "执照"},
        {"主体代码": "411281199001010014", "代码核对人": "w-01", "代码核对依据": "执照"},
        {"主体代码": "91411281MA9KXNT179", "代码核对人": "w-01", "代码核对依据": "执照"},
    ],
    ids=str,
)
def test_a_confirmation_excuses_the_check_digit_and_nothing_else(
    service: Container, table: Table, cells: dict[str, str]
):
    assert refused(load_credit(service, table(credit(主体代码=XIAMEN) | cells), QUIET))


# the command line --------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing_and_says_so(xinnuo: Run, service: Container, table: Table):
    before = everything(service.engine)
    for what, rows in (("credit", (credit(),)), ("catalogue", (item(0),))):
        result = xinnuo("import", what, str(table(*rows)), "--dry-run")
        assert result.code == 0
        assert result.out.endswith("检查完毕，没有写入：新增1条\n")
    assert everything(service.engine) == before


def test_the_sheet_of_a_workbook_can_be_named(xinnuo: Run, tmp_path: Path):
    path = tmp_path / "credit.xlsx"
    with Workbook(str(path)) as book:
        for name in ("一月", "二月"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, list(CREDIT))
            sheet.write_row(1, 0, list(CREDIT.values()))
    unnamed = xinnuo("import", "credit", str(path))
    assert unnamed.code == 1
    assert "“一月”、“二月”" in unnamed.err
    named = xinnuo("import", "credit", str(path), "--sheet", "二月")
    assert "没有读取其他的工作表：“一月”" in named.out
    assert named.out.endswith("已导入：新增1条\n")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"认定日期": "2026-09-29"}, "认定日期"),
        ({"主体类别": "自然人", "主体代码": _born("20260929")}, "主体代码"),
        ({"主体类别": "自然人", "主体代码": _born("18950101")}, "主体代码"),
    ],
    ids=str,
)
def test_a_record_of_tomorrow_and_a_person_nobody_can_be_are_refused(
    service: Container, table: Table, cells: dict[str, str], column: str
):
    told = refused(load_credit(service, table(credit(**cells)), QUIET))
    assert told[2].startswith(f"“{column}”")


def test_the_report_has_a_line_for_every_row_and_names_no_subject(
    xinnuo: Run, table: Table, tmp_path: Path
):
    person = credit(主体类别="自然人", 主体代码="411281199001010014")
    report = tmp_path / "report.csv"
    result = xinnuo(
        "import", "credit", str(table(credit(), person, person)), "--report", str(report)
    )
    assert result.code == 0
    sheet = read_rows(report, ("行", "结果", "说明"))
    rows = [tuple(cells.values()) for _, cells in sheet]
    assert rows == [("2", "新增", ""), ("3", "新增", ""), ("4", "重复", "与第3行相同")]
    assert "411281199001010014" not in result.out + report.read_text("utf-8-sig")


def test_a_record_is_withdrawn_and_restored_on_the_command_line(xinnuo: Run, table: Table):
    path = str(table(credit()))
    xinnuo("import", "credit", path)
    record = ("--subject-kind", "organisation", "--kind", "serious_dishonesty", "--by", "w-01")
    about = ("--subject-code", CREDIT["主体代码"], "--document", CREDIT["文书号"])
    assert xinnuo("withdraw-credit", *record, *about, "--because", "依法撤销").code == 0
    refused = xinnuo("import", "credit", path)
    assert refused.code == 1
    assert "第2行“文书号”：这条记录已经撤销" in refused.err
    assert refused.err.endswith("共1处有误，什么也没有导入\n")
    restored = xinnuo("import", "credit", path, "--restore")
    assert restored.out.endswith("已导入：恢复1条\n")
    unknown = (*about[:3], "义示失信认定〔2025〕99号")
    assert "没有这条记录" in xinnuo("withdraw-credit", *record, *unknown, "--because", "无").err


# laws --------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "文书号": st.sampled_from(["甲〔2026〕1号", "甲[2026]01号", "甲〔2026〕2号"]),
            "义务已履行": st.sampled_from(["是", "否"]),
            "已修复": st.sampled_from(["是", "否"]),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(
    max_examples=count(12, 40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(ROWS, st.randoms())
def test_neither_the_order_of_the_rows_nor_a_second_import_matters(
    service: Container, table: Table, rows: list[dict[str, str]], random: object
):
    results = []
    for _ in range(2):
        report = load_credit(service, table(*(credit(**row) for row in rows)), QUIET)
        results.append(_facts(service) if report.written else None)
        random.shuffle(rows)  # type: ignore[attr-defined]
    assert results[0] == results[1]


def _facts(service: Container) -> list[str]:
    with service.engine.connect() as db:
        rows = db.exec_driver_sql("SELECT entry_id, excludes FROM credit_entries")
        return sorted(str(tuple(row)) for row in rows)


def _events(service: Container) -> list[dict[str, dict[str, str]]]:
    with service.engine.connect() as db:
        return [json.loads(row[0]) for row in db.exec_driver_sql("SELECT data FROM events")]
