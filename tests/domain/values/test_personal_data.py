"""Personal data in texts: which spellings are found, and what is not mistaken for it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo.population import SAMPLES
from domain.values.identifiers import citizen_id_check, credit_code_check, org_code_check
from domain.values.personal.screen import (
    MASK,
    PersonalData,
    found_in,
    masked,
    without_personal_data,
)
from tests.typed.spellings import (
    AROUND,
    CARD,
    CITIZEN,
    HARMLESS,
    HOMES,
    MOBILE,
    NUMBERED,
    SPELLINGS,
)

EVERY = [(kind, each) for kind, spellings in SPELLINGS.items() for each in spellings]


def kinds(text: str, **options: bool) -> set[str]:
    return {each.kind.value for each in found_in(text, **options)}


def test_there_are_spellings_of_every_kind_and_more_than_fifty():
    assert set(SPELLINGS) == {kind.value for kind in PersonalData} - {"home"}
    assert len(EVERY) >= 140


@pytest.mark.parametrize(("kind", "spelling"), EVERY)
def test_every_spelling_is_found_whatever_stands_around_it(kind, spelling):
    for around in AROUND:
        assert kind in kinds(around.format(spelling)), around
    if not set(spelling) & set("①❶"):
        assert kind in kinds(NUMBERED.format(spelling))


@pytest.mark.parametrize(("kind", "spelling"), EVERY)
def test_a_refusal_names_the_kind_and_repeats_nothing(kind, spelling):
    with pytest.raises(ValueError) as refusal:
        without_personal_data(f"请联系{spelling}")
    assert PersonalData(kind).label in str(refusal.value)
    assert "请删去后再提交" in str(refusal.value)
    assert not set(spelling) & set("0123456789") & set(str(refusal.value))


@pytest.mark.parametrize(("kind", "spelling"), EVERY)
def test_a_masked_text_holds_nothing_of_it(kind, spelling):
    shown = masked(f"前文：{spelling}；后文")
    assert shown.startswith("前文：") and shown.endswith("；后文") and MASK in shown
    assert found_in(shown) == []


@pytest.mark.parametrize(
    "number",
    ["H12345678", "m1234567800", "Ｈ１２３４５６７８", "USA110199001010", "usa 110199001010"],
)
def test_a_number_of_a_document_that_says_what_it_is_needs_no_word_before_it(number):
    for text in (number, f"申请人（{number}）", f"持{number}办理", f"1.{number}，"):
        assert kinds(text) == {"document"}, text
    assert masked(f"持{number}办理") == f"持{MASK}办理"


@pytest.mark.parametrize("text", HARMLESS)
def test_codes_numbers_of_documents_dates_and_names_pass(text):
    assert found_in(text, homes=True) == []
    assert masked(text) == text == without_personal_data(text, homes=True)


@pytest.mark.parametrize("address", HOMES)
def test_the_address_of_a_person_is_found_where_the_public_reads(address):
    assert kinds(address, homes=True) == {"home"}
    assert kinds(address) == set()


def test_several_kinds_are_named_once_each_in_the_order_of_the_text():
    text = f"电话{MOBILE}，身份证{CITIZEN}，另一电话{MOBILE}"
    with pytest.raises(ValueError, match="文字里有手机号码、公民身份号码，请删去"):
        without_personal_data(text)
    assert masked(text) == f"电话{MASK}，身份证{MASK}，另一电话{MASK}"


def test_the_place_of_a_finding_is_counted_in_the_text_as_it_was_typed():
    text = f"前\u200b⑴{MOBILE[:3]}\u200b{MOBILE[3:]}后"
    (found,) = found_in(text)
    assert text[found.start : found.end] == f"{MOBILE[:3]}\u200b{MOBILE[3:]}"


def test_two_kinds_in_one_place_are_masked_once():
    assert masked(f"{MOBILE}@qq.com") == MASK
    assert masked(f"微信号：zhang_san88、QQ：{CARD}") == f"微信号：{MASK}、QQ：{MASK}"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**8 - 1), st.sampled_from(["91411281", "11411281", "52411281", "93411281"]))
def test_a_credit_code_of_digits_alone_is_no_card_and_no_citizen_number(serial, registry):
    organisation = f"{serial:08}"
    check = org_code_check(organisation)
    first17 = f"{registry}{organisation}{check}"
    if check.isdecimal():
        code = first17 + credit_code_check(first17)
        assert kinds(f"代码{code}") == set()


@settings(max_examples=300, deadline=None)
@given(st.dates(), st.integers(0, 999), st.sampled_from(["110105", "411281", "650102", "810000"]))
def test_any_citizen_number_with_its_check_digit_is_found(born, serial, region):
    first17 = f"{region}{born.year:04}{born:%m%d}{serial:03}"
    number = first17 + citizen_id_check(first17)
    expected = {"citizen_number"} if 1880 <= born.year < 2100 else set()
    assert kinds(f"（{number}）") >= expected
    assert kinds(f"{number[:6]}-{number[6:14]}-{number[14:]}") >= expected


@settings(max_examples=300, deadline=None)
@given(st.uuids(), st.binary(min_size=32, max_size=32))
def test_a_digest_and_the_id_of_a_record_are_no_personal_data(id, content):
    assert found_in(f"{id} {content.hex()}") == []


@settings(max_examples=300, deadline=None)
@given(st.dates(), st.integers(1, 999_999))
def test_a_commitment_code_is_no_personal_data(day, serial):
    assert found_in(f"承诺编码411281{day.year:04}{day:%m%d}{serial:06}") == []


def test_the_shipped_catalogue_holds_no_personal_data():
    for line in (SAMPLES / "catalogue.csv").read_text("utf-8-sig").splitlines():
        assert found_in(line, homes=True) == [], line
