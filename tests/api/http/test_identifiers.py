"""Identifiers over HTTP: numbers of another kind, births, codes that an officer confirmed."""

import pytest

from tests.api.conftest import CITIZEN, COMPANY, Walk, log_size
from tests.domain.values.test_kinds_of_numbers import COINCIDENCE, CONFIRMED, OF_XIAMEN, number_of

XIAMEN = {"kind": "organisation", "code": OF_XIAMEN, "name": "厦门示例商贸有限公司"}


def born(day: str) -> dict[str, str]:
    return CITIZEN | {"id_number": number_of(f"411281{day}001")}


@pytest.mark.parametrize(
    ("applicant", "pointer", "reason"),
    [
        (COMPANY | {"code": COINCIDENCE}, "code", "这是公民身份号码，请选自然人"),
        (CITIZEN | {"id_number": COMPANY["code"]}, "id_number", "这是统一社会信用代码，请选单位"),
        (born("18500101"), "id_number", "公民身份号码中的出生日期早于1890年，请核对"),
        (born("11910101"), "id_number", "公民身份号码中的出生日期早于1890年，请核对"),
    ],
)
def test_a_number_that_is_not_the_applicants_is_refused_by_its_name(
    walk: Walk, applicant: dict[str, str], pointer: str, reason: str
) -> None:
    before, walk.applicant = log_size(walk.client), applicant
    reply = walk.attempt("opened")
    (fault,) = reply.json()["errors"]
    assert (reply.status_code, fault["detail"]) == (422, reason)
    assert fault["pointer"].endswith(f"/applicant/{applicant['kind']}/{pointer}")
    assert not any(number in reply.text for number in (COINCIDENCE, applicant.get(pointer)))
    assert log_size(walk.client) == before


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("20260929", "公民身份号码中的出生日期在今天之后，请核对"),
        ("20900101", "公民身份号码中的出生日期在今天之后，请核对"),
        ("18960927", "公民身份号码中的出生日期距今超过130年，请核对"),
    ],
)
def test_nobody_applies_before_birth_or_after_130_years(walk: Walk, day: str, reason: str) -> None:
    before, walk.applicant = log_size(walk.client), born(day)
    reply = walk.attempt("opened")
    assert (reply.status_code, reply.json()["rule"]) == (409, "birth_is_plausible")
    assert reply.json()["detail"].endswith(reason)
    assert walk.applicant["id_number"] not in reply.text
    assert log_size(walk.client) == before


def test_a_code_that_breaks_the_standard_needs_a_confirmation_that_is_recorded(walk: Walk) -> None:
    walk.applicant = XIAMEN
    refusal = walk.attempt("opened").json()["errors"][0]
    assert "请核对后填写 code_confirmed" in refusal["detail"]
    walk.applicant = XIAMEN | {"code_confirmed": CONFIRMED}
    opened = walk.attempt("opened")
    assert opened.status_code == 201
    assert opened.json()["applicant"] == walk.applicant
