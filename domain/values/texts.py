"""Types of typed text: each is normalised once, then checked for its length and its characters."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_SHORT, _LONG = 200, 4000  # limits of 承诺人名称 and 承诺内容 in the collection record
_UNSEEN = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"  # NUL, lone surrogates …
_BIDI = r"\u202a-\u202e\u2066-\u2069"  # reverse the reading direction of a name
_NOT_IN_A_LINE = re.compile(rf"[{_UNSEEN}{_BIDI}\t\n]")
_NOT_IN_A_TEXT = re.compile(rf"[{_UNSEEN}{_BIDI}]")


def _text(text: str, limit: int, forbidden: re.Pattern[str]) -> str:
    text = text.strip()
    if not text:
        raise ValueError("文字不能为空")
    if len(text) > limit:
        raise ValueError(f"文字不能超过{limit}字")
    if forbidden.search(text):
        raise ValueError("文字含有不可见的控制字符")
    return text


def short_text(text: str) -> str:
    """Returns one stripped line of 1 to 200 characters, none of them a control character."""
    return _text(text, _SHORT, _NOT_IN_A_LINE)


def long_text(text: str) -> str:
    """Returns stripped paragraphs of 1 to 4000 characters; every line ends with a plain newline."""
    return _text(text.replace("\r\n", "\n").replace("\r", "\n"), _LONG, _NOT_IN_A_TEXT)


ShortText = Annotated[str, AfterValidator(short_text), Field(description="1至200字，单行")]
LongText = Annotated[str, AfterValidator(long_text), Field(description="1至4000字，可分段")]
