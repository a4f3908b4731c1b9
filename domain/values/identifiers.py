"""Official identifiers: each type tidies its input, then checks its form and check digits.

An error message never repeats the number, because the number may identify a person.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.values.folding import tidy

YIMA = "411281"
"""义马市 in GB/T 2260, the codes of administrative divisions."""

_LENGTH = 18  # of a credit code, and of a citizen's number


def _weigh(characters: str, alphabet: str, weights: Sequence[int]) -> int:
    values = map(alphabet.index, characters)
    return sum(value * weight for value, weight in zip(values, weights, strict=True))


# --- 统一社会信用代码, GB 32100-2015 -----------------------------------------------------------

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_CREDIT_CODE = re.compile(rf"[{_CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{_CREDIT_ALPHABET}]{{10}}")

_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_CHECKS = "0X987654321"  # indexed by the remainder r: 11 - r, with X for 10 and 0 for 11


def org_code_check(first8: str) -> str:
    """The ninth character of an organisation code (GB 11714)."""
    return _ORG_CHECKS[_weigh(first8, _ORG_ALPHABET, _ORG_WEIGHTS) % 11]


def credit_code_check(first17: str) -> str:
    """The eighteenth character of a unified social credit code (GB 32100-2015)."""
    return _CREDIT_ALPHABET[-_weigh(first17, _CREDIT_ALPHABET, _CREDIT_WEIGHTS) % 31]


@lru_cache(maxsize=4096)  # every event repeats the same departments; their codes are public
def credit_code(text: str) -> str:
    """Validates a 统一社会信用代码: its check character and that of its organisation code."""
    code = tidy(text)
    if len(code) != _LENGTH:
        raise ValueError("统一社会信用代码应为18位")
    if not _CREDIT_CODE.fullmatch(code):
        raise ValueError("统一社会信用代码只含数字和大写字母（不用I、O、S、V、Z），第3至8位为数字")
    if code[16] != org_code_check(code[8:16]):
        raise ValueError("统一社会信用代码中的主体标识码校验不符")
    if code[17] != credit_code_check(code[:17]):
        raise ValueError("统一社会信用代码校验不符")
    return code


CreditCode = Annotated[
    str,
    AfterValidator(credit_code),
    Field(description="统一社会信用代码 (GB 32100-2015)", examples=["91411281MA9KXNT179"]),
]


# --- 公民身份号码, GB 11643-1999 ---------------------------------------------------------------

_CITIZEN_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_CITIZEN_CHECKS = "10X98765432"
_CITIZEN_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")


def citizen_id_check(first17: str) -> str:
    """The eighteenth character of a citizen's number (GB 11643-1999)."""
    return _CITIZEN_CHECKS[_weigh(first17, "0123456789", _CITIZEN_WEIGHTS) % 11]


def citizen_id(text: str) -> str:
    """Validates the form of a 公民身份号码, also of a 港澳台居民居住证 (81, 82, 83).

    It does not check that the number was issued.
    """
    number = tidy(text)
    if len(number) != _LENGTH:
        raise ValueError("公民身份号码应为18位")
    if not _CITIZEN_ID.fullmatch(number):
        raise ValueError("公民身份号码应为17位数字加1位校验码")
    if _day(number[6:14]) is None:
        raise ValueError("公民身份号码中的出生日期不存在")
    if number[17] != citizen_id_check(number[:17]):
        raise ValueError("公民身份号码校验不符")
    return number


CitizenId = Annotated[
    str,
    AfterValidator(citizen_id),
    Field(description="公民身份号码 (GB 11643-1999)", examples=["411281199001010014"]),
]


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


# --- 承诺编码 and the catalogue's codes ----------------------------------------------------------

_REGION = re.compile(r"[1-9][0-9]{5}")
_COMMITMENT_CODE = re.compile(rf"{_REGION.pattern}[0-9]{{14}}")
_MAX_SERIAL = 999_999
_ITEM_CODE = re.compile(r"[0-9]{12}")
_MATERIAL_CODE = re.compile(r"[A-Z0-9-]{1,20}")


def commitment_code(region: str, day: date, serial: int) -> str:
    """Builds a 承诺编码: region of acceptance, day of commitment, serial within region and day."""
    if not _REGION.fullmatch(region):
        raise ValueError("行政区划代码应为6位数字")
    if not 1 <= serial <= _MAX_SERIAL:
        raise ValueError("承诺编码流水号应在1至999999之间")
    return f"{region}{day.year:04}{day.month:02}{day.day:02}{serial:06}"


def commitment_parts(code: str) -> tuple[str, date, int]:
    """Splits a commitment code into region, day and serial."""
    code = tidy(code)
    if not _COMMITMENT_CODE.fullmatch(code):
        raise ValueError("承诺编码应为20位数字")
    day, serial = _day(code[6:14]), int(code[14:])
    if day is None:
        raise ValueError("承诺编码中的日期不存在")
    if serial == 0:
        raise ValueError("承诺编码流水号应从1开始")
    return code[:6], day, serial


def _commitment_code(text: str) -> str:
    return commitment_code(*commitment_parts(text))


CommitmentCode = Annotated[
    str,
    AfterValidator(_commitment_code),
    Field(
        description="承诺编码: 6位行政区划 + 8位承诺作出日期 + 6位流水号",
        examples=["41128120261122000001"],
    ),
]


def item_code(text: str) -> str:
    """政务服务事项基本编码: level, kind, department, item and sub-item (GB/T 39554.1-2020)."""
    code = tidy(text)
    if not _ITEM_CODE.fullmatch(code):
        raise ValueError("政务服务事项基本编码应为12位数字")
    return code


ItemCode = Annotated[
    str,
    AfterValidator(item_code),
    Field(description="政务服务事项基本编码 (GB/T 39554.1-2020)", examples=["000131001001"]),
]


def material_code(text: str) -> str:
    """申请材料编码: a short code of this service, unique within its item."""
    code = tidy(text)
    if not _MATERIAL_CODE.fullmatch(code):
        raise ValueError("材料编码应为1至20位大写字母、数字或连字符")
    return code


MaterialCode = Annotated[
    str,
    AfterValidator(material_code),
    Field(description="申请材料编码", examples=["M-01"]),
]
