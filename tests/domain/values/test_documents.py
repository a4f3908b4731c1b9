"""Documents of natural persons: the number of each kind, and the birth that it holds or not."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from application.execution.ports import PersonDetails
from domain.values.identity.documents import IdentityKind, birth_fault
from tests.domain.values.test_kinds_of_numbers import number_of

RESIDENT, OF_HONG_KONG = "411281199001010014", number_of("81000019900101001")
FOREIGNER = number_of("91184019900101001")
BORN = {"born": "1990-01-01"}


def person(kind: str | None, number: str, country: str | None = None, **more: Any) -> PersonDetails:
    document = {"kind": kind, "country": country} if kind else None
    facts = {"name": "某人", "document": document, "id_number": number}
    return PersonDetails.model_validate(facts | more)


def fault(*of: Any, **more: Any) -> tuple[str, str]:
    """The field that is refused, and why; the number is never repeated."""
    with pytest.raises(ValidationError) as refusal:
        person(*of, **more)
    (one,) = refusal.value.errors()
    assert of[1] not in str(refusal.value)
    return ".".join(map(str, one["loc"])), one["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("resident_id", RESIDENT, RESIDENT),
        ("hmt_residence_permit", OF_HONG_KONG, OF_HONG_KONG),
        ("hmt_residence_permit", number_of("83000019900101001"), number_of("83000019900101001")),
        ("hm_travel_permit", "h 12345678", "H12345678"),
        ("hm_travel_permit", "Ｍ１２３４５６７８０１", "M12345678"),
        ("taiwan_travel_permit", "0123-4567", "01234567"),
        ("permanent_resident_id", FOREIGNER, FOREIGNER),
        ("permanent_resident_id", "usa110199001010", "USA110199001010"),
    ],
)
def test_a_number_is_kept_in_the_form_of_its_kind(kind: str, typed: str, kept: str):
    more = {} if len(kept) == 18 else BORN
    assert person(kind, typed, **more).id_number == kept


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (RESIDENT, IdentityKind.RESIDENT_ID),
        (OF_HONG_KONG, IdentityKind.HMT_RESIDENCE_PERMIT),
        (FOREIGNER, IdentityKind.PERMANENT_RESIDENT_ID),
    ],
)
def test_a_number_of_18_digits_says_itself_what_it_is(number: str, kind: IdentityKind):
    somebody = person(None, number)
    assert (somebody.kind_of_document, somebody.date_of_birth) == (kind, date(1990, 1, 1))
    assert somebody.identity == person(kind, number).identity == number
    assert somebody.model_dump_json() == f'{{"name":"某人","id_number":"{number}"}}'


@pytest.mark.parametrize(
    ("kind", "number", "why"),
    [
        ("resident_id", OF_HONG_KONG, "这是港澳台居民居住证的号码，请核对证件类型"),
        ("resident_id", FOREIGNER, "这是外国人永久居留身份证的号码，请核对证件类型"),
        ("hmt_residence_permit", RESIDENT, "这是居民身份证的号码，请核对证件类型"),
        ("permanent_resident_id", RESIDENT, "这是居民身份证的号码，请核对证件类型"),
        ("permanent_resident_id", FOREIGNER[:17] + "0", "公民身份号码校验不符"),
        ("hm_travel_permit", "A12345678", "港澳居民来往内地通行证号码应为字母H或者M加8位数字"),
        ("taiwan_travel_permit", "1234567", "台湾居民来往大陆通行证号码应为8位数字"),
        ("resident_id", "411281900101001", "这是旧的15位公民身份号码，自然人请填18位公民身份号码"),
    ],
)
def test_a_number_of_another_kind_is_refused_by_name(kind: str, number: str, why: str):
    assert fault(kind, number) == ("id_number", why)


def test_a_passport_has_a_country_and_nothing_else_has_one():
    assert person("passport", "a12345678", "d", **BORN).document.country == "DEU"
    assert fault("passport", "A12345678", **BORN) == ("document", "护照须填写签发的国家（地区）")
    assert fault("resident_id", RESIDENT, "USA") == ("document", "只有护照填写国家（地区）")
    where, why = fault("passport", "A12345678", "USB", **BORN)
    assert (where, why) == ("document.country", "应为护照上印的国家（地区）三字代码，如USA、JPN")
    assert fault("passport", "A1234567890", "USA", **BORN)[0] == "id_number"


def test_the_same_number_on_two_documents_is_of_two_persons():
    documents = [("passport", "USA"), ("passport", "JPN"), ("taiwan_travel_permit", None)]
    people = {person(kind, "12345678", country, **BORN).identity for kind, country in documents}
    assert len(people) == 3


def test_a_birth_is_asked_for_where_the_number_holds_none():
    asked = "这种证件的号码不含出生日期，请填写证件上的出生日期"
    for kind, number in (
        ("hm_travel_permit", "H12345678"),
        ("permanent_resident_id", "USA110199001010"),
    ):
        assert fault(kind, number) == ("born", asked)
    assert person("hm_travel_permit", "H12345678", **BORN).date_of_birth == date(1990, 1, 1)


def test_a_birth_that_the_number_holds_is_kept_once():
    assert person(None, RESIDENT, **BORN).born is None
    assert fault(None, RESIDENT, born="1990-01-02") == ("born", "出生日期与证件号码不符，请核对")
    early = fault("hm_travel_permit", "H12345678", born="1889-12-31")
    assert early == ("born", "出生日期早于1890年，请核对")


def test_a_typed_birth_is_plausible_on_the_day():
    today = date(2026, 9, 28)
    assert birth_fault(today, today) is None
    assert birth_fault(date(2026, 9, 29), today) == "出生日期在今天之后，请核对"
    assert birth_fault(date(1896, 9, 27), today) == "出生日期距今超过130年，请核对"
