"""Identity documents of natural persons: their kinds, and the form of the number of each kind.

The forms are those that the issuing organs have published: GB 11643 for 公民身份号码 (also that
of a 港澳台居民居住证, 国办发〔2018〕81号 第三条), 公安部出入境管理局 2010-03-10 and the cards of
2013 for 通行证, 国家移民管理局 2023 for 外国人永久居留身份证, ICAO Doc 9303 for passports.  Only a
number of 18 digits has a check digit, and only it holds a date of birth of eight digits.
"""

import re
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from domain.values.identifiers import FIRST_BORN, citizen_id, day_of, typed_code
from domain.values.labels import Labelled, written_as
from domain.values.parties import ONLY_IF_SET, Value
from domain.values.personal.countries import Country
from domain.values.workdays import WRITTEN_AS_A_DAY


class IdentityKind(Labelled):
    """Kinds of documents by which a natural person is identified."""

    RESIDENT_ID = "resident_id", "居民身份证"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit", "港澳台居民居住证"
    HM_TRAVEL_PERMIT = "hm_travel_permit", "港澳居民来往内地通行证"
    TAIWAN_TRAVEL_PERMIT = "taiwan_travel_permit", "台湾居民来往大陆通行证"
    PERMANENT_RESIDENT_ID = "permanent_resident_id", "外国人永久居留身份证"
    PASSPORT = "passport", "护照"


K = IdentityKind


class IdentityDocument(Value):
    """The kind of a document; a passport also has the country that issued it."""

    kind: IdentityKind = K.RESIDENT_ID
    country: Annotated[Country | None, ONLY_IF_SET] = None

    @model_validator(mode="after")
    def _a_passport_alone_has_a_country(self) -> Self:
        if (self.kind is K.PASSPORT) is (self.country is None):
            told = (
                "护照须填写签发的国家（地区）"
                if self.country is None
                else "只有护照填写国家（地区）"
            )
            raise ValueError(told)
        return self


# --- numbers -------------------------------------------------------------------------------------

_RESIDENTS_OF = ("810000", "820000", "830000")  # 香港, 澳门, 台湾
_FOREIGNER = "9"
_TRAVEL_PERMIT = re.compile(r"([HM][0-9]{8})(?:[0-9]{2})?")
"""The last two digits of the cards until 2012 count how often the card was renewed."""
_TAIWAN_PERMIT = re.compile(r"[0-9]{8}")
_OLD_FOREIGNER = re.compile(r"[A-Z]{3}[0-9]{12}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,9}")
_ANY = re.compile(r"[A-Z0-9]{5,18}")
_LENGTH = 18


def kind_of(number: str) -> IdentityKind:
    """Returns the kind of document that has this number of 18 digits."""
    if number.startswith(_RESIDENTS_OF):
        return K.HMT_RESIDENCE_PERMIT
    return K.PERMANENT_RESIDENT_ID if number[0] == _FOREIGNER else K.RESIDENT_ID


def document_number(kind: IdentityKind, text: str) -> str:
    """Returns the number of a document of this kind in its one form.  Raises ValueError."""
    match kind:
        case K.HM_TRAVEL_PERMIT:
            told = "港澳居民来往内地通行证号码应为字母H或者M加8位数字"
            return _formed(_TRAVEL_PERMIT, text, told)[1]
        case K.TAIWAN_TRAVEL_PERMIT:
            return _formed(_TAIWAN_PERMIT, text, "台湾居民来往大陆通行证号码应为8位数字")[0]
        case K.PASSPORT:
            return _formed(_PASSPORT, text, "护照号码应为5至9位字母、数字")[0]
        case K.PERMANENT_RESIDENT_ID if len(typed_code(text, kind.label)) < _LENGTH:
            told = "外国人永久居留身份证号码应为以9开头的18位，或者旧证的3位字母加12位数字"
            return _formed(_OLD_FOREIGNER, text, told)[0]
        case _:
            return _of_18_digits(kind, text)


def _formed(form: re.Pattern[str], text: str, told: str) -> re.Match[str]:
    if not (match := form.fullmatch(typed_code(text, "证件号码"))):
        raise ValueError(told)
    return match


def _of_18_digits(kind: IdentityKind, text: str) -> str:
    number = citizen_id(text)
    if (right := kind_of(number)) is not kind:
        raise ValueError(f"这是{right.label}的号码，请核对证件类型")
    return number


def number_of(document: IdentityDocument | None, text: str) -> str:
    """Returns the number of this document; without one, that of 18 digits."""
    return document_number(document.kind, text) if document else citizen_id(text)


def _by_its_document(text: str, of: ValidationInfo) -> str:
    if "document" not in of.data:
        return text  # the person is refused already, for the document
    return number_of(of.data["document"], text)


DocumentNumber = Annotated[
    str,
    AfterValidator(_by_its_document),
    Field(
        description="证件号码；没有填写证件类型的，为18位公民身份号码 (GB 11643-1999)",
        examples=["411281199001010014"],
        json_schema_extra=written_as(_ANY),
    ),
]
"""The number of the `document` before it in the same model."""


def identity_of(document: IdentityDocument | None, number: str) -> str:
    """What tells a person from every other: the number, and its document if need be.

    The numbers of 18 digits are of one numbering, and stand alone as they always did.
    """
    if document is None or len(number) == _LENGTH:
        return number
    return "\n".join((document.kind, document.country or "", number))


# --- births --------------------------------------------------------------------------------------

_LIFETIME = 130
"""Years after a birth in which a person may still act."""


def birth_in(number: str) -> date | None:
    """Returns the date of birth in a number.  Returns None if it holds none of eight digits."""
    return day_of(number[6:14]) if len(number) == _LENGTH else None


def birth_fault(born: date, today: date, where: str = "") -> str | None:
    """The reason why nobody born on that day applies today.  Returns None if somebody may."""
    if born > today:
        return f"{where}出生日期在今天之后，请核对"
    if (today.year - born.year, today.month, today.day) > (_LIFETIME, born.month, born.day):
        return f"{where}出生日期距今超过{_LIFETIME}年，请核对"
    return None


def _beside_its_number(born: date | None, of: ValidationInfo) -> date | None:
    """Returns a birth that the number does not hold; one that it holds is kept once."""
    if (number := of.data.get("id_number")) is None:
        return born
    held = birth_in(number)
    if held is None and born is None:
        raise ValueError("这种证件的号码不含出生日期，请填写证件上的出生日期")
    if held and born not in (None, held):
        raise ValueError("出生日期与证件号码不符，请核对")
    if born and born < FIRST_BORN:
        raise ValueError(f"出生日期早于{FIRST_BORN.year}年，请核对")
    return None if held else born


Birth = Annotated[date, WRITTEN_AS_A_DAY]
BESIDE_ITS_NUMBER = AfterValidator(_beside_its_number)
"""The rule of a date of birth: it needs `id_number`, a field before it in the same model."""
