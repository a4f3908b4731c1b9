"""A grammar of what people type: Chinese names, codes and numbers, in every spelling of practice.

The spellings are written down here independently of the folding, so that they can prove it wrong.
"""

import unicodedata
from typing import NamedTuple

from hypothesis import strategies as st

from domain.values.check_digits import credit_code_check, org_code_check
from domain.values.personal.screen import found_in

WORDS = (
    *(
        "义马市",
        "一川",
        "文化",
        "商贸",
        "有限公司",
        "阿依古丽",
        "热合曼",
        "老户",
        "青清",
        "二〇二六",
    ),
    *(
        "民生",
        "长风",
        "龙马",
        "千秋",
        "便利店",
        "𠮷野",
        "力工口",
        "Café",
        "ABC",
        "x86",
        "360",
        "第3",
    ),
    *(
        "“好客”",
        "（集团）",
        "—",
        "&",
        "Å",
        "ß",
        "石油/化工",
        "贝见",
        "八夕",
        "高黄",
        "·",
        "㈱",
        "№",
    ),
)
SPELLINGS = {
    "·": "•‧・．∙･⋅",
    "（": "([〔【﹙［{",
    "）": ")]〕】﹚］}",
    "〔": "[【（(［﹝{",
    "〕": "]】）)］﹞}",
    "“": "\"‘'「『",
    "”": "\"’'」』",
    "—": "-–－―─",
    "/": "／∕⁄",
    "&": "＆﹠",
    "〇": "○◯",
    "马": "⻢",
    "一": "⼀ー",
    "二": "⼆ニ",
    "文": "⽂",
    "户": "⼾戶戸",
    "民": "⺠",
    "长": "⻓",
    "风": "⻛",
    "龙": "⻰",
    "贝": "⻉",
    "见": "⻅",
    "青": "⻘靑",
    "清": "淸",
    "高": "⾼髙",
    "黄": "⻩黃",
    "力": "⼒カ",
    "工": "⼯エ",
    "口": "⼝ロ",
    "八": "⼋ハ",
    "夕": "⼣タ",
    "A": "ＡaΑА",
    "B": "ＢbΒВ",
    "C": "Ｃc",
    "x": "Ｘ×х",
}
WIDE = {chr(code): chr(code + 0xFEE0) for code in range(ord("!"), ord("~") + 1)}
INVISIBLE = "\u200b\u200c\u200d\u200e\u2060\ufeff\u00ad\u034f\u3164\u2800\u180e\U000e0001"
SPACES = " \u3000\u00a0\u2009\u202f"
CONTROLS = "\x00\x07\x1b\x7f\x85\u2028\ud800\ufffd"
"""Each is refused in every text."""


class Typed(NamedTuple):
    """What a person means, and how it was typed."""

    meant: str
    typed: str


@st.composite
def spelt(draw: st.DrawFn, meant: str) -> Typed:
    """The text in one of its spellings: the same to a reader, other characters to a machine."""
    typed = []
    for character in meant:
        choices = SPELLINGS.get(character, "") + WIDE.get(character, "")
        changed = choices and draw(st.integers(0, 3)) == 0
        typed.append(draw(st.sampled_from(choices)) if changed else character)
        if draw(st.integers(0, 9)) == 0:
            typed.append(draw(st.sampled_from(INVISIBLE)))
    text = "".join(typed)
    if draw(st.booleans()):
        text = unicodedata.normalize(draw(st.sampled_from(("NFD", "NFC"))), text)
    ends = st.text(SPACES + INVISIBLE, max_size=2)
    return Typed(meant, draw(ends) + text + draw(ends))


NAMES = (
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=6)
    .map("".join)
    .filter(lambda name: any(each.isalpha() for each in name))
)


def numbers() -> st.SearchStrategy[str]:
    """Numbers of documents: 义测罚〔2026〕7号."""
    organ = st.sampled_from(("义测罚", "豫税公告", "义市监许", "义示失信认定", "长政文"))
    years = st.integers(2019, 2026)
    return st.builds(lambda o, y, n: f"{o}〔{y}〕{n}号", organ, years, st.integers(1, 999))


def company_code(serial: int) -> str:
    """A valid 统一社会信用代码 of a company in 义马, made from a serial number."""
    organ = f"MA{serial:06d}"
    first17 = f"91411281{organ}{org_code_check(organ)}"
    return first17 + credit_code_check(first17)


COMPANY_CODES = st.integers(0, 999_999).map(company_code)


@st.composite
def typed_names(draw: st.DrawFn) -> Typed:
    return draw(spelt(draw(NAMES)).filter(is_no_number_of_a_person))


@st.composite
def typed_numbers(draw: st.DrawFn) -> Typed:
    return draw(spelt(draw(numbers())).filter(is_no_number_of_a_person))


def is_no_number_of_a_person(text: Typed) -> bool:
    """False for what chance made a number plate or a telephone, e.g. 川x86x86: it is refused."""
    return not found_in(text.typed, homes=True)


@st.composite
def typed_codes(draw: st.DrawFn) -> Typed:
    """A code as it is copied: full-width, in lower case, with invisible characters and a mark."""
    code = draw(COMPANY_CODES)
    typed = "".join(
        draw(st.sampled_from((each, each.lower(), WIDE[each])))
        + draw(st.sampled_from(("", "", "", *INVISIBLE)))
        for each in code
    )
    return Typed(code, draw(st.sampled_from(("", "'", "\u200b'", " "))) + typed)
