"""Check characters: the arithmetic of the standards, over numbers whose form is right."""

import re
from collections.abc import Sequence

_CITIZEN_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_CITIZEN_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of a unified social credit code: no I, O, S, V, Z."""
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_CODE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_CHECKS = "0X987654321"  # indexed by the remainder r: 11 - r, with X for 10 and 0 for 11


def _weigh(characters: str, alphabet: str, weights: Sequence[int]) -> int:
    values = map(alphabet.index, characters)
    return sum(value * weight for value, weight in zip(values, weights, strict=True))


def citizen_id_check(first17: str) -> str:
    """The eighteenth character of a citizen's number (GB 11643-1999)."""
    return _CITIZEN_CHECKS[_weigh(first17, "0123456789", _CITIZEN_WEIGHTS) % 11]


def credit_code_check(first17: str) -> str:
    """The eighteenth character of a unified social credit code (GB 32100-2015)."""
    return CREDIT_ALPHABET[-_weigh(first17, CREDIT_ALPHABET, _CREDIT_WEIGHTS) % 31]


def org_code_check(first8: str) -> str:
    """The ninth character of an organisation code (GB 11714)."""
    return _ORG_CHECKS[_weigh(first8, _ORG_ALPHABET, _ORG_WEIGHTS) % 11]


def is_org_code(code: str) -> bool:
    """True for an organisation code of nine characters (GB 11714) with its right check."""
    return bool(_ORG_CODE.fullmatch(code)) and code[8] == org_code_check(code[:8])


def is_registration_number(number: str) -> bool:
    """True for a 工商注册号 of digits with its right check (GS 15-2006, ISO 7064 MOD 11,10)."""
    product = 10
    for digit in map(int, number[:-1]):
        product = ((product + digit) % 10 or 10) * 2 % 11
    return (product + int(number[-1])) % 10 == 1
