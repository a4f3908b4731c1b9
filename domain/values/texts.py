"""Types of typed text: each is normalised once, then checked for its length and its characters."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.values.characters import LINE, PARAGRAPHS, Reading

_SHORT, _LONG = 200, 4000  # limits of 承诺人名称 and 承诺内容 in the collection record


def _text(text: str, limit: int, reading: Reading) -> str:
    text = reading.of(text)
    if not text:
        raise ValueError("文字不能为空")
    if len(text) > limit:
        raise ValueError(f"文字不能超过{limit}字")
    return text


def short_text(text: str) -> str:
    """Returns one line of 1 to 200 characters, as it prints: in NFC, without invisible ones."""
    return _text(text, _SHORT, LINE)


def long_text(text: str) -> str:
    """Returns paragraphs of 1 to 4000 characters; every line ends with a plain newline."""
    return _text(text.replace("\r\n", "\n").replace("\r", "\n"), _LONG, PARAGRAPHS)


ShortText = Annotated[str, AfterValidator(short_text), Field(description="1至200字，单行")]
LongText = Annotated[str, AfterValidator(long_text), Field(description="1至4000字，可分段")]

RecordedText = Annotated[str, Field(description="由服务写入的文字")]
"""A text that the service copies or composes for a record, from texts that were checked when they
were written.  Nothing refuses it, because nobody can change it at that moment."""
