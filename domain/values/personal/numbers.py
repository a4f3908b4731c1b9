"""Shapes of the numbers that identify a person: which digits, in which groups, are which kind.

A reading is a text in which every spelling of a digit is an ASCII digit and every kind of dash,
dot and space is one character (screen.py makes it).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeVar

from domain.values.check_digits import citizen_id_check, is_registration_number
from domain.values.identifiers import credit_code

SEPARATOR = r"[ \-._/,、:*()~'|+=杠横]"
_GROUP = re.compile("[0-9]+")
_RUN = re.compile(rf"[0-9]+(?:{SEPARATOR}{{1,3}}[0-9]+)*")
_CHECK_X = re.compile(rf"{SEPARATOR}{{0,3}}x(?![a-z0-9])")
_OWN = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,128})(?![0-9a-z])"
)
"""UUIDs and digests in hexadecimal, whose digits mean nothing."""
_CODE = re.compile(r"(?<![0-9a-z])[0-9a-z]{18}(?![0-9a-z])")
_LONGEST = 19  # digits of a bank card
_NEAR = 12  # characters in which a label is looked for
_SHORTEST = 10  # digits of a number of the kind 400
_A_MEASURE = re.compile(r"[ ]?(?:元|万|亿|美元|股|平方|吨|立方|公斤|千克|千瓦)")


class Span(NamedTuple):
    start: int
    end: int


class Digits(NamedTuple):
    """Neighbouring groups of digits in a reading."""

    text: str
    """The digits of all groups, and X if it is the check letter."""
    reading: str
    groups: list[Span]
    end: int

    @property
    def lengths(self) -> tuple[int, ...]:
        return tuple(end - start for start, end in self.groups)

    @property
    def before(self) -> str:
        start = self.groups[0].start
        return self.reading[max(0, start - _NEAR) : start]

    @property
    def joints(self) -> str:
        """The separators between the groups."""
        return "".join(self.reading[a.end : b.start] for a, b in pairwise(self.groups))

    @property
    def measures(self) -> bool:
        """True for an amount, e.g. 15000000000元."""
        return bool(_A_MEASURE.match(self.reading, self.end))


def even(groups: tuple[int, ...]) -> bool:
    """True if all groups are equally long, except a shorter last one."""
    return set(groups[:-1]) <= {groups[0]} and groups[-1] <= groups[0]


K = TypeVar("K")
Test = Callable[[Digits], bool]

# --- 公民身份号码 --------------------------------------------------------------------------------

_PROVINCES = frozenset(
    map(
        str,
        (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55)),
    )
) | frozenset(("61", "62", "63", "64", "65", "71", "81", "82", "83"))
"""First digits of a resident's number (GB/T 2260); 81 to 83 are those of 港澳台居民居住证."""
_FOREIGNER = "9"
"""First digit of the number on the 外国人永久居留身份证."""
_YEARS = range(1880, 2100)
_LENGTH, _OLD_LENGTH = 18, 15
_OLD_GROUPS = {(15,), (6, 6, 3), (6, 9), (3, 3, 3, 3, 3), (5, 5, 5)}
_LABELLED = re.compile(r"身份证|身份号|证件号")


def is_day(digits: str) -> bool:
    """True if these are the eight digits of a day from 1880 to 2099."""
    if len(digits) != len("yyyymmdd"):
        return False
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year in _YEARS
    except ValueError:
        return False


def is_citizen_number(number: Digits) -> bool:
    """A number of 18 digits with its check digit, or after the words 身份证 without."""
    text = number.text
    if len(text) != _LENGTH or not (text[:2] in _PROVINCES or text[0] == _FOREIGNER):
        return False
    if not is_day(text[6:14]) or _is_the_code_of_a_unit(text):
        return False
    return _has_the_form(text) or bool(_LABELLED.search(number.before))


def is_old_citizen_number(number: Digits) -> bool:
    """A number of 15 digits, as cards had it until 1999; it has no check digit."""
    text = number.text
    if len(text) != _OLD_LENGTH or text[:2] not in _PROVINCES or "00" in (text[2:4], text[4:6]):
        return False
    if "注册号" in number.before and is_registration_number(text):
        return False
    return is_day(f"19{text[6:12]}") and (number.lengths in _OLD_GROUPS or even(number.lengths))


def _has_the_form(text: str) -> bool:
    """True for 18 characters with a region, a day of birth and the check character."""
    if not (text[:2] in _PROVINCES or text[0] == _FOREIGNER) or not is_day(text[6:14]):
        return False
    return text[17] == citizen_id_check(text[:17])


def _is_credit_code(text: str) -> bool:
    try:
        return credit_code(text) == text
    except ValueError:
        return False


def _is_the_code_of_a_unit(text: str) -> bool:
    """True for a 统一社会信用代码; one number in 300 could be either: it counts as a person's."""
    return _is_credit_code(text) and (text[0] == _FOREIGNER or not _has_the_form(text))


# --- telephones ----------------------------------------------------------------------------------

_MOBILE = re.compile(r"(?:0|(?:00)?86)?1[3-9][0-9]{9}")
_MOBILE_LENGTH = 11
_MOBILE_GROUPS = {(3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (4, 7), (5, 6), (3, 3, 5), (3, 5, 3)}
_DECIMAL = {(7, 4), (4, 7), (5, 6)}
"""Groups that are a decimal number if a dot stands between them."""
_AREA = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})")
_LANDLINE = re.compile(r"0(?:(?:10|2[0-9])[2-8][0-9]{7}|[3-9][0-9]{2}[2-8][0-9]{6,7})")
_LOCAL_GROUPS = {(7,), (8,), (3, 4), (4, 4), (4, 3), (3, 2, 2), (2, 2, 3), (2, 2, 2, 2), (1, 3, 4)}
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_SERVICE_GROUPS = {(10,), (3, 3, 4), (3, 7), (4, 3, 3), (3, 4, 3), (6, 4), (4, 6)}
_ABROAD = re.compile(r"[1-9][0-9]{8,14}")


def is_mobile(number: Digits) -> bool:
    """手机号码, also with the prefix 86, +86, 0086 or 0."""
    text = number.text
    if not _MOBILE.fullmatch(text) or number.measures:
        return False
    groups = number.lengths
    if prefix := len(text) - _MOBILE_LENGTH:  # a group of its own, or part of the first one
        groups = groups[1:] if groups[0] == prefix else (groups[0] - prefix, *groups[1:])
    if groups in _DECIMAL and "." in number.joints:
        return False
    return len(groups) == 1 or groups in _MOBILE_GROUPS or even(groups)


def is_landline(number: Digits) -> bool:
    """固定电话号码 with its area code, or a number of the kinds 400 and 800."""
    text = number.text
    if _SERVICE.fullmatch(text):
        return number.lengths in _SERVICE_GROUPS and not number.measures
    if not _LANDLINE.fullmatch(text):
        return False
    groups = number.lengths
    if len(groups) == 1 or even(groups):
        return True
    local = text[groups[0] :]
    return (
        bool(_AREA.fullmatch(text[: groups[0]]))
        and groups[1:] in _LOCAL_GROUPS
        and not is_day(local)
    )


def is_abroad(number: Digits) -> bool:
    """A telephone number with its country code after a plus sign."""
    if not _ABROAD.fullmatch(number.text) or not number.before.rstrip(" (").endswith("+"):
        return False
    return not number.measures


# --- 银行卡号 ------------------------------------------------------------------------------------

_CARD = re.compile(
    r"3[47][0-9]{13}|3(?:0[0-59]|[689][0-9])[0-9]{11}(?:[0-9]{2}|[0-9]{5})?|4[0-9]{12}(?:[0-9]{3}){0,2}"
    r"|(?:35|5[0-9]|6[0-9]|9[0-9])[0-9]{14,17}|2[2-7][0-9]{14}|10[0-9]{17}"
)
"""How card numbers begin, and their lengths (ISO/IEC 7812-1, 银联 and older domestic cards)."""
_CARD_GROUPS = {(4, 6, 5), (4, 6, 4), (6, 13), (6, 10), (6, 12), (6, 11), (8, 8), (8, 11)} | {
    (4, 4, 4, 4, 3),
    (4, 4, 4, 7),
}


def luhn(digits: str) -> bool:
    """True if the last digit is the check digit of ISO/IEC 7812-1."""
    doubled = (sum(divmod(2 * int(each), 10)) for each in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def is_bank_card(number: Digits) -> bool:
    """A card number with its check digit that is no 统一社会信用代码."""
    text = number.text
    if not _CARD.fullmatch(text) or not luhn(text) or _is_credit_code(text):
        return False
    groups = number.lengths
    return len(groups) == 1 or even(groups) or groups in _CARD_GROUPS


# --- finding them --------------------------------------------------------------------------------


def numbers(reading: str, tests: Sequence[tuple[K, Test]]) -> Iterator[tuple[K, Span]]:
    """Yields what each test finds: any neighbouring groups of digits that together pass it."""
    own = [match.span() for match in _OWN.finditer(reading)]
    own += [m.span() for m in _CODE.finditer(reading) if _is_the_code_of_a_unit(m[0].upper())]
    for run in _RUN.finditer(reading):
        at = run.start()
        groups = [Span(at + m.start(), at + m.end()) for m in _GROUP.finditer(run[0])]
        for number in _neighbours(reading, groups):
            start, end = number.groups[0].start, number.end
            if not any(start < last and first < end for first, last in own):
                yield from ((kind, Span(start, end)) for kind, test in tests if test(number))


def _neighbours(reading: str, groups: list[Span]) -> Iterator[Digits]:
    """Yields every sequence of groups that may be one number, also with a check letter X."""
    digits = "".join(reading[start:end] for start, end in groups)
    begins = [0, *accumulate(end - start for start, end in groups)]
    for first, begin in enumerate(begins[:-1]):
        for last in range(first, len(groups)):
            total = begins[last + 1] - begin
            if total > _LONGEST:
                break
            if total >= _SHORTEST:
                text, parts = digits[begin : begin + total], groups[first : last + 1]
                end = parts[-1].end
                yield Digits(text, reading, parts, end)
                if total == _LENGTH - 1 and (letter := _CHECK_X.match(reading, end)):
                    yield Digits(f"{text}X", reading, parts, letter.end())
