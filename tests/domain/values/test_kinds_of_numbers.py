"""A number says what it is: one that belongs into another field is refused by its name.

The real codes are public: companies found in registers, and the published examples.
"""

from contextlib import suppress
from datetime import date
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError
from stdnum.cn import uscc

from application.case.commands.promise import OpenCase
from application.catalogue.commands import ListItem
from domain.values.check_digits import citizen_id_check, credit_code_check, org_code_check
from domain.values.credit import CreditEntry
from domain.values.identifiers import (
    citizen_id,
    commitment_parts,
    confirmed_credit_code,
    credit_code,
    item_code,
    material_code,
)
from domain.values.parties import Actor, Department, Organisation
from tests.support.repetitions import count

IN_A_UNITS_FIELD = "这是公民身份号码，请选自然人"
IN_A_PERSONS_FIELD = "这是统一社会信用代码，请选单位"
LICENCE = "请填营业执照上的18位统一社会信用代码"
SHEET = "被电子表格改成了数值，后几位已经丢失，请把单元格设为文本，对照原件重新填写"
ZEROS = "校验不符，末尾的000可能是电子表格造成的，请对照原件重新填写"
OF_XIAMEN = "91350203M0001QKT19"
"""A company's code that breaks the check characters of the standard."""
CONFIRMED = {"by": "zhao", "reason": "与营业执照副本原件核对一致"}
NUMBERS = count(small=100_000, soak=5_000_000)


def refused(validate: Any, *typed: str) -> str:
    with pytest.raises(ValueError) as refusal:
        validate(*typed)
    assert not any(text in str(refusal.value) for text in typed)
    return str(refusal.value)


def reasons(refusal: ValidationError) -> dict[tuple[int | str, ...], str]:
    """The reasons of a refusal, by field."""
    return {each["loc"]: each["msg"].removeprefix("Value error, ") for each in refusal.errors()}


def number_of(first17: str) -> str:
    return first17 + citizen_id_check(first17)


def code_of(first8: str, organ: str = "MA9KXNT1") -> str:
    first17 = first8 + organ + org_code_check(organ)
    return first17 + credit_code_check(first17)


# a person's number in the field of a unit ------------------------------------------------------


def random_citizen_ids(seed: int, number: int) -> list[str]:
    """Right numbers of 义马, of any place of a province, of any prefix; born since 1900."""
    draw, day = Random(seed), date(1900, 1, 1).toordinal()  # noqa: S311 - a test, repeatable
    provinces = ("11", "12", "13", "21", "31", "32", "35", "41", "51", "52", "53", "61", "62", "81")
    last = date(2026, 12, 31).toordinal()
    return [
        number_of(
            draw.choice(
                (
                    "411281",
                    f"{draw.choice(provinces)}{draw.randrange(10_000):04}",
                    str(draw.randrange(100_000, 900_000)),
                )
            )
            + f"{date.fromordinal(draw.randint(day, last)):%Y%m%d}{draw.randrange(1000):03}"
        )
        for _ in range(number)
    ]


def test_no_citizen_number_is_taken_for_the_code_of_a_unit() -> None:
    accepted = 0
    for number in random_citizen_ids(2026, NUMBERS):
        with suppress(ValueError):
            accepted += credit_code(number) == number
    assert accepted == 0


COINCIDENCE = "411281196006150418"  # right as a citizen's number and right as a credit code


@pytest.mark.parametrize(
    "typed",
    [
        COINCIDENCE,
        "411281 19600615 0418",
        "411281-19600615-0418",
        "４１１２８１１９６００６１５０４１８",
        "'411281196006150418",
        "411281\u200b196006150418",
        number_of("81000019900101001"),  # 港澳居民居住证
        number_of("83000019900101001"),  # 台湾居民居住证
        number_of("93114419820501001"),  # 外国人永久居留身份证
    ],
)
def test_a_persons_number_is_named_in_the_field_of_a_unit(typed: str) -> None:
    assert refused(credit_code, typed) == IN_A_UNITS_FIELD
    assert refused(confirmed_credit_code, typed) == IN_A_UNITS_FIELD


UNIT_FIELDS = {
    "applicant": lambda code: OpenCase.model_validate(
        {"applicant": {"kind": "organisation", "code": code, "name": "某公司"}}
    ),
    "confirmed applicant": lambda code: Organisation.model_validate(
        {"code": code, "name": "某公司", "code_confirmed": CONFIRMED}
    ),
    "department": lambda code: Department(code=code, name="某局"),
    "actor of a token": lambda code: Actor.model_validate(
        {"person": "a", "role": "b", "department": {"code": code, "name": "某局"}}
    ),
    "supervisor of an item": lambda code: ListItem.model_validate(
        {"item": {"supervisor": {"code": code, "name": "某局"}}}
    ),
    "subject of a credit record": lambda code: CreditEntry.model_validate(
        {"subject_kind": "organisation", "subject_code": code}
    ),
}


@pytest.mark.parametrize("field", list(UNIT_FIELDS))
def test_every_field_of_a_unit_names_a_persons_number(field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        UNIT_FIELDS[field](COINCIDENCE)
    assert IN_A_UNITS_FIELD in reasons(refusal.value).values()
    assert COINCIDENCE not in str(refusal.value)


@pytest.mark.parametrize(
    ("validate", "typed", "reason"),
    [
        (material_code, COINCIDENCE, "这是公民身份号码，不能用作材料编码"),
        (material_code, "411281-19600615-0418", "这是公民身份号码，不能用作材料编码"),
        (item_code, COINCIDENCE, "政务服务事项基本编码应为12位数字"),
        (commitment_parts, COINCIDENCE, "承诺编码应为20位数字"),
    ],
)
def test_a_persons_number_is_no_code_of_the_catalogue(validate, typed, reason) -> None:
    assert refused(validate, typed) == reason


def test_a_mistyped_citizen_number_is_not_offered_for_confirmation() -> None:
    mistyped = "411281196006150412"
    assert refused(credit_code, mistyped).startswith("这像是公民身份号码")
    assert refused(confirmed_credit_code, mistyped) == IN_A_UNITS_FIELD


# the code of a unit in the field of a person ---------------------------------------------------


@pytest.mark.parametrize("code", ["91411281MA9KXNT179", "114112810058000150", "91620105L015101280"])
def test_the_code_of_a_unit_is_named_in_the_field_of_a_person(code: str) -> None:
    assert refused(citizen_id, code) == IN_A_PERSONS_FIELD


def test_a_citizen_number_is_a_persons_even_where_it_would_fit_a_unit() -> None:
    assert uscc.is_valid(COINCIDENCE)
    assert citizen_id(COINCIDENCE) == COINCIDENCE


# what registers issue ---------------------------------------------------------------------------

REAL = (
    """121200004013590816 91110000600037341L 91110000710926094P 91120224064012553U
911522010783710635 91152201078371135X 9115220107837757XE 91152201078395081D 91310000631696382C
91310000797046224D 91310112087994932F 913101127033980359 913101153325803473 91310115MA1K3BTP2B
91310116052958608G 913101203509708598 9131012056010553X5 91320214745555318W 913205056082348768
91340600MA2PBM9HXD 91340602MA2UJY0D0T 91340621MA2PBNXR7P 913505007821784439 91371082775260043P
914112810713741814 91420684MA4927PJ7B 91440300568520498A 9144030071526726XG 91442000696462712R
91620100719023721L 9162010555628132X1 91620105L015101280 91620105MA73NBBLXE 92340602MA2PBMEM24
92340603MA2PBMCG0U 92340603MA2UK2YX9A 92340604MA2PBMXF6C 92340621MA2PBKRXXG 92340621MA2UK3C369
91350100M000100Y43 91320100748204660Q 12440600MB2C07549J"""
).splitlines()


@pytest.mark.parametrize("code", [code for line in REAL for code in line.split(" ")])
def test_a_real_code_is_accepted(code: str) -> None:
    assert uscc.is_valid(code)
    assert credit_code(code) == code


@pytest.mark.parametrize(
    "prefix",
    [
        *("11", "12", "13", "19", "21", "29", "31", "32", "33", "34", "35", "39", "41", "49"),
        *("51", "52", "53", "54", "55", "59", "61", "62", "69", "71", "72", "79", "81", "89"),
        *("91", "92", "93", "A1", "A9", "N1", "N2", "N3", "N9", "Y1"),
    ],
)
def test_every_class_of_every_register_is_known_there_and_at_the_state(prefix: str) -> None:
    for region in ("100000", "411281", "990000"):
        assert credit_code(code_of(prefix + region))


@pytest.mark.parametrize(
    "prefix",
    ["00", "01", "10", "14", "20", "37", "58", "90", "94", "99", "A2", "X1", "N4", "Y2", "G1"],
)
def test_a_code_of_no_register_is_refused(prefix: str) -> None:
    reason = "没有登记机关发放以这两位开头的统一社会信用代码，请核对前两位"
    assert refused(credit_code, code_of(f"{prefix}411281")) == reason
    assert refused(confirmed_credit_code, code_of(f"{prefix}411281")) == reason


@pytest.mark.parametrize(
    "region", ["000000", "100001", "161281", "471281", "551281", "661281", "901281", "999999"]
)
def test_a_code_of_no_region_is_refused(region: str) -> None:
    reason = "统一社会信用代码的第3至8位不是行政区划代码，请核对"
    assert refused(credit_code, code_of(f"91{region}")) == reason
    assert refused(confirmed_credit_code, code_of(f"91{region}")) == reason


# numbers of other kinds ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("411281100001238", f"这是旧的15位工商注册号，{LICENCE}"),
        ("440301103448669", f"这是旧的15位工商注册号，{LICENCE}"),  # its check is right
        ("411281900101001", "这是旧的15位公民身份号码，自然人请填18位公民身份号码"),
        ("411281MA9KXNT17", f"这是旧的15位纳税人识别号，{LICENCE}"),
        ("MA9KXNT1-7", f"这是9位组织机构代码，{LICENCE}"),
        ("００５８０００１５", f"这是9位组织机构代码，{LICENCE}"),
        ("41128120261122000001", "这是承诺编码，统一社会信用代码应为18位"),
        ("9141128", "统一社会信用代码应为18位"),
        ("1.14112810058E+17", f"统一社会信用代码{SHEET}"),
        ("114112810058000150.0", f"统一社会信用代码{SHEET}"),
        ("911522010783713000", f"统一社会信用代码中的主体标识码{ZEROS}"),
    ],
)
def test_another_number_in_the_field_of_a_unit_is_named(typed: str, reason: str) -> None:
    assert refused(credit_code, typed) == reason


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("411281900101001", "这是旧的15位公民身份号码，自然人请填18位公民身份号码"),
        ("440301103448669", f"这是旧的15位工商注册号，{LICENCE}"),
        ("MA9KXNT17", f"这是9位组织机构代码，{LICENCE}"),
        ("4.11281198512036E+17", f"公民身份号码{SHEET}"),
        ("411281198512035000", f"公民身份号码{ZEROS}"),
        ("USA410020010105", "公民身份号码应为18位"),
    ],
)
def test_another_number_in_the_field_of_a_person_is_named(typed: str, reason: str) -> None:
    assert refused(citizen_id, typed) == reason


# how codes are typed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("validate", "typed", "stored"),
    [
        (credit_code, "9141 1281 MA9K XNT1 79", "91411281MA9KXNT179"),
        (credit_code, "91-411281-MA9KXNT1-7-9", "91411281MA9KXNT179"),
        (credit_code, "\u202d91411281ma9kxnt179\u202c", "91411281MA9KXNT179"),
        (credit_code, "＇９１４１１２８１ＭＡ９ＫＸＮＴ１７９", "91411281MA9KXNT179"),
        (citizen_id, "110105 19491231 002ｘ", "11010519491231002X"),
        (citizen_id, "'110105–19491231–002x\ufeff", "11010519491231002X"),
        (item_code, "000-131-001001\u200b", "000131001001"),
        (material_code, "'ｍ－０１", "M-01"),
        (material_code, "M—01 ", "M-01"),
        (lambda text: commitment_parts(text)[0], "411281 20261122 000001", "411281"),
    ],
)
def test_the_marks_of_a_typed_code_are_taken_off(validate, typed: str, stored: str) -> None:
    assert validate(typed) == stored


@pytest.mark.parametrize("x", "×ΧХх✕❌")
def test_a_character_that_looks_like_an_x_is_explained(x: str) -> None:
    assert "请用英文输入法重新填写" in refused(citizen_id, f"11010519491231002{x}")
    assert "请用英文输入法重新填写" in refused(credit_code, f"91152201078371135{x}")
