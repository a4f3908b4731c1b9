"""Further cases of each kind of fault, with where each could have lived.

| kind | the fault |
|---|---|
| K1 | a number cell is believed |
| K2 | a check digit is taken for a proof of kind |
| K3 | what is read is not what is seen |
| K4 | one text, several foldings |
| K5 | a table may contradict itself |
| K6 | a computed date that may still move does not say so |
| K7 | a date has one bound only, or none |
| K8 | free text goes public unread |
| K9 | the first write wins |
| K10 | a limit is met after the point of no return |
| K11 | a rule is stricter than the world, with no way round |
"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, NamedTuple

import pytest

from domain.values.workdays import Party
from infrastructure.calendar.loader import load_calendar
from tests.typed.field import COMPANY, Field, citizen
from tests.typed.test_field_cases import XIAMEN, imposed, told

NONE: list[str] = []
CITIZEN = citizen("41128119900101002")


class Sibling(NamedTuple):
    kind: str
    where: str
    act: Callable[[Field], Any]
    right: Any


def reads(**cells: Any) -> Callable[[Field], Any]:
    """Imports a workbook with these cells; returns what is said and what is on record."""
    return lambda f: (f.xlsx(cells), f.records())


def writes(**cells: str) -> Callable[[Field], Any]:
    """Imports a CSV table with these cells."""
    return lambda f: (f.csv(cells), f.records())


def renamed(field: Field, *names: str) -> list[str]:
    return [field.opens(name, COMPANY)[:3] for name in names]


def noted(text: str) -> Callable[[Field], Any]:
    return lambda f: f.steps("granted", "inspect", {"outcome": "passed", "note": text}, "inspector")


def provisional(day: date) -> bool:
    return load_calendar().add(day, 20, Party.APPLICANT).provisional


OVER = {"conditions": ["条" * 1400] * 3}
SIBLINGS = (
    # K1
    Sibling("K1", "a code of a unit in scientific notation", reads(主体代码=9.14112810058e17), ("第2行", NONE)),
    Sibling("K1", "… as a spreadsheet writes it into CSV", writes(主体代码="9.14113E+17"), ("第2行", NONE)),
    Sibling("K1", "a label as a number", reads(记录类型=1), ("第2行“记录类型”", NONE)),
    Sibling("K1", "yes as a truth value of the spreadsheet", writes(义务已履行="TRUE"), ("第2行“义务已履行”", NONE)),
    Sibling("K1", "a document number that became a day", reads(文书号=date(2026, 1, 2)), ("第2行“文书号”", NONE)),
    Sibling("K1", "a person's number with the whole double", reads(主体类别="自然人", 主体代码=411281198512035008.0), ("第2行", NONE)),
    # K2
    Sibling("K2", "a citizen's number for a department of the catalogue",
            lambda f: f.opens("某局", citizen("41010519491231002")), "422 这是公民身份号码"),
    Sibling("K2", "the code of a unit as a person's number", lambda f: f.opens_for("张某", COMPANY), "422 这是统一社会信用代码"),
    Sibling("K2", "a residence permit (81) as a unit", lambda f: f.opens("某", citizen("81000019900101001")), "422 这是公民身份号码"),
    Sibling("K2", "a code that no register issues", lambda f: f.opens("某", "00" + COMPANY[2:]), "422"),
    Sibling("K2", "an old citizen's number of 15 digits", lambda f: f.opens("某", "411281900101001"), "422"),
    # K3
    Sibling("K3", "an invisible character in a label", writes(记录类型="行政处罚\u200b"), ("已导入：新增1条", ["义测罚〔2026〕1号"])),
    Sibling("K3", "… in a yes", writes(义务已履行="\ufeff否"), ("已导入：新增1条", ["义测罚〔2026〕1号"])),
    Sibling("K3", "… in a document number", writes(文书号="义测罚〔2026〕1\u200d号"), ("已导入", ["义测罚〔2026〕1号"])),
    Sibling("K3", "a cell that holds only spaces", writes(文书号=" \u3000\u00a0"), ("第2行“文书号”：不能为空", NONE)),
    Sibling("K3", "a name that hides its end behind a direction mark", lambda f: f.opens("公司\u202e司公", COMPANY), "422"),
    Sibling("K3", "a column that nobody reads", lambda f: f.csv({"备注": "重要"}), "没有使用这些列：备注"),
    # K4
    Sibling("K4", "leading zeros of a document number", lambda f: (f.csv({}), f.csv({"文书号": "义测罚〔2026〕001号"}))[1], "已导入：未变1条"),
    Sibling("K4", "第 before the number", lambda f: (f.csv({}), f.csv({"文书号": "义测罚【2026】第1号"}))[1], "已导入：未变1条"),
    Sibling("K4", "full-width letters of a name", lambda f: (f.publishes("义马ABC店"), f.finds("ＡＢＣ"))[1], ["义马ABC店"]),
    Sibling("K4", "letters of another alphabet", lambda f: (f.publishes("义马ABC店"), f.finds("АВС"))[1], ["义马ABC店"]),
    Sibling("K4", "quotes of another kind", lambda f: (f.publishes("“好客”酒家"), f.finds("「好客」"))[1], ["“好客”酒家"]),
    Sibling("K4", "a code in groups", lambda f: (f.publishes("某公司"), f.finds("9141 1281 MA9K XNT1 79"))[1], ["某公司"]),
    # K5
    Sibling("K5", "two days for one document", lambda f: f.csv({}, {"认定日期": "2026-01-03"}), "第3行“认定日期”"),
    Sibling("K5", "… in another spelling of the number", lambda f: f.csv({}, {"文书号": "义测罚[2026]1号", "已修复": "是"}), "第3行“已修复”"),
    Sibling("K5", "… in another spelling of the code", lambda f: f.csv({}, {"主体代码": COMPANY.lower(), "已修复": "是"}), "第3行“已修复”"),
    Sibling("K5", "withdrawn and standing in one table", lambda f: f.csv({}, {"撤销原因": "复议"}), "第3行“撤销原因”"),
    Sibling("K5", "withdrawn, but never on record", writes(撤销原因="复议"), ("第2行“文书号”：登记册里没有这条记录", NONE)),
    Sibling("K5", "a record that is gone from the next table",
            lambda f: (f.csv({}), f.csv({"撤销原因": "行政复议撤销"}), f.excluded())[2], NONE),
    # K6
    Sibling("K6", "a period that ends in the next year", lambda _: provisional(date(2026, 12, 20)), True),
    Sibling("K6", "a period that begins in the next year", lambda _: provisional(date(2027, 1, 4)), True),
    Sibling("K6", "a period over the Spring Festival of the next year", lambda _: provisional(date(2027, 2, 1)), True),
    Sibling("K6", "a period far ahead", lambda _: provisional(date(2030, 6, 1)), True),
    Sibling("K6", "a period within an arranged year is final", lambda _: provisional(date(2026, 6, 1)), False),
    # K7
    Sibling("K7", "served before it was issued", lambda f: f.steps("waived", "penalize", imposed(issued_on=f.today, served_on="2026-01-05"), "decision_officer"), "409"),
    Sibling("K7", "issued tomorrow", lambda f: f.steps("waived", "penalize", imposed(issued_on="2027-01-01", served_on="2027-01-01"), "decision_officer"), "409"),
    Sibling("K7", "put right in the future", lambda f: f.steps("rectifying", "rectify", {"outcome": "rectified", "evidence": "照片", "done_on": "2027-06-01"}, "inspector"), "409"),
    Sibling("K7", "a day as a number of seconds", lambda f: f.steps("rectifying", "rectify", {"outcome": "rectified", "evidence": "照片", "done_on": 1790000000}, "inspector"), "422"),
    Sibling("K7", "a decision of the next century in a table", writes(认定日期="2925-03-05"), ("第2行“认定日期”", NONE)),
    Sibling("K7", "born 1191", lambda f: f.opens_for("张某", citizen("41128111910101001")), "422"),
    # K8
    Sibling("K8", "a mobile number in full-width digits", noted("联系１３８００１３８０００"), "422 文字里有手机号码"),
    Sibling("K8", "an e-mail address", noted("发到 wang@example.com"), "422"),
    Sibling("K8", "a plate", noted("车牌豫A·12345"), "422"),
    Sibling("K8", "a number in the name of a unit", lambda f: f.opens("义马市王某411281199001010014商行", COMPANY), "422"),
    Sibling("K8", "a bank card in groups", noted("卡号6222 0212 3456 7890 128"), "422"),
    Sibling("K8", "a unit's own code is none of them", noted(f"经核对，{COMPANY}与执照一致"), "fulfilled"),
    # K9
    Sibling("K9", "another name for the code of a unit", lambda f: renamed(f, "甲公司", "乙公司"), ["甲公司", "409"]),
    Sibling("K9", "… but the same name in another spelling", lambda f: renamed(f, "甲·公司", "甲•公司"), ["甲·公", "甲•公"]),
    Sibling("K9", "another name for a person's number", lambda f: [f.opens_for(each, CITIZEN)[:3] for each in ("张三", "张三丰")], ["张三", "409"]),
    Sibling("K9", "an older table brings a withdrawn record back", lambda f: (f.csv({}), f.csv({"撤销原因": "复议"}), f.csv({}))[2], "这条记录已经撤销"),
    Sibling("K9", "two records of one document in one table", lambda f: f.csv({"已修复": "是"}, {}), "第3行“已修复”"),
    # K10
    Sibling("K10", "three conditions that no letter can hold", lambda f: f.lists(**OVER), "422"),
    Sibling("K10", "consequences that no record can hold", lambda f: f.lists(consequences=["果" * 1999] * 3), "422"),
    Sibling("K10", "forty conditions of a hundred characters", lambda f: f.lists(conditions=[f"{n:02}" + "条" * 110 for n in range(40)]), "422"),
    Sibling("K10", "what a letter just holds", lambda f: f.lists(conditions=["条" * 1200] * 3), "已列入"),
    Sibling("K10", "a name that grows threefold when it is folded", lambda f: (f.publishes("㈱" * 200), len(f.finds("株)")))[1], 1),
    # K11
    Sibling("K11", "a confirmed code that is a citizen's number", lambda f: f.opens("某", CITIZEN, code_confirmed={"by": "w-01", "reason": "执照"}), "422 这是公民身份号码"),
    Sibling("K11", "a date cell at midnight", reads(认定日期=datetime.combine(date(2026, 1, 2), time())), ("已导入：新增1条", ["义测罚〔2026〕1号"])),
    Sibling("K11", "a compact date", writes(认定日期="20260102"), ("已导入：新增1条", ["义测罚〔2026〕1号"])),
    Sibling("K11", "a code in lower case", writes(主体代码=COMPANY.lower()), ("已导入：新增1条", ["义测罚〔2026〕1号"])),
    Sibling("K11", "a code without a confirmation is told the way on", lambda f: f.opens("某", XIAMEN), "code_confirmed"),
)  # fmt: skip


def test_each_kind_has_at_least_five_further_cases() -> None:
    kinds = [each.kind for each in SIBLINGS]
    assert all(kinds.count(f"K{number}") >= 5 for number in range(1, 12))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", SIBLINGS, ids=lambda case: f"{case.kind} {case.where}")
def test_a_further_case_of_the_kind_has_its_right_value(field: Field, case: Sibling) -> None:
    told(case.act(field), case.right)
