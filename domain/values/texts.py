"""Types of typed text: each is normalised once, then checked for length, characters, personal data.

ShortText and LongText are for what officers read, PublicLine and PublicText for what may become
public.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from domain.values.characters import LINE, PARAGRAPHS, Reading
from domain.values.personal.screen import without_personal_data

_SHORT, _LONG = 200, 4000  # limits of 承诺人名称 and 承诺内容 in the collection record


def _text(text: str, limit: int, reading: Reading) -> str:
    text = reading.of(text)
    if not text:
        raise ValueError("文字不能为空")
    if len(text) > limit:
        raise ValueError(f"文字不能超过{limit}字")
    return text


def line(text: str) -> str:
    """Returns one line of 1 to 200 characters, as it prints: in NFC, without invisible ones."""
    return _text(text, _SHORT, LINE)


def paragraphs(text: str) -> str:
    """Returns paragraphs of 1 to 4000 characters; every line ends with a plain newline."""
    return _text(text.replace("\r\n", "\n").replace("\r", "\n"), _LONG, PARAGRAPHS)


def short_text(text: str) -> str:
    """Returns a line.  Raises ValueError if it holds personal data."""
    return without_personal_data(line(text))


def long_text(text: str) -> str:
    """Returns paragraphs.  Raises ValueError if they hold personal data."""
    return without_personal_data(paragraphs(text))


def public_line(text: str) -> str:
    """Returns a line.  Raises ValueError if it holds personal data or the address of a person."""
    return without_personal_data(line(text), homes=True)


def public_text(text: str) -> str:
    """Returns paragraphs.  Raises ValueError like `public_line`."""
    return without_personal_data(paragraphs(text), homes=True)


_A_LINE, _SOME_PARAGRAPHS = "1至200字，单行", "1至4000字，可分段"
_NO_PERSONAL_DATA = "，不得含有个人信息"

_LINE_FORM: dict[str, JsonValue] = {
    "minLength": 1,
    "maxLength": _SHORT,
    "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$",
}
PARAGRAPHS_FORM: dict[str, JsonValue] = {
    "minLength": 1,
    "maxLength": _LONG,
    "pattern": r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$",
}
"""How documents describe texts: by length, and without the control characters."""

ShortText = Annotated[
    str,
    AfterValidator(short_text),
    Field(description=_A_LINE + _NO_PERSONAL_DATA, json_schema_extra=_LINE_FORM),
]
LongText = Annotated[
    str,
    AfterValidator(long_text),
    Field(description=_SOME_PARAGRAPHS + _NO_PERSONAL_DATA, json_schema_extra=PARAGRAPHS_FORM),
]
PublicLine = Annotated[
    str,
    AfterValidator(public_line),
    Field(description=f"{_A_LINE}{_NO_PERSONAL_DATA}，可能公开", json_schema_extra=_LINE_FORM),
]
PublicText = Annotated[
    str,
    AfterValidator(public_text),
    Field(
        description=f"{_SOME_PARAGRAPHS}{_NO_PERSONAL_DATA}，可能公开",
        json_schema_extra=PARAGRAPHS_FORM,
    ),
]

RecordedText = Annotated[str, Field(description="由服务写入的文字")]
"""A text that the service copies or composes for a record, from texts that were checked when they
were written.  Nothing refuses it, because nobody can change it at that moment."""
