"""The text mark: what a spreadsheet would change or run, it sees as text; reading takes it off."""

import re
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.values.characters import PARAGRAPHS
from infrastructure.spreadsheets.reader import read_rows
from infrastructure.spreadsheets.text_mark import marked, unmarked
from infrastructure.spreadsheets.writers import Format, writer

LEAD_INS = (*"=+-@|%\t\r\n＝＋－＠﹦﹢﹣﹫⁼₌₊₋−–—‐", "=cmd|' /C calc'!A0", "@SUM(1)", "+CMD")
"""Beginnings that a spreadsheet runs or may run, narrow and wide, and signs that look like them."""
HIDDEN_BY = (
    "", " ", "\u00a0", "\u3000", "\u2002", "\u2009", "\u202f", "\u200b", "\u200c", "\u200d",
    "\u200e", "\u2060", "\ufeff", "\u00ad", "\u061c", "\u180e", "\u115f", "\u3164", "\uffa0",
    "\u2800", "\ufe0f", "\U000e0100", "\U000e0020", "\u034f", "\u202e", "\u2066", "\u0301",
    "\u037a", "\ufe70", "\t", "\r", "\n", "\r\n", "\v", "\f", "\x00", "\x1b", "\x85", "\u2028",
    '"', "“", "'", "‘", " \u200b\u3000", "\ufeff\u00a0",
)  # fmt: skip
"""What may stand before the beginning and is not seen, or is taken off, by a spreadsheet."""
CHANGED = (
    "411281199001010014", "41128120261122000001", "0012", "1E5", "1e-7", "1-2", "3/4", "12:30",
    "50%", "1,234", "￥5", "$5", "(5)", ".5", "5.", "１２３", "٣", "①", "½", "Ⅷ", "一月", "三千",
    "2026年1月2日", "上午9:00", "MAR1", "Jan 5", "May 5", "5 May",
    "TRUE", "False", "ＴＲＵＥ", " true",
   "#N/A", "民国115年",
)  # fmt: skip
"""Texts of which a spreadsheet makes numbers, dates, times, truth values or errors."""
BARE = (
    "义马市", "义马市市场监督管理局", "统一社会信用代码", "阿依古丽·热合曼", "行政处罚", "zhao",
    "case/opened", "甲=乙", "a-b", "上午", "第一行\n第二行", "ʻ", "مرحبا",
)  # fmt: skip
"""Texts that every spreadsheet leaves as they are, so that people read them without a mark."""


def what_excel_keeps(text: str) -> str:
    """Returns a cell of a CSV file as Excel saves it after opening: a model of its damage."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[-+]?\d+", plain):
        sign, digits = ("-" if plain[0] == "-" else ""), plain.lstrip("+-")
        return sign + (digits[:15] + "0" * (len(digits) - 15)).lstrip("0")
    if re.fullmatch(r"[-+]?[\d.,]+(E[-+]?\d+)?%?", plain, re.I):
        return f"number {plain}"
    if re.fullmatch(r"\d+[-/年.]\d+([-/月.]\d+日?)?|\d+:\d+|[A-Za-z]{3,9}[- ]?\d+", plain):
        return f"date {plain}"
    if plain.upper() in ("TRUE", "FALSE"):
        return plain.upper()
    return f"result of {plain}" if plain[:1] in tuple("=+-@") else text


def first_seen(text: str) -> str:
    """Returns the first character that is neither space nor mark nor control nor invisible."""
    for character in unicodedata.normalize("NFKC", text):
        if (
            unicodedata.category(character)[0] not in "ZCM"
            and character not in "\u115f\u1160\u2800"
        ):
            return character
    return ""


# what carries a mark -----------------------------------------------------------------------------


@pytest.mark.parametrize("hidden_by", HIDDEN_BY, ids=ascii)
def test_every_lead_in_behind_anything_invisible_carries_a_mark(hidden_by: str):
    for lead_in in LEAD_INS:
        for text in (hidden_by + lead_in, hidden_by + lead_in + "1+1", lead_in + hidden_by + "A1"):
            assert marked(text) == f"'{text}"
            assert unmarked(marked(text)) == text


@pytest.mark.parametrize("text", CHANGED)
def test_a_text_that_would_become_a_value_carries_a_mark(text: str):
    assert marked(text) == f"'{text}"


@pytest.mark.parametrize("text", ["'", "''", "'quoted", "'0012", " 'x", "＇x", "'=1+1"])
def test_a_text_that_begins_with_an_apostrophe_keeps_it(text: str):
    assert marked(text) == f"'{text}"
    assert unmarked(marked(text)) == text


@pytest.mark.parametrize("text", ["", *BARE])
def test_an_ordinary_text_carries_no_mark(text: str):
    assert marked(text) == text
    assert unmarked(text) == text


# the laws ----------------------------------------------------------------------------------------

CODES = st.from_regex(
    r"[0-9]{1,20}|[0-9A-HJ-NP-RT-Y]{18}|[0-9]{1,3}[-/.:][0-9]{1,3}", fullmatch=True
)
PARTS = st.sampled_from((*LEAD_INS, *HIDDEN_BY, *CHANGED, *BARE))
TEXTS = st.one_of(st.text(), CODES, st.lists(PARTS, max_size=4).map("".join))


def test_the_model_of_excel_damages_bare_texts():
    damaged = [text for text in (*CHANGED, *LEAD_INS) if what_excel_keeps(text) != text]
    assert what_excel_keeps("411281199001010014") == "411281199001010000"
    assert what_excel_keeps("0012") == "12"
    assert len(damaged) >= 20


@given(TEXTS)
def test_excel_changes_nothing_of_what_is_written(text: str):
    assert what_excel_keeps(marked(text)) == marked(text)


@given(TEXTS)
def test_what_a_spreadsheet_sees_first_is_never_a_lead_in(text: str):
    seen = first_seen(marked(text))
    assert seen in ("'", "") or seen.isalpha()


@given(TEXTS)
def test_reading_takes_off_what_writing_put_on(text: str):
    assert unmarked(marked(text)) == text


@settings(deadline=None, max_examples=8)  # every reading of a file is expensive
@given(st.lists(TEXTS, min_size=1, max_size=150))
def test_any_text_that_can_be_stored_is_read_back_from_a_csv_file(texts: list[str]):
    stored = [text for text in map(storable, texts) if text]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trail.csv"
        with writer(path, Format.CSV, ("文字", "末列"), lambda row: [row["text"], "末"]) as write:
            for text in stored:
                write({"text": text})
        again = [cells["文字"] for _, cells in read_rows(path)]
    assert [PARAGRAPHS.of(text) for text in again] == stored


def storable(text: str) -> str:
    """Returns a text as it is stored; the empty text if it is refused."""
    try:
        return PARAGRAPHS.of(text.replace("\r\n", "\n").replace("\r", "\n"))
    except ValueError:
        return ""
