"""A birth that may have been, and codes that break the standard: confirmed by an officer."""

from datetime import date

import pytest
from pydantic import ValidationError
from stdnum.cn import uscc

from domain.values.credit import CreditEntry
from domain.values.identifiers import citizen_id
from domain.values.identity.documents import birth_fault, birth_in
from domain.values.parties import Department, Organisation
from tests.domain.values.test_kinds_of_numbers import (
    COINCIDENCE,
    CONFIRMED,
    OF_XIAMEN,
    number_of,
    reasons,
    refused,
)

# a birth that may have been ---------------------------------------------------------------------

TODAY = date(2026, 9, 28)


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        ("20260928", None),
        ("20260929", "公民身份号码中的出生日期在今天之后，请核对"),
        ("20900101", "公民身份号码中的出生日期在今天之后，请核对"),
        ("18960928", None),
        ("18960927", "公民身份号码中的出生日期距今超过130年，请核对"),
        ("18900101", "公民身份号码中的出生日期距今超过130年，请核对"),
        ("20240229", None),
    ],
)
def test_a_birth_is_between_130_years_ago_and_today(born: str, reason: str | None) -> None:
    number = citizen_id(number_of(f"411281{born}001"))
    assert birth_fault(birth_in(number), TODAY, "公民身份号码中的") == reason


@pytest.mark.parametrize("born", ["18500101", "11910101", "18891231", "00010101"])
def test_a_birth_of_another_age_is_refused_at_every_door(born: str) -> None:
    assert refused(citizen_id, number_of(f"411281{born}001")) == (
        "公民身份号码中的出生日期早于1890年，请核对"
    )


# codes that break the standard ------------------------------------------------------------------


def organisation(**facts: object) -> Organisation:
    return Organisation.model_validate({"code": OF_XIAMEN, "name": "厦门示例商贸有限公司", **facts})


def faults(**facts: object) -> dict[tuple[int | str, ...], str]:
    with pytest.raises(ValidationError) as refusal:
        organisation(**facts)
    return reasons(refusal.value)


def test_a_code_that_breaks_the_check_is_refused_with_the_way_on() -> None:
    assert not uscc.is_valid(OF_XIAMEN)
    (reason,) = faults().values()
    assert reason.endswith("如果营业执照上确实如此，请核对后填写 code_confirmed（核对人员和依据）")
    assert list(faults()) == [("code",)]


def test_a_confirmed_code_is_accepted_and_keeps_who_confirmed_it_and_why() -> None:
    company = organisation(code=" 91350203m0001qkt19", code_confirmed=CONFIRMED)
    assert company.code == OF_XIAMEN
    stored = company.model_dump(mode="json")
    assert stored["code_confirmed"] == CONFIRMED
    assert Organisation.model_validate(stored) == company


def test_a_unit_without_a_confirmation_is_stored_as_before() -> None:
    company = Organisation(code="91411281MA9KXNT179", name="某公司")
    assert company.model_dump(mode="json") == {
        "kind": "organisation",
        "code": "91411281MA9KXNT179",
        "name": "某公司",
    }


@pytest.mark.parametrize(
    "confirmation",
    [
        {"by": "zhao"},
        {"reason": "核对一致"},
        {"by": "", "reason": "核对一致"},
        {"by": "zhao", "reason": " "},
    ],
)
def test_a_confirmation_says_who_and_why(confirmation: dict[str, str]) -> None:
    assert "code_confirmed" in {place[0] for place in faults(code_confirmed=confirmation)}


def test_a_right_code_needs_no_confirmation() -> None:
    assert faults(code="91411281MA9KXNT179", code_confirmed=CONFIRMED) == {
        ("code",): "统一社会信用代码校验相符，不需要确认，请去掉 code_confirmed"
    }


@pytest.mark.parametrize(
    "code",
    [
        "91350203M0001QKT1",
        "94350203M0001QKT19",
        "91990203M0001QKT19",
        "91350203M0001QKO19",
        COINCIDENCE,
    ],
)
def test_a_confirmation_covers_the_check_characters_alone(code: str) -> None:
    assert list(faults(code=code, code_confirmed=CONFIRMED)) == [("code",)]


def test_the_code_of_a_department_is_confirmed_like_that_of_any_unit() -> None:
    office = {"code": OF_XIAMEN, "name": "某局"}
    with pytest.raises(ValidationError, match="校验不符"):
        Department.model_validate(office)
    confirmed = Department.model_validate(office | {"code_confirmed": CONFIRMED})
    assert confirmed.model_dump()["code_confirmed"]["by"] == CONFIRMED["by"]
    assert "code_confirmed" not in Department(code="114112810058000150", name="某局").model_dump()


RECORD = {
    "kind": "serious_list",
    "subject_kind": "organisation",
    "subject_code": OF_XIAMEN,
    "document": "义示失信认定〔2026〕1号",
    "decided_on": "2026-01-02",
    "duty_fulfilled": False,
    "repaired": False,
}


def test_a_credit_record_about_a_confirmed_code_keeps_the_confirmation() -> None:
    with pytest.raises(ValidationError):
        CreditEntry.model_validate(RECORD)
    entry = CreditEntry.model_validate(RECORD | {"code_confirmed": CONFIRMED})
    assert (entry.subject_code, entry.code_confirmed.by) == (OF_XIAMEN, "zhao")


def test_the_number_of_a_person_cannot_be_confirmed() -> None:
    person = {"subject_kind": "person", "subject_code": "411281199001010013"}
    with pytest.raises(ValidationError, match="公民身份号码不可以"):
        CreditEntry.model_validate(RECORD | person | {"code_confirmed": CONFIRMED})
