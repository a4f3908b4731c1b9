"""Value objects shared by every aggregate: subjects, departments, actors."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from domain.values.identifiers import CREDIT_CODE, Sha256, licence_code
from domain.values.labels import Labelled, among
from domain.values.staff import StaffId
from domain.values.texts import PublicLine, RecordedText, ShortText


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


ONLY_IF_SET = Field(exclude_if=lambda value: value is None)
"""A field that is written only if it is set, as everything was before the field existed."""
ONLY_IF_ANY = Field(exclude_if=lambda value: not value)
"""The same for a field that is False or empty unless it is set."""


class CodeConfirmation(Value):
    """An officer compared a code with the licence, because its check characters do not fit.

    The licence decides which code is right: some codes issued before 2016 break the standard.
    """

    by: StaffId
    """Staff id of the officer who saw the licence."""
    reason: ShortText
    """On which document the code stands, and how it was verified."""


Confirmed = Annotated[CodeConfirmation | None, ONLY_IF_SET]
"""A confirmation of the code in the same model; it is stored only where there is one."""


def as_confirmed(code: str, data: Mapping[str, object]) -> str:
    """Validates the code of a unit by the `code_confirmed` before it in the same model."""
    return licence_code(code, confirmed=data.get("code_confirmed") is not None)


def _as_confirmed(code: str, of: ValidationInfo) -> str:
    return as_confirmed(code, of.data)


LicenceCode = Annotated[str, AfterValidator(_as_confirmed), CREDIT_CODE]
"""The code of a unit; a broken check needs the `code_confirmed` before it in the same model."""


class Organisation(Value):
    """A registered organisation or self-employed business: its code and name are public."""

    kind: Literal["organisation"] = "organisation"
    code_confirmed: Confirmed = None
    code: LicenceCode
    name: PublicLine

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

    code_confirmed: Confirmed = None
    code: LicenceCode
    name: PublicLine


class Channel(Labelled):
    """How an act reached the service."""

    COUNTER = "counter", "窗口"
    ONLINE = "online", "线上"
    SYSTEM = "system", "系统"


def _used_by_people(channel: Channel) -> Channel:
    if channel is Channel.SYSTEM:
        raise ValueError("应为窗口（counter）或者线上（online）")
    return channel


PersonsChannel = Annotated[
    Channel,
    AfterValidator(_used_by_people),
    among((Channel.COUNTER, Channel.ONLINE)),
]
"""The channels that people use; SYSTEM is reserved for the service itself."""


class Actor(Value):
    """Who acts: the member of staff by id, in which role, for which department."""

    person: StaffId
    role: ShortText
    department: Department


class NameChange(Value):
    """A lawful change of a registered name (企业名称变更, 公民变更姓名) and its evidence.

    Only an organisation's former name stands here.  For a person, `name_version` is the number of
    the new name in the vault.
    """

    reason: RecordedText
    evidence: Sha256
    former: RecordedText | None = None
    name_version: int | None = None
