"""What an import tells of every row, who stands in the log for it, and that it is repeatable."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.imports import Order, load_catalogue, load_credit
from domain.catalogue.item import CatalogueItem, item_id
from infrastructure.container import Container
from infrastructure.spreadsheets.reader import read_rows
from tests.api.cli.test_imports import (
    ITEMS,
    QUIET,
    Table,
    _events,
    command,
    credit,
    item,
    listed,
    refused,
    table,
    xinnuo,
)
from tests.api.cli.test_main import Run
from tests.support.repetitions import count
from tests.support.service_driver import everything

__all__ = ["command", "table", "xinnuo"]

PERSON = {"主体类别": "自然人", "主体代码": "411281199001010014"}
XIAMEN = "91350203M0001QKT19"
"""A code whose check digit is wrong."""


def rows_of(report: Path) -> list[tuple[str, ...]]:
    return [tuple(cells.values()) for _, cells in read_rows(report, ("行", "结果", "说明"))]


# every row ---------------------------------------------------------------------------------------


def test_the_report_of_a_refused_table_has_every_row_too(
    xinnuo: Run, service: Container, table: Table, tmp_path: Path
):
    before = everything(service.engine)
    bad = credit(认定日期="2024-02-30", 已修复="也许")
    path = table(credit(), bad, credit(文书号="甲1号"), credit(文书号="甲01号", 义务已履行="是"))
    result = xinnuo("import", "credit", str(path), "--report", str(tmp_path / "report.csv"))
    assert result.code == 1
    told = rows_of(tmp_path / "report.csv")
    assert [row[:2] for row in told] == [("2", "新增"), ("3", "拒绝"), ("4", "拒绝"), ("5", "拒绝")]
    assert "认定日期" in told[1][2]
    assert "已修复" in told[1][2]
    assert "与第5行" in told[2][2]
    assert "与第4行" in told[3][2]
    assert result.err.endswith("共4处有误，什么也没有导入\n")
    assert everything(service.engine) == before


def test_one_report_names_the_faults_of_cells_and_of_the_catalogue_together(
    service: Container, table: Table
):
    load_catalogue(service, table(item(0)), QUIET)
    path = table(item(0, 补交期限="15"), item(1, 补交期限="十天"), item(2))
    told = refused(load_catalogue(service, path, QUIET))
    assert "须由导入人以外的人员批准" in told[2]
    assert "“补交期限”" in told[3]
    assert 4 not in told


def test_the_report_says_what_becomes_of_each_item(service: Container, table: Table):
    bare = {name: "" for name in list(ITEMS[0])[7:]}
    report = load_catalogue(service, table(item(0), item(1) | bare), QUIET)
    assert [each.reasons for each in report.rows] == [("列入清单、启用",), ("列入清单",)]
    report = load_catalogue(service, table(item(0) | bare, item(1)), QUIET)
    assert listed(report) == [(2, "未变"), (3, "更新")]
    assert report.rows[1].reasons == ("修订条款、启用",)


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_no_output_and_no_report_repeats_a_persons_number(
    xinnuo: Run, table: Table, tmp_path: Path, options: tuple[str, ...]
):
    wrong = PERSON["主体代码"][:17] + "5"
    rows = [
        credit() | PERSON,
        credit(义务已履行="是") | PERSON,
        credit(主体类别="自然人", 主体代码=wrong),
    ]
    rows += [credit(主体代码=PERSON["主体代码"]), credit(主体类别=wrong), credit(认定日期=wrong)]
    report = tmp_path / "report.csv"
    result = xinnuo("import", "credit", str(table(*rows)), "--report", str(report), *options)
    assert result.code == 1
    shown = result.out + result.err + report.read_text("utf-8-sig")
    assert PERSON["主体代码"][:17] not in shown


def test_the_screen_shows_a_hundred_reasons_and_the_file_all(
    xinnuo: Run, table: Table, tmp_path: Path
):
    rows = (credit(文书号=f"{number}号", 已修复="?") for number in range(150))
    report = tmp_path / "report.csv"
    result = xinnuo("import", "credit", str(table(*rows)), "--report", str(report))
    assert (len(result.err.splitlines()), len(rows_of(report))) == (101, 150)
    assert result.err.endswith("共150处有误，什么也没有导入\n")


# who --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelt", ["w-01", "W-01", "Ｗ-01", "w-O1", "w-01\u200b"])
def test_nobody_approves_their_own_table_under_any_spelling_of_their_id(
    service: Container, table: Table, spelt: str
):
    load_catalogue(service, table(item(0)), QUIET)
    before = everything(service.engine)
    order = Order(by="w-01", approved_by=spelt)
    assert refused(load_catalogue(service, table(item(0, 补交期限="15")), QUIET, order))
    assert everything(service.engine) == before


def test_the_approver_stands_in_the_event_beside_the_importer(service: Container, table: Table):
    load_catalogue(service, table(item(0), item(1)), QUIET, Order(by="w-01"))
    order = Order(by="w-01", approved_by="z-02")
    load_catalogue(service, table(item(0, 补交期限="15"), item(2)), QUIET, order)
    approved = [each["approved_by"] for each in _events(service) if "approved_by" in each]
    assert approved == ["z-02"]


# codes that break the check digit -----------------------------------------------------------------


def test_a_department_code_with_a_wrong_check_digit_is_listed_after_a_confirmation(
    service: Container, table: Table
):
    blank = {"代码核对人": "", "代码核对依据": ""}
    office = item(0, 监管单位="某监管局", 监管单位代码=XIAMEN)
    told = refused(load_catalogue(service, table(item(1) | blank, office | blank), QUIET))
    assert "“代码核对人”和“代码核对依据”" in told[3]
    confirmed = office | {"代码核对人": "w-01", "代码核对依据": "登记证书原件"}
    report = load_catalogue(service, table(item(1) | blank, confirmed), QUIET)
    assert listed(report) == [(2, "新增"), (3, "新增")]
    kept = service.repository.get(CatalogueItem, item_id(office["事项编码"])).item
    assert kept.supervisor.code_confirmed is not None
    assert kept.supervisor.code_confirmed.by == "w-01"
    assert kept.department.code_confirmed is None
    assert listed(load_catalogue(service, table(confirmed), QUIET)) == [(2, "未变")]


def test_a_confirmation_that_nothing_needs_is_refused(service: Container, table: Table):
    idle = item(0, 代码核对人="w-01", 代码核对依据="登记证书原件")
    assert "不需要核对" in refused(load_catalogue(service, table(idle), QUIET))[2]


def test_a_record_whose_code_was_confirmed_is_withdrawn_on_the_command_line(
    xinnuo: Run, table: Table
):
    confirmed = credit(主体代码=XIAMEN, 代码核对人="w-01", 代码核对依据="营业执照原件")
    assert xinnuo("import", "credit", str(table(confirmed))).code == 0
    record = ("--subject-kind", "organisation", "--kind", "serious_dishonesty", "--by", "z-01")
    about = ("--subject-code", XIAMEN, "--document", confirmed["文书号"], "--because", "依法撤销")
    assert xinnuo("withdraw-credit", *record, *about).out == "已撤销1条信用记录\n"
    assert "已经撤销" in xinnuo("withdraw-credit", *record, *about).err


# laws --------------------------------------------------------------------------------------------

DOCUMENTS = st.sampled_from(["甲〔2026〕1号", "甲[2026]01号", "甲〔2026〕2号", "甲〔2026〕3号"])
ROWS = st.lists(
    st.fixed_dictionaries({"文书号": DOCUMENTS, "撤销原因": st.sampled_from(["", "复议撤销"])}),
    min_size=1,
    max_size=4,
)
ON_BOTH = settings(
    max_examples=count(small=8, soak=200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@ON_BOTH
@given(ROWS, ROWS)
def test_importing_any_table_twice_equals_importing_it_once(
    service: Container, table: Table, earlier: list[dict[str, str]], rows: list[dict[str, str]]
):
    load_credit(service, table(*(credit(**row) for row in earlier)), QUIET, Order(restore=True))
    path = table(*(credit(**row) for row in rows))
    first = load_credit(service, path, QUIET)
    once = everything(service.engine)
    second = load_credit(service, path, QUIET)
    assert everything(service.engine) == once
    assert first.written == second.written


@ON_BOTH
@given(
    st.permutations(range(4)), st.integers(0, 3), st.sampled_from(["补交期限", "领域", "责任单位"])
)
def test_a_failing_row_anywhere_leaves_events_and_catalogue_as_they_were(
    service: Container, table: Table, order: list[int], at: int, column: str
):
    load_catalogue(service, table(item(order[at])), QUIET)
    before = everything(service.engine)
    changed = {"补交期限": "17", "领域": "其他高频", "责任单位": "义马市某局"}[column]
    rows = [
        item(number, **({column: changed} if place == at else {}))
        for place, number in enumerate(order)
    ]
    report = load_catalogue(service, table(*rows), QUIET)
    assert at + 2 in refused(report)
    assert everything(service.engine) == before
