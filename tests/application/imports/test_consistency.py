"""One table says one thing about each record, in whatever order its rows come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.imports.consistency import Consistent, Numbered, consistent
from application.imports.report import Change, Report, RowOutcome, in_order
from application.imports.rows import parse_credit, parse_item
from tests.application.imports.test_credit_rows import CREDIT, PERSON
from tests.application.imports.test_rows import IDENTITY, ITEM

XIAMEN = {"主体代码": "91350203M0001QKT19", "代码核对人": "w-01"}
"""The code of a working company that breaks the check digit of its own standard."""
OTHER_OFFICE = {"监管单位": "义马市人力资源和社会保障局", "监管单位代码": "11411281005802440Q"}


def table(*rows: dict[str, str], parse=parse_credit) -> Consistent:
    """The rows of a table below its header, each of which is valid alone."""
    parsed = [parse(number, cells) for number, cells in enumerate(rows, 2)]
    assert [each.errors for each in parsed] == [()] * len(rows)
    return consistent([Numbered(number, each.row) for number, each in enumerate(parsed, 2)])


def refused(checked: Consistent) -> dict[int, str]:
    refusals = [each for each in checked.others if each.change is Change.REFUSED]
    return {each.row: "；".join(each.reasons) for each in refusals}


# what contradicts --------------------------------------------------------------------------------

CREDIT_CONTRADICTIONS = {
    "fulfilled and not": ({}, {"义务已履行": "是"}, "义务已履行"),
    "two procedures": ({}, {"处罚程序": "简易程序"}, "处罚程序"),
    "two dates": ({}, {"认定日期": "2025-03-06"}, "认定日期"),
    "two dates under two spellings of one number": (
        {"文书号": "义示罚决〔2025〕01号"},
        {"文书号": "义示罚决[2025]第1号", "认定日期": "20250306"},
        "认定日期",
    ),
    "one code in two widths": (
        {},
        {"主体代码": "９１４１１２８１ｍａ９ｋｘｎｔ１７９", "已修复": "是"},
        "已修复",
    ),
    "a person's number with small and large x": (
        PERSON | {"主体代码": "11010519491231002X"},
        PERSON | {"主体代码": "11010519491231002x", "处罚程序": "简易程序"},
        "处罚程序",
    ),
    "withdrawn and in force": ({}, {"撤销原因": "复议撤销"}, "撤销原因"),
    "confirmed on two grounds": (
        XIAMEN | {"代码核对依据": "营业执照原件"},
        XIAMEN | {"代码核对依据": "登记机关查询"},
        "代码核对依据",
    ),
}


@pytest.mark.parametrize("rows", CREDIT_CONTRADICTIONS.values(), ids=CREDIT_CONTRADICTIONS)
def test_a_record_about_which_two_rows_differ_is_refused_in_both(
    rows: tuple[dict[str, str], dict[str, str], str],
) -> None:
    one, other, column = rows
    for first, second in ((one, other), (other, one)):
        checked = table(CREDIT | first, CREDIT | second)
        assert checked.records == []
        reason = f"“{column}”：与第%d行是同一条记录，内容却不同，请核对后只留一行"
        assert refused(checked) == {2: reason % 3, 3: reason % 2}


ITEM_CONTRADICTIONS = {
    "two periods": (ITEM, ITEM | {"补交期限": "16"}, "补交期限"),
    "materials in another order": (
        ITEM,
        ITEM | {"主要材料": "M-02:营业执照；M-01:申请表"},
        "主要材料",
    ),
    "another supervisor": (ITEM, ITEM | OTHER_OFFICE, "监管单位、监管单位代码"),
    "another name": (ITEM, ITEM | {"事项名称": "出版物批发经营许可"}, "事项名称"),
}


@pytest.mark.parametrize("rows", ITEM_CONTRADICTIONS.values(), ids=ITEM_CONTRADICTIONS)
def test_an_item_about_which_two_rows_differ_is_refused_in_both(
    rows: tuple[dict[str, str], dict[str, str], str],
) -> None:
    one, other, columns = rows
    told = refused(table(one, other, parse=parse_item))
    assert set(told) == {2, 3}
    assert all(each.startswith(f"“{columns}”：") for each in told.values())


def test_an_item_is_not_both_with_and_without_terms() -> None:
    assert set(refused(table(ITEM, IDENTITY, parse=parse_item))) == {2, 3}


def test_each_of_three_differing_rows_names_the_two_others() -> None:
    days = ({"认定日期": f"2025-03-0{day}"} for day in (5, 6, 7))
    told = refused(table(*(CREDIT | day for day in days)))
    assert [told[row].partition("与第")[2][:3] for row in (2, 3, 4)] == ["3、4", "2、4", "2、3"]


def test_of_a_thousand_differing_rows_a_reason_names_five() -> None:
    rows = (CREDIT | {"文书号": "1号", "撤销原因": f"原因{n}"} for n in range(1000))
    told = refused(table(*rows))
    assert len(told) == 1000
    assert max(map(len, told.values())) < 60


# names -------------------------------------------------------------------------------------------


def renamed(code: str, **cells: str) -> dict[str, str]:
    return ITEM | OTHER_OFFICE | {"事项编码": code} | cells


def test_the_rarer_name_of_one_code_is_refused_wherever_it_stands() -> None:
    rows = [renamed("000131001001"), renamed("000131001002", 监管单位="义马市人社局")]
    rows.append(renamed("000131001003"))
    for order in (rows, rows[::-1], rows[1:] + rows[:1]):
        wrong = 2 + order.index(rows[1])
        right = 2 + min(order.index(rows[0]), order.index(rows[2]))
        told = refused(table(*order, parse=parse_item))
        assert told == {wrong: f"“监管单位”：与第{right}行代码相同，名称不同，请核对"}


def test_of_two_names_that_stand_equally_often_both_are_refused() -> None:
    rows = renamed("000131001001"), renamed("000131001002", 监管单位="义马市人社局")
    assert set(refused(table(*rows, parse=parse_item))) == {2, 3}


def test_one_row_cannot_give_two_names_to_one_code() -> None:
    row = ITEM | {"监管单位": "义马市市场监管局"}
    assert set(refused(table(row, parse=parse_item))) == {2}


def test_two_spellings_of_a_name_are_one_name() -> None:
    rows = renamed("000131001001"), renamed("000131001002", 监管单位="义⻢市人力资源和社会保障局")
    assert refused(table(*rows, parse=parse_item)) == {}


# what does not contradict ------------------------------------------------------------------------


def test_one_document_about_two_subjects_or_of_two_kinds_is_several_records() -> None:
    others = (PERSON, {"记录类型": "虚假承诺", "处罚程序": "", "已修复": "是"}, {"文书号": "2号"})
    checked = table(CREDIT, *(CREDIT | other for other in others))
    assert (len(checked.records), checked.others) == (4, [])


def test_equal_rows_count_once_and_the_official_spelling_of_the_number_is_kept() -> None:
    spelt = ["义示罚决[2025]1号", "义示罚决〔2025〕1号", "义示罚决（2025）01号"]
    for order in (spelt, spelt[::-1]):
        checked = table(*(CREDIT | {"文书号": each} for each in order))
        assert [each.row.entry().document for each in checked.records] == [spelt[1]]
        assert [each.number for each in checked.records] == [2]
        reasons = ("与第2行相同",)
        assert checked.others == [RowOutcome(row, Change.REPEATED, reasons) for row in (3, 4)]


def test_a_report_counts_records_not_rows() -> None:
    outcomes = (Change.NEW, Change.REPEATED, Change.CHANGED, Change.NEW)
    rows = in_order(RowOutcome(row, change) for row, change in enumerate(outcomes, 2))
    assert str(Report(rows)) == "新增2条、更新1条、重复1行"


# laws --------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "主体代码": st.sampled_from(["91411281MA9KXNT179", "91411281MA973UW600"]),
            "文书号": st.sampled_from(["甲〔2026〕1号", "甲[2026]01号", "甲〔2026〕2号"]),
            "认定日期": st.sampled_from(["2025-03-05", "20250305", "2025-03-06"]),
            "撤销原因": st.sampled_from(["", "复议撤销"]),
        }
    ),
    max_size=8,
)


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_rows_changes_neither_records_nor_refusals(
    orders: tuple[list[dict[str, str]], list[dict[str, str]]],
) -> None:
    told = []
    for rows in orders:
        checked = table(*(CREDIT | row for row in rows))
        records = sorted(str(each.row.entry()) for each in checked.records)
        told.append((records, sorted(str(rows[number - 2]) for number in refused(checked))))
    assert told[0] == told[1]


@given(ROWS)
def test_every_row_is_a_record_a_repetition_or_refused(rows: list[dict[str, str]]) -> None:
    checked = table(*(CREDIT | row for row in rows))
    numbers = [each.number for each in checked.records] + [each.row for each in checked.others]
    assert sorted(numbers) == list(range(2, len(rows) + 2))
