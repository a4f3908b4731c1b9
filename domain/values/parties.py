"""Value objects shared by every aggregate: texts, subjects, departments, actors."""

import re
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.values.identifiers import CreditCode

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


class SubjectCategory(StrEnum):
    """承诺人类别, with its code in the collection record of commitments."""

    record_code: str
    label: str

    def __new__(cls, value: str, record_code: str, label: str) -> "SubjectCategory":
        category = str.__new__(cls, value)
        category._value_ = value
        category.record_code, category.label = record_code, label
        return category

    ORGANISATION = "organisation", "1", "法人及非法人组织"
    PERSON = "person", "2", "自然人"
    SELF_EMPLOYED = "self_employed", "4", "个体工商户"


class Value(BaseModel):
    """An immutable value object; its validation errors never repeat the refused input."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Organisation(Value):
    """A registered organisation or self-employed business: its code and name are public."""

    kind: Literal["organisation"] = "organisation"
    code: CreditCode
    name: ShortText

    @property
    def category(self) -> SubjectCategory:
        """SELF_EMPLOYED if the code starts with 92, the prefix of 个体工商户 (GB 32100-2015)."""
        if self.code.startswith("92"):
            return SubjectCategory.SELF_EMPLOYED
        return SubjectCategory.ORGANISATION

    @property
    def is_social_organisation(self) -> bool:
        """True for a 社会团体 (51), 民办非企业单位 (52) or 基金会 (53)."""
        return self.code.startswith(("51", "52", "53"))

    @property
    def region(self) -> str:
        """Region of registration (GB/T 2260): characters 3 to 8 of the code."""
        return self.code[2:8]


class Person(Value):
    """A natural person, known here by reference only: name and number stay in the vault."""

    kind: Literal["person"] = "person"
    ref: UUID

    @property
    def category(self) -> SubjectCategory:
        return SubjectCategory.PERSON


Subject = Annotated[Organisation | Person, Field(discriminator="kind")]
"""承诺人: the subject that makes the commitment."""


class Department(Value):
    """An organ of government that accepts, decides or supervises."""

    code: CreditCode
    name: ShortText


class Actor(Value):
    """Who acts: the member of staff by id, in which role, for which department."""

    person: ShortText
    role: ShortText
    department: Department
