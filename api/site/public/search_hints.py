"""What is wrong with a code that was searched for and found nothing."""

from domain.values.folding import code_key
from domain.values.identifiers import BrokenCheck, commitment_parts, credit_code

_CREDIT_CODE, _COMMITMENT_CODE = 18, 20
"""Lengths of a 统一社会信用代码 and of a 承诺编码."""


def code_fault(searched: str) -> str | None:
    """Returns the reason why no such code exists.  Returns None for what is no code, or may exist.

    The reason does not repeat the number, which may be a person's.
    """
    code = code_key(searched)
    if not (code.isascii() and code.isalnum()):
        return None
    try:
        if len(code) == _CREDIT_CODE:
            credit_code(code)
        elif len(code) == _COMMITMENT_CODE:
            commitment_parts(code)
    except BrokenCheck:
        return "统一社会信用代码的校验位不符，请对照营业执照核对"
    except ValueError:
        return "这个号码不是有效的统一社会信用代码或者承诺编码，请对照原件核对"
    return None
