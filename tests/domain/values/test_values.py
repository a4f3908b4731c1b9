"""Identifiers and value objects: examples, laws of the check digits, `stdnum` as an oracle."""

import re
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import AfterValidator, TypeAdapter, ValidationError
from stdnum.cn import ric, uscc

from domain.values import identifiers, texts
from domain.values import parties as values
from domain.values.check_digits import citizen_id_check, credit_code_check, org_code_check
from domain.values.identifiers import (
    YIMA,
    citizen_id,
    commitment_code,
    commitment_parts,
    credit_code,
)
from domain.values.parties import Actor, Department, Organisation, Person, Subject, SubjectCategory

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODES = [
    "91411281MA9KXNT179",
    "92411281MA9KXNT251",  # 个体工商户
    "114112810058000150",  # 机关
    "12411281005800023P",  # 事业单位
    "51411281MJ0KXN035E",  # 社会团体
    "91350100M000100Y43",  # published example
    "91320100748204660Q",  # published example
]
PROVINCES = ["11", "12", "21", "31", "35", "37", "41", "46", "50", "54", "61", "65", "71", "81"]
CITIZEN_IDS = ["411281199001010014", "411281198503150020", "11010519491231002X"]
COMMITMENT = "41128120261122000001"
KINDS = vars(identifiers) | vars(values) | vars(texts)
KINDS["CitizenId"] = Annotated[str, AfterValidator(identifiers.citizen_id)]
YIMA_OFFICE = {"code": "114112810058000150", "name": "义马市某局"}


def read(kind: str, text: str) -> str:
    """The normalized text that a field of this type stores."""
    value: str = TypeAdapter[Any](KINDS[kind]).validate_python(text)
    return value


def reason(kind: str, text: str) -> str:
    """The error with which a field of this type refuses the text."""
    with pytest.raises(ValidationError) as refusal:
        read(kind, text)
    return str(refusal.value.errors()[0]["ctx"]["error"])


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(["11", "12", "51", "52", "53", "91", "92", "93"]))
    region = draw(st.sampled_from(PROVINCES)) + draw(st.text("0123456789", min_size=4, max_size=4))
    organisation = draw(st.text(ALPHABET, min_size=8, max_size=8))
    body = prefix + region + organisation + org_code_check(organisation)
    return body + credit_code_check(body)


@st.composite
def citizen_ids(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1989, 1, 1), date(2026, 12, 31)))  # the oracle has 411281 from 1989
    body = f"{YIMA}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + citizen_id_check(body)


# --- 统一社会信用代码 ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_every_worked_credit_code_is_accepted(code: str):
    assert read("CreditCode", code) == code
    assert credit_code_check(code[:17]) == code[17]
    assert uscc.is_valid(code)


def test_the_organisation_code_inside_has_its_own_check_character():
    assert org_code_check("MA9KXNT1") == "7"


def test_a_wrong_organisation_code_is_caught_even_when_the_last_character_fits():
    body = "91411281MA9KXNT18"
    assert reason("CreditCode", body + credit_code_check(body)) == (
        "统一社会信用代码中的主体标识码校验不符"
    )


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_every_single_substitution_in_a_worked_credit_code_is_caught(code: str):
    for place, character in enumerate(code):
        for other in set(ALPHABET) - {character}:
            assert is_refused(code[:place] + other + code[place + 1 :])


@given(credit_codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_single_substitution_in_any_credit_code_is_caught(code: str, place: int, other: str):
    assume(other != code[place])
    assert is_refused(code[:place] + other + code[place + 1 :])


@given(credit_codes())
def test_every_swap_of_neighbours_in_any_credit_code_is_caught(code: str):
    for i in range(17):
        if code[i] != code[i + 1]:
            assert is_refused(code[:i] + code[i + 1] + code[i] + code[i + 2 :])


@given(credit_codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_the_last_check_character_alone_catches_a_substitution(code: str, place: int, other: str):
    assume(other != code[place])
    wrong = code[:place] + other + code[place + 1 :]
    assert credit_code_check(wrong[:17]) != wrong[17]


@given(credit_codes(), st.sampled_from(ALPHABET))
def test_the_oracle_agrees_about_credit_codes(code: str, last: str):
    assert credit_code(code) == uscc.validate(code)
    assert is_refused(code[:17] + last) is not uscc.is_valid(code[:17] + last)


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_not_used_in_credit_codes(letter: str):
    assert "不用I、O、S、V、Z" in reason("CreditCode", f"91411281{letter}A9KXNT179")


def is_refused(code: str) -> bool:
    try:
        credit_code(code)
    except ValueError:
        return True
    return False


# --- 公民身份号码 ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", CITIZEN_IDS)
def test_every_worked_citizen_id_is_accepted(number: str):
    assert read("CitizenId", number) == number
    assert citizen_id_check(number[:17]) == number[17]
    assert ric.calc_check_digit(number) == number[17]


@given(citizen_ids(), st.sampled_from("0123456789X"))
def test_the_oracle_agrees_about_citizen_ids(number: str, last: str):
    assert citizen_id(number) == ric.validate(number)
    if last != number[17]:
        assert not ric.is_valid(number[:17] + last)
        assert reason("CitizenId", number[:17] + last).startswith("公民身份号码校验不符")


@given(citizen_ids())
def test_every_swap_of_neighbours_in_a_citizen_id_is_caught(number: str):
    for i in range(16):
        if number[i] != number[i + 1]:
            reason("CitizenId", number[:i] + number[i + 1] + number[i] + number[i + 2 :])


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_are_citizen_ids(region: str):
    body = f"{region}19900101001"
    assert read("CitizenId", body + citizen_id_check(body)).startswith(region)


def test_a_citizen_id_of_fifteen_digits_is_refused():
    assert reason("CitizenId", "411281900101001") == (
        "这是旧的15位公民身份号码，自然人请填18位公民身份号码"
    )


@pytest.mark.parametrize("born", ["19900229", "19901301", "00000101", "19900100"])
def test_a_citizen_id_needs_a_birthday_that_exists(born: str):
    body = f"{YIMA}{born}001"
    assert reason("CitizenId", body + citizen_id_check(body)) == "公民身份号码中的出生日期不存在"


def test_a_leap_day_is_a_birthday():
    body = f"{YIMA}20000229001"
    assert read("CitizenId", body + citizen_id_check(body))


# --- 承诺编码 ----------------------------------------------------------------------------------


def test_the_worked_commitment_code_is_region_day_and_serial():
    assert commitment_code(YIMA, date(2026, 11, 22), 1) == COMMITMENT
    assert commitment_parts(COMMITMENT) == (YIMA, date(2026, 11, 22), 1)
    assert read("CommitmentCode", COMMITMENT) == COMMITMENT


@given(st.dates(), st.integers(1, 999_999))
def test_a_commitment_code_comes_apart_as_it_was_put_together(day: date, serial: int):
    code = commitment_code(YIMA, day, serial)
    assert len(code) == 20
    assert commitment_parts(read("CommitmentCode", code)) == (YIMA, day, serial)


@pytest.mark.parametrize("serial", [-1, 0, 1_000_000])
def test_a_day_has_serials_from_1_to_999999(serial: int):
    with pytest.raises(ValueError, match="流水号应在1至999999之间"):
        commitment_code(YIMA, date(2026, 11, 22), serial)


@pytest.mark.parametrize("region", ["", "41128", "4112811", "011281", "41128x", "41128²"])
def test_a_commitment_code_needs_a_region_of_six_digits(region: str):
    with pytest.raises(ValueError, match="行政区划代码应为6位数字"):
        commitment_code(region, date(2026, 11, 22), 1)


# --- every text type ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("CreditCode", "　91411281ma9kxnt179 ", "91411281MA9KXNT179"),
        ("CitizenId", " 11010519491231002x\n", "11010519491231002X"),
        ("CommitmentCode", "41128120261122000001", COMMITMENT),
        ("ItemCode", " 000131001001 ", "000131001001"),
        ("MaterialCode", " m-01", "M-01"),
        ("ShortText", "　某某（义马）有限公司 ", "某某（义马）有限公司"),
        ("ShortText", "𠮷" * 200, "𠮷" * 200),
        ("LongText", "一、\r\n二、\r三、\n\t四\n", "一、\n二、\n三、\n\t四"),
        ("LongText", "字" * 4000, "字" * 4000),
    ],
)
def test_a_typed_text_is_normalized(kind: str, typed: str, stored: str):
    assert read(kind, typed) == stored
    assert read(kind, stored) == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("CreditCode", "91411281MA9KXNT17"),
        ("CreditCode", "91411281MA9KXNT170"),
        ("CreditCode", "9141128AMA9KXNT179"),
        ("CreditCode", "91411281 MA9KXNT17"),
        ("CreditCode", "91411281MA9KXNT17\u0669"),
        ("CitizenId", "411281199001010013"),
        ("CitizenId", "41128119900101001²"),
        ("CitizenId", "41128119900101X014"),
        ("CitizenId", "011281199001010014"),
        ("CommitmentCode", "4112812026112200001"),
        ("CommitmentCode", "41128120261122000000"),
        ("CommitmentCode", "41128120260230000001"),
        ("CommitmentCode", "01128120261122000001"),
        ("ItemCode", "00013100100"),
        ("ItemCode", "0001310010011"),
        ("ItemCode", "00013100100A"),
        ("MaterialCode", "营业执照"),
        ("MaterialCode", "ı-01"),
        ("MaterialCode", "M" * 21),
        ("MaterialCode", "M_01"),
        ("ShortText", "某" * 201),
        ("ShortText", "某\n某"),
        ("ShortText", "某\t某"),
        ("ShortText", "某\x00某"),
        ("ShortText", "某\ud800某"),
        ("ShortText", "某\u2028某"),
        ("ShortText", "某\u202e某"),
        ("LongText", "某" * 4001),
        ("LongText", "某\x00某"),
        ("LongText", "某\udfff某"),
    ],
)
def test_a_refusal_gives_a_chinese_reason_and_keeps_the_value_to_itself(kind: str, typed: str):
    why = reason(kind, typed)
    assert re.search("[\u4e00-\u9fff]{4}", why)
    assert typed not in why


@pytest.mark.parametrize(
    "kind",
    [
        "CreditCode",
        "CitizenId",
        "CommitmentCode",
        "ItemCode",
        "MaterialCode",
        "ShortText",
        "LongText",
    ],
)
def test_a_text_of_nothing_but_space_is_refused(kind: str):
    assert reason(kind, " 　\n")


# --- value objects ------------------------------------------------------------------------------


def test_a_self_employed_business_is_known_by_its_code():
    assert organisation("92411281MA9KXNT251").category is SubjectCategory.SELF_EMPLOYED
    assert organisation("91411281MA9KXNT179").category is SubjectCategory.ORGANISATION
    assert Person(ref=UUID(int=1)).category is SubjectCategory.PERSON


def test_a_social_organisation_is_known_by_its_code():
    assert [code[:2] for code in CREDIT_CODES if organisation(code).is_social_organisation] == [
        "51"
    ]


def test_an_organisation_has_the_region_of_its_code():
    assert organisation("91411281MA9KXNT179").region == YIMA
    assert organisation("91350100M000100Y43").region == "350100"


def test_categories_carry_the_codes_and_labels_of_the_collection_record():
    assert {c: (c.record_code, c.label) for c in SubjectCategory} == {
        "organisation": ("1", "法人及非法人组织"),
        "person": ("2", "自然人"),
        "self_employed": ("4", "个体工商户"),
    }


@pytest.mark.parametrize(
    "subject", [Organisation(code=CREDIT_CODES[0], name="某公司"), Person(ref=UUID(int=7))]
)
def test_a_subject_survives_the_trip_through_json(subject: Organisation | Person):
    assert TypeAdapter[Any](Subject).validate_json(subject.model_dump_json()) == subject


def test_value_objects_do_not_change_and_take_nothing_extra():
    office = Department(**YIMA_OFFICE)
    actor = Actor(person="staff-7", role="clerk", department=office)
    with pytest.raises(ValidationError, match="frozen"):
        actor.role = "auditor"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Department(**YIMA_OFFICE, phone="0")  # type: ignore[call-arg]


def test_a_refused_value_object_does_not_print_what_it_refused():
    with pytest.raises(ValidationError) as refusal:
        Actor.model_validate(
            {"person": "staff-7", "role": "x", "department": {"code": "9141", "name": "某局"}}
        )
    assert "9141" not in str(refusal.value)


def organisation(code: str) -> Organisation:
    return Organisation(code=code, name="某组织")
