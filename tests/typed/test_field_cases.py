"""What people who do this work lost, each with the value that is right.

Every row names its source in public reports; `kind` points to the table of `test_field_kinds.py`.
A right value that is a text is part of the answer; any other is the answer.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest

from domain.values.identifiers import credit_code
from infrastructure.spreadsheets.text_mark import marked
from tests.api.conftest import PAPER
from tests.typed.field import COMPANY, Field, citizen

XIAMEN = "91350203M0001QKT19"
PERSON_AS_UNIT = citizen("41128119600615041")
DAMAGED = "411281198512035000"
"""What a spreadsheet keeps of a citizen's number that ends in 5788."""
REAL_CODES = (
    *("12440600MB2C07549J", "91620105L015101280", "91350100M000100Y43", "91320100748204660Q"),
    *("114112810058000150", "12411281005800023P", "51411281MJ0KXN035E", "92411281MA9KXNT251"),
)
COPIED_CODES = (f"{COMPANY}\u200b", f"\ufeff{COMPANY}", f"\u202d{COMPANY}\u202c", f"'{COMPANY}")
DAYS = (
    *("2026/1/2", "2026-1-2", "2026年1月2日", "２０２６－０１－０２", "20260102", "2026.1.2"),
    *("2026年1月2号", "2026-01-02 00:00:00", "2026/1/2 0:00", "2026-01-02T00:00:00"),
)
BLANK_NAMES = ("\u200b", "\u3164", "\u2800", "\ufeff")
DOTTED = "义马市阿依古丽·热合曼便利店"
FROM_PDF = "义⻢市⼀川⽂化传播有限公司"
IN_NOTE = "现场核查一致，身份证411281199001010014，电话13800138000"
LEAD_INS = ("＝cmd|' /C calc'!A0", "＠SUM(1)", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", "\n=1")


class Case(NamedTuple):
    number: int
    kind: str
    source: str
    what: str
    act: Callable[[Field], Any]
    right: Any


def passed(note: str) -> dict[str, str]:
    return {"outcome": "passed", "note": note}


def granted(title: str) -> dict[str, Any]:
    number = "义市监许〔2026〕3号"
    return {"outcome": "grant", "document": {"number": number, "kind": "other", "title": title}}


def imposed(**dates: str) -> dict[str, Any]:
    issuer = {"code": "114112810058000150", "name": "义马市市场监督管理局"}
    basis = {"kind": "penalty_decision", "number": "义市监罚〔2026〕31号", "issuer": issuer}
    broken = {"status": "3", "unfulfilled_content": "没有专职人员", "breach_consequence": "撤销"}
    facts = {"measures": ["H1"], "severity": "general", "verdict": broken}
    return {"outcome": "impose", "basis": basis | {"digest": PAPER} | dates} | facts


def hidden_first(field: Field) -> str:
    """The first sheet is hidden and old; the second is what a person sees."""
    return field.xlsx({"文书号": "义测罚〔2026〕2号"}, {"文书号": "义测罚〔2026〕3号"}, hidden=True)


CASES = (
    # 统一社会信用代码
    Case(1, "K11", "hutool #4119, #2020", "a working company's code that breaks the check digit",
         lambda f: f.opens("厦门示例商贸有限公司", XIAMEN), "请核对后填写 code_confirmed"),
    Case(1, "K11", "hutool #4119, #2020", "… after an officer compared it with the licence",
         lambda f: f.opens("厦门示例商贸有限公司", XIAMEN,
                           code_confirmed={"by": "w-01", "reason": "营业执照原件"}),
         "厦门示例商贸有限公司"),
    Case(1, "K11", "hutool #4119, #2020", "… in a table, beside good rows",
         lambda f: (f.csv({}, {"主体代码": XIAMEN, "文书号": "2号", "代码核对人": "w-01",
                               "代码核对依据": "营业执照原件"}), f.records())[1],
         ["2号", "义测罚〔2026〕1号"]),
    Case(2, "K2", "generator #2, python-stdnum", "codes that are in use",
         lambda _: [credit_code(each) for each in REAL_CODES], [*REAL_CODES]),
    Case(3, "K2", "hutool #1367", "a citizen's number as the code of a unit",
         lambda f: f.opens("张某某", PERSON_AS_UNIT), "422 这是公民身份号码，请选自然人"),
    Case(3, "K2", "hutool #1367", "… in a table",
         lambda f: (f.csv({"主体代码": PERSON_AS_UNIT}), f.records()),
         ("第2行“主体代码”：这是公民身份号码，请选自然人\n共1处有误，什么也没有导入", [])),
    Case(5, "K2", "python-stdnum #207", "a code whose last digits a spreadsheet has lost",
         lambda f: f.opens("某公司", "914112810058000000"), "422"),
    Case(6, "K2", "opensanctions #5444, #4374", "an old registration number",
         lambda f: f.opens("某公司", "411281000012345"), "18位统一社会信用代码"),
    Case(7, "K3", "string.js #182, nette #304, CsWin32 #608", "a code with what copying adds",
         lambda f: [f.opens("义马市某商贸有限公司", each) for each in COPIED_CODES],
         ["义马市某商贸有限公司"] * len(COPIED_CODES)),
    Case(7, "K4", "string.js #182, nette #304, CsWin32 #608", "… in the search box",
         lambda f: (f.publishes("某公司"), [f.finds(each) for each in COPIED_CODES])[1],
         [["某公司"]] * len(COPIED_CODES)),
    # persons
    Case(10, "K7", "hutool #1233, lancet #149", "born tomorrow, in 2090, in 1850",
         lambda f: [f.opens_for("张某", citizen(f"411281{born}001"))[:3]
                    for born in ("20260929", "20900101", "18500101")], ["409", "409", "422"]),
    Case(12, "K2", "validator threads on 18-digit X", "x, Ｘ; ×, Greek, Cyrillic",
         lambda f: [f.opens_for("张某", f"11010519491231002{x}")[:3] for x in "xＸ×Χх"],
         ["张某", "张某", "422", "422", "422"]),
    Case(13, "K9", "wecqupt #903, #739", "one number under two names",
         lambda f: [f.opens_for(name, citizen("41128119900101002"))
                    for name in ("阿迪力•某某", "阿迪力·某某", "另一人")][2], "409"),
    # tables in
    Case(14, "K1", "easyexcel #2204, #314, myexcel #44", "a number of 18 digits in a number cell",
         lambda f: (f.xlsx({"主体类别": "自然人", "主体代码": float(DAMAGED)}), f.records()),
         ("第2行“主体代码”：", [])),
    Case(16, "K3", "easyexcel #1003, readxl #513", "a hidden first sheet",
         lambda f: (hidden_first(f), f.records())[1], ["义测罚〔2026〕2号", "义测罚〔2026〕3号"]),
    Case(18, "K3", "llm_wiki #738, SheetJS #2349", "a date cell",
         lambda f: (f.xlsx({"认定日期": date(2026, 1, 2)}), f.days())[1], ["2026-01-02"]),
    Case(19, "K3", "myexcel #242", "a serial number in a date column",
         lambda f: f.xlsx({"认定日期": 46024}), "第2行“认定日期”：像是表格软件里日期的序号"),
    Case(20, "K11", "easyexcel #2433, myexcel #242", "the dates that databases and people write",
         lambda f: (f.csv(*({"认定日期": day, "文书号": f"{n}号"}
                            for n, day in enumerate(DAYS, 1))), f.days())[1],
         ["2026-01-02"] * len(DAYS)),
    Case(22, "K3", "objectui #2556, hutool #2061", "GBK and GB18030",
         lambda f: [f.csv({"文书号": f"{name}罚1号"}, encoding=name)[-4:]
                    for name in ("gbk", "gb18030")], ["新增1条"] * 2),
    Case(22, "K3", "myexcel #118", "UTF-16, as Excel's Unicode text",
         lambda f: f.csv({}, encoding="utf-16"), "UTF-16"),
    Case(24, "K3", "easyexcel #360, #2216, #3914", "a blank bordered cell far below",
         lambda f: f.xlsx({}, bordered="A250001"), "已导入：新增1条"),
    Case(25, "K5", "django-import-export #1130, dataease #1399", "否 and 是 for one document",
         lambda f: (f.csv({}, {"义务已履行": "是"}), f.records()),
         ("第3行“义务已履行”：与第2行是同一条记录", [])),
    Case(25, "K5", "django-import-export #1130, dataease #1399", "the same row twice",
         lambda f: f.csv({}, {}), "已导入：新增1条、重复1行"),
    Case(27, "K4", "clreq #537, #6", "〔〕, then [] with the duty fulfilled",
         lambda f: (f.csv({"文书号": "义测罚〔2026〕7号"}),
                    f.csv({"文书号": "义测罚[2026]7号", "义务已履行": "是"}), f.excluded())[2], []),
    Case(28, "K1", "Magicodes.IE #140, Archery #362, #819", "18 digits, 0012 and 1E5 in a CSV",
         lambda _: [marked(each) for each in ("114112810058000150", "0012", "1E5")],
         ["'114112810058000150", "'0012", "'1E5"]),
    Case(29, "K3", "OWASP #1088, #1115", "what a spreadsheet may run, however hidden",
         lambda _: [marked(each)[0] for each in LEAD_INS], ["'"] * len(LEAD_INS)),
    Case(32, "K3", "easyexcel #61, #360", "blank rows between the rows",
         lambda f: f.csv({}, dict.fromkeys(f.header, ""), {"认定日期": "昨天"}), "第4行“认定日期”"),
    # names
    Case(33, "K4", "clreq #512, to-the-stars #137", "another dot between the names, or a space",
         lambda f: (f.publishes(DOTTED),
                    [f.finds(DOTTED.replace("·", dot)) for dot in ("•", "・", "‧", "．", " ")])[1],
         [[DOTTED]] * 5),
    Case(34, "K4", "paper-assistant #22, pdf2docx #152", "radicals copied from a PDF",
         lambda f: (f.publishes(FROM_PDF), [f.finds(each) for each in ("义马市一川", "文化")])[1],
         [[FROM_PDF]] * 2),
    Case(37, "K3", "as 7", "names that print as nothing",
         lambda f: [f.opens(name, COMPANY)[:3] for name in BLANK_NAMES], ["422"] * 4),
    Case(37, "K3", "as 7", "a zero width inside a name",
         lambda f: f.opens("义马市零宽\u200b度测试有限公司", COMPANY), "义马市零宽度测试有限公司"),
    Case(39, "K4", "Z-RareCharacterSolution #16", "rare characters and emoji",
         lambda f: (f.publishes("𠮷䶮㛃🌸便利店"), [f.finds(part) for part in ("𠮷䶮", "🌸")])[1],
         [["𠮷䶮㛃🌸便利店"]] * 2),
    Case(41, "K4", "ansj_seg #501", "half-width brackets",
         lambda f: (f.publishes("义马（集团）有限公司"), f.finds("(集团)"))[1],
         ["义马（集团）有限公司"]),
    Case(42, "K4", "open-webui #29210", "decomposed letters, case, ß",
         lambda f: (f.publishes("Café Åß便利店"), [f.finds(part) for part in ("CAFÉ", "åSS")])[1],
         [["Café Åß便利店"]] * 2),
    # days
    Case(51, "K7", "opencrvs-core #10644, schooldriver #105", "a basis older than the promise",
         lambda f: f.steps("waived", "penalize", imposed(issued_on="2025-11-25",
                                                          served_on=f.today), "decision_officer"),
         "409"),
    Case(51, "K7", "rdrf #2189", "the year 1",
         lambda f: f.steps("waived", "penalize", imposed(issued_on="0001-01-01",
                                                          served_on=f.today), "decision_officer"),
         "422"),
    Case(51, "K7", "opencrvs-core #10644", "put right ten years before the order",
         lambda f: f.steps("rectifying", "rectify", {"outcome": "rectified", "evidence": "照片",
                                                     "done_on": "2016-01-01"}, "inspector"), "409"),
    # templates and texts
    Case(53, "K10", "a city platform's template of 20 fields", "conditions that no letter can hold",
         lambda f: f.lists(conditions=["条" * 1999] * 3), "422"),
    Case(55, "K8", "courtlistener #742, capstone #1567", "a person's number in a note",
         lambda f: f.steps("granted", "inspect", passed(IN_NOTE), "inspector"),
         "422 文字里有公民身份号码"),
    Case(55, "K8", "courtlistener #742, capstone #1567", "a person's number in a title",
         lambda f: f.steps("committed", "decide", granted("准予411281199001010014注销通知书"),
                           "decision_officer"), "422 文字里有公民身份号码"),
)  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number} {case.what}")
def test_a_case_from_the_field_has_its_right_value(field: Field, case: Case) -> None:
    told(case.act(field), case.right)


def told(answer: Any, right: Any) -> None:
    """Compares an answer with the right value, a text by its part."""
    if isinstance(answer, tuple) and isinstance(right, tuple):
        for one, other in zip(answer, right, strict=True):
            told(one, other)
    elif isinstance(right, str):
        assert right in answer
    else:
        assert answer == right
