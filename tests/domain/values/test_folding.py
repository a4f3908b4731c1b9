"""The table of classes of characters, and the one folding: what looks the same compares equal."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.characters import CLASSES, CODE, INVISIBLE, LINE, PARAGRAPHS, Fate
from domain.values.folding import fold, number_key, tidy

ANY_TEXT = st.text(st.characters(), max_size=30)
EVERY = [chr(code) for code in range(sys.maxunicode + 1)]


def test_no_character_is_in_two_classes() -> None:
    members = [code for each in CLASSES for code in each.members]
    assert len(members) == len(set(members))


def test_every_format_character_and_control_of_unicode_has_a_class() -> None:
    classed = frozenset().union(*(each.members for each in CLASSES))
    named = {
        ord(c) for c in EVERY if unicodedata.category(c) in ("Cf", "Cc", "Cs", "Zl", "Zp", "Zs")
    }
    assert named - classed == set()


def test_no_letter_or_digit_that_prints_has_a_class() -> None:
    blank = {0x115F, 0x1160, 0x3164, 0xFFA0}  # letters by category, blank in print
    classed = frozenset().union(*(each.members for each in CLASSES)) - blank
    assert [c for c in EVERY if c.isalnum() and ord(c) in classed] == []


@pytest.mark.parametrize("reading", [LINE, PARAGRAPHS, CODE])
@pytest.mark.parametrize("invisible", sorted(INVISIBLE - set(range(0xE0000, 0xE0FFF)))[::7])
def test_a_text_that_prints_as_nothing_is_empty_or_refused(reading: object, invisible: int) -> None:
    try:
        assert reading.of(f" {chr(invisible)}\u3000{chr(invisible)}") == ""  # type: ignore[attr-defined]
    except ValueError:
        assert Fate.REFUSE in {each.in_a_line for each in CLASSES if invisible in each.members}


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x7f", "\u2028", "\ud800", "\ufffd", "\ufdd0"]
)
def test_controls_and_marks_of_lost_text_are_refused_everywhere(character: str) -> None:
    for reading in (LINE, PARAGRAPHS, CODE):
        with pytest.raises(ValueError, match="不可见"):
            reading.of(f"义马{character}市")


def test_characters_newer_than_this_unicode_and_private_ones_are_kept() -> None:
    for character in (chr(0x31350), chr(0x2EBF0), "\ue123", "𠮷", "𬺓"):
        assert LINE.of(f"{character}记") == f"{character}记"


SAME_NAME = """
义马市一川文化传播有限公司  义⻢市⼀川⽂化传播有限公司
阿依古丽·热合曼  阿依古丽•热合曼
阿依古丽·热合曼  阿依古丽・热合曼
阿依古丽·热合曼  阿依古丽‧热合曼
阿依古丽·热合曼  阿依古丽．热合曼
阿依古丽·热合曼  阿依古丽∙热合曼
阿依古丽·热合曼  阿依古丽 热合曼
阿依古丽·热合曼  阿依古丽･热合曼
阿依古丽·热合曼  阿依古丽.热合曼
义马（集团）公司  义马(集团)公司
义马（集团）公司  义马﹙集团﹚公司
义马㈱  义马(株)
ABC商贸  ａｂｃ商贸
ABC商贸  АВС商贸
三门峡长风店  三⻔峡⻓⻛店
老户人家  老戶人家
义马—渑池  义马-渑池
义马－渑池  义马–渑池
“好客”酒家  ‘好客’酒家
“好客”酒家  「好客」酒家
义马一店  义马ー店
工口力  エロカ
第２９店  第29店
第٢٩店  第29店
五○二厂  五〇二厂
零宽度  零\u200b宽\ufeff度
反向店  反\u202e向店
异体\U000e0100店  异体店
3×3篮球  3x3篮球
""".strip().splitlines()


@pytest.mark.parametrize("pair", SAME_NAME)
def test_what_looks_the_same_folds_to_the_same(pair: str) -> None:
    one, other = pair.split("  ")
    assert fold(one) == fold(other)


DIFFERENT = """
义马一店  义马二店
1.5公里  15公里
日化  曰化
己巳  已巳
马市  义马市
A1店  A2店
""".strip().splitlines()


@pytest.mark.parametrize("pair", DIFFERENT)
def test_what_differs_in_print_stays_different(pair: str) -> None:
    one, other = pair.split("  ")
    assert fold(one) != fold(other)


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert number_key(fold(text)) == number_key(text)


@given(ANY_TEXT)
def test_reading_twice_changes_nothing_more(text: str) -> None:
    for reading in (LINE, PARAGRAPHS, CODE):
        try:
            once = reading.of(text)
        except ValueError:
            continue
        assert reading.of(once) == once
        assert fold(once) == fold(text) or once == ""


SAME_NUMBER = """
义测罚〔2026〕7号
义测罚[2026]7号
义测罚【2026】7号
义测罚（2026）7号
义测罚(2026)7号
义测罚［２０２６］７号
义测罚﹝2026﹞7号
义测罚〔2026〕07号
义测罚〔2026〕第7号
义测罚〔2026〕第007号
义测罚 〔2026〕 7 号
义测罚〔2026〕7
义测罚\u200b〔2026〕7号
义测罚❲2026❳7号
义测罚{2026}7号
""".strip().splitlines()


@pytest.mark.parametrize("number", SAME_NUMBER)
def test_a_document_number_compares_equal_in_every_spelling(number: str) -> None:
    assert number_key(number) == number_key("义测罚〔2026〕7号")


@pytest.mark.parametrize(
    "number", ["义测罚〔2026〕70号", "义测罚〔2025〕7号", "义测罚〔2026〕17号", "义测许〔2026〕7号"]
)
def test_other_document_numbers_stay_others(number: str) -> None:
    assert number_key(number) != number_key("义测罚〔2026〕7号")


@pytest.mark.parametrize(
    "typed",
    [
        "91411281ma9kxnt179", "９１４１１２８１ＭＡ９ＫＸＮＴ１７９", "91411281MA9KXNT179\u200b",
        "\ufeff91411281MA9KXNT179", "\u202d91411281MA9KXNT179\u202c", "'91411281MA9KXNT179",
        "＇91411281MA9KXNT179", " 91411281MA9KXNT179\u3000", "\u00a091411281MA9KXNT179\t",
        "91411281\u00adMA9KXNT179", "\u200b'91411281MA9KXNT179",
    ],
)  # fmt: skip
def test_a_code_is_tidied_of_what_copying_and_spreadsheets_add(typed: str) -> None:
    assert tidy(typed) == "91411281MA9KXNT179"


def test_tidying_changes_the_case_of_latin_letters_only() -> None:
    assert tidy("ı") == "ı"
    assert tidy("ſx") == "ſX"
