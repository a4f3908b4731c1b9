"""Parsing of credit records: a row becomes an entry, or every error in it is reported."""

from datetime import date

import pytest

from application.imports.rows import parse_credit
from domain.values.credit import (
    CreditEntry,
    CreditExclusion,
    CreditRecordKind,
    CreditSubject,
    PenaltyProcedure,
    exclusion_of,
)

CREDIT = {
    "主体类别": "单位",
    "主体代码": "91411281MA9KXNT179",
    "记录类型": "行政处罚",
    "文书号": "义示罚决〔2025〕1号",
    "认定日期": "2025-03-05",
    "处罚程序": "普通程序",
    "义务已履行": "否",
    "已修复": "否",
}
PERSON = {"主体类别": "自然人", "主体代码": "411281199001010014"}


def credit_errors(**cells: str) -> dict[str, str]:
    parsed = parse_credit(9, CREDIT | cells)
    assert parsed.value is None
    assert {error.row for error in parsed.errors} == {9}
    return {error.column: error.reason for error in parsed.errors}


def test_a_row_of_the_credit_table_is_an_entry() -> None:
    assert parse_credit(2, CREDIT).value == CreditEntry(
        kind=CreditRecordKind.PENALTY,
        subject_kind=CreditSubject.ORGANISATION,
        subject_code="91411281MA9KXNT179",
        document="义示罚决〔2025〕1号",
        decided_on=date(2025, 3, 5),
        procedure=PenaltyProcedure.ORDINARY,
        duty_fulfilled=False,
        repaired=False,
    )


@pytest.mark.parametrize("day", ["2025/3/5", "2025年3月5日", "２０２５-03-05", "20250305"])
def test_a_date_is_parsed_in_each_notation_that_offices_use(day: str) -> None:
    assert parse_credit(2, CREDIT | {"认定日期": day}) == parse_credit(2, CREDIT)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("主体类别", "企业", "应为：单位、自然人"),
        ("主体代码", "", "不能为空"),
        ("主体代码", "411281199001010014", "这是公民身份号码，请选自然人"),
        ("认定日期", "0001-01-01", "日期的年份应在1949至2199之间"),
        ("认定日期", "2925-03-05", "日期的年份应在1949至2199之间"),
        ("记录类型", "黑名单", "应为：严重失信行为、严重失信主体名单、行政处罚、虚假承诺"),
        ("文书号", "", "不能为空"),
        ("认定日期", "2025-02-30", "日期的日不存在：这个月没有这一天"),
        ("认定日期", "昨天", "应为日期，如2026-03-05"),
        ("处罚程序", "听证", "应为：简易程序、普通程序"),
        ("义务已履行", "TRUE", "应为“是”或“否”"),
        ("已修复", "", "不能为空"),
    ],
)
def test_a_fault_of_a_credit_record_is_named_with_its_column(
    column: str, cell: str, reason: str
) -> None:
    assert credit_errors(**{column: cell}) == {column: reason}


def test_the_subject_code_of_a_person_is_the_citizen_number() -> None:
    assert parse_credit(2, CREDIT | PERSON).errors == ()
    assert credit_errors(主体类别="自然人") == {"主体代码": "这是统一社会信用代码，请选单位"}


def test_only_a_penalty_has_a_procedure() -> None:
    assert credit_errors(记录类型="虚假承诺") == {"处罚程序": "只有行政处罚才有处罚程序"}
    assert parse_credit(2, CREDIT | {"记录类型": "虚假承诺", "处罚程序": ""}).errors == ()


def test_all_faults_of_a_credit_record_are_reported_together() -> None:
    faults = {"主体代码": "1", "文书号": "", "认定日期": "昨天", "已修复": "不"}
    assert list(credit_errors(**faults)) == list(faults)


def test_neither_an_error_nor_a_log_line_repeats_a_persons_number() -> None:
    wrong = PERSON["主体代码"][:17] + "5"
    assert wrong not in str(parse_credit(2, CREDIT | PERSON | {"主体代码": wrong}))
    assert PERSON["主体代码"] not in repr(parse_credit(2, CREDIT | PERSON))


# --- which records exclude -----------------------------------------------------------------------


def excluded_by(**cells: str) -> CreditExclusion | None:
    if cells.get("记录类型", "行政处罚") != "行政处罚":
        cells["处罚程序"] = ""
    entry = parse_credit(2, CREDIT | cells).value
    assert entry is not None
    return exclusion_of(entry)


@pytest.mark.parametrize(
    ("kind", "exclusion"), [("严重失信行为", "E1"), ("严重失信主体名单", "E2"), ("虚假承诺", "E4")]
)
def test_serious_records_exclude_until_they_are_repaired(kind: str, exclusion: str) -> None:
    assert excluded_by(记录类型=kind, 义务已履行="否") == exclusion
    assert excluded_by(记录类型=kind, 义务已履行="是") == exclusion
    assert excluded_by(记录类型=kind, 已修复="是") is None


def test_a_penalty_excludes_only_while_its_duty_is_open() -> None:
    assert excluded_by(义务已履行="否") is CreditExclusion.PENALTY_UNFULFILLED
    assert excluded_by(义务已履行="是") is None


def test_a_simple_procedure_penalty_on_a_person_does_not_exclude() -> None:
    assert excluded_by(**PERSON, 处罚程序="简易程序") is None


@pytest.mark.parametrize("procedure", ["普通程序", ""])
def test_any_other_penalty_on_a_person_excludes(procedure: str) -> None:
    assert excluded_by(**PERSON, 处罚程序=procedure) is CreditExclusion.PENALTY_UNFULFILLED


def test_a_simple_procedure_penalty_on_an_organisation_excludes() -> None:
    assert excluded_by(处罚程序="简易程序") is CreditExclusion.PENALTY_UNFULFILLED
