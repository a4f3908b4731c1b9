"""How citizens reach an organ (政府信息公开条例 12), and the number at which a person is told.

The contact details of an organ are the only ones that texts may hold; a mobile number is refused
there.  That of a person goes to the vault.
"""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, HttpUrl, TypeAdapter, ValidationError, model_validator

from domain.values.folding import fold
from domain.values.labels import written_as
from domain.values.parties import Value
from domain.values.texts import PublicLine

_TELEPHONE = re.compile(
    r"(?:\((?P<bracketed>0[1-9][0-9]{1,2})\)|(?P<area>0[1-9][0-9]{1,2})-)?"
    r"(?P<local>[2-8][0-9]{6,7})(?:(?:转|-)(?P<extension>[0-9]{1,6}))?"
)
_SERVICE = re.compile(r"([48]00)-?([0-9]{3})-?([0-9]{4})|(1[0-9]{2,5}|9[0-9]{4,5})")
_MOBILE = re.compile(r"(?:\+?86)?-?1[3-9][0-9]-?[0-9]{4}-?[0-9]{4}")
_STORED_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE_LENGTH = 11
_EMAIL = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}@(?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}[a-z]{2,24}")
_URL = TypeAdapter(HttpUrl)


def organ_telephone(text: str) -> str:
    """Returns a landline as 0398-5832345, or 0398-5832345转801; a service number as 12345."""
    number = fold(text)
    if _MOBILE.fullmatch(number):
        raise ValueError("这是手机号码，请填写单位的固定电话或者服务热线")
    if service := _SERVICE.fullmatch(number):
        return service[4] or "-".join(service.groups()[:3])
    if not (match := _TELEPHONE.fullmatch(number)):
        raise ValueError("应为单位电话，如0398-5832345、0398-5832345转801、12345")
    area, extension = match["bracketed"] or match["area"], match["extension"]
    whole = f"{area}-{match['local']}" if area else match["local"]
    return f"{whole}转{extension}" if extension else whole


def mobile_phone(text: str) -> str:
    """Returns the eleven digits of a mobile number of the mainland, which takes messages."""
    number = fold(text).replace("-", "")
    if not _MOBILE.fullmatch(number):
        raise ValueError("应为11位手机号码")
    return number[-_MOBILE_LENGTH:]


def organ_mailbox(text: str) -> str:
    """Returns the address of a mailbox in small letters."""
    address = text.strip().replace("＠", "@").lower()
    if not _EMAIL.fullmatch(address):
        raise ValueError("应为电子邮箱地址，如name@example.gov.cn")
    return address


def organ_website(text: str) -> str:
    """Returns the address of a website, which begins with http:// or https://."""
    try:
        return str(_URL.validate_python(text.strip()))
    except ValidationError:
        raise ValueError("应为网址，如https://www.example.gov.cn") from None


Telephone = Annotated[str, AfterValidator(organ_telephone), Field(examples=["0398-5832345"])]
MobilePhone = Annotated[
    str,
    AfterValidator(mobile_phone),
    Field(
        description="11位手机号码，只存入个人信息库",
        examples=["13800138000"],
        json_schema_extra=written_as(_STORED_MOBILE),
    ),
]
Mailbox = Annotated[str, AfterValidator(organ_mailbox), Field(examples=["name@example.gov.cn"])]
Website = Annotated[str, AfterValidator(organ_website), Field(examples=["https://example.gov.cn/"])]


class OrganContact(Value):
    """Contact details of an organ; at least one is given."""

    telephone: Telephone | None = None
    """咨询电话."""
    complaints: Telephone | None = None
    """监督投诉电话."""
    address: PublicLine | None = None
    mailbox: Mailbox | None = None
    website: Website | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(value for _, value in self):
            raise ValueError("至少填写一种联系方式")
        return self
