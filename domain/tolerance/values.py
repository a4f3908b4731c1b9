"""Value objects in the events of a tolerance review; persons appear only as staff ids."""

from operator import attrgetter
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from domain.catalogue.terms import CommitmentType
from domain.kernel.documents import IssuedNumber, issued_number
from domain.tolerance.grounds import CaseLink, Evidence, Outcome
from domain.values.identifiers import ItemCode, Sha256
from domain.values.labels import Labelled
from domain.values.lists import each_once
from domain.values.parties import Department, Value
from domain.values.staff import StaffId
from domain.values.texts import LongText, RecordedText, ShortText
from domain.values.workdays import Day

Digests = Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=60), each_once()]
StaffIds = Annotated[tuple[StaffId, ...], Field(min_length=1, max_length=20), each_once()]


class Officer(Value):
    """A member of staff for whom tolerance is asked."""

    kind: Literal["officer"] = "officer"
    person: StaffId
    department: Department
    superior: StaffId
    """Staff id of the direct superior, who takes no part in the decision (公务员法 76)."""


class Unit(Value):
    """A department for which tolerance is asked."""

    kind: Literal["unit"] = "unit"
    department: Department


Concerned = Annotated[Officer | Unit, Field(discriminator="kind")]
Superiors = Annotated[
    tuple[Department, ...], Field(min_length=1, max_length=10), each_once(attrgetter("code"))
]
"""The departments above the requesting one, the nearest first."""


class Conditions(Value):
    """The four cumulative conditions of the act (容错免责, domain/law), each with its evidence."""

    reform_direction: Evidence
    """符合改革方向."""
    not_prohibited: Evidence
    """未违反法律、法规的禁止性规定."""
    lawful_procedure: Evidence
    """决策程序合法."""
    diligent: Evidence
    """勤勉尽责，未牟取私利."""


class LinkedCase(CaseLink):
    """A case it is about, as it was found when tolerance was asked for."""

    kind: CommitmentType


class ItemLink(Value):
    """A catalogue item, at the version of its terms that the department looked at."""

    code: ItemCode
    version: Annotated[int, Field(strict=True, ge=0, le=999_999_999)]


class LinkedItem(ItemLink):
    """A catalogue item it is about, as it was found when tolerance was asked for."""

    name: RecordedText


class Finding(Value):
    """Whether a condition was met, and what was found."""

    met: StrictBool
    found: LongText


class Findings(Value):
    """What the check found of each of the four conditions."""

    reform_direction: Finding
    not_prohibited: Finding
    lawful_procedure: Finding
    diligent: Finding

    @property
    def all_met(self) -> bool:
        return all(finding.met for _, finding in self)


class Check(Value):
    """What a body outside the chain found, and on which evidence."""

    conditions: Findings
    facts_confirmed: StrictBool
    """True if the check confirmed the facts that the ground requires."""
    found: LongText
    evidence: Digests

    @property
    def all_four_met(self) -> bool:
        return self.facts_confirmed and self.conditions.all_met


class AuthorityKind(Labelled):
    """Who decides on discipline, and who hears appeals against that (公务员法 95)."""

    APPOINTING = "appointing", "任免机关"
    DISCIPLINE = "discipline", "纪检监察机关"
    CIVIL_SERVICE = "civil_service", "公务员主管部门"
    NEXT_HIGHER = "next_higher", "上一级机关"


class Decision(Value):
    """The decision of an authority outside this service, as its document says it."""

    authority: Department
    kind: AuthorityKind
    number: ShortText
    issued_on: Day
    digest: Sha256
    deciders: StaffIds
    reasons: LongText

    @property
    def issued_number(self) -> IssuedNumber:
        return issued_number(self.authority.code, self.number, self.issued_on)


class SignOff(Value):
    """A senior's signature under a refusal although all four conditions are met."""

    person: StaffId
    reason: LongText
    digest: Sha256


class Ruling(Value):
    """What came of a reconsideration or an appeal, by the document of whoever ruled."""

    decision: Decision
    changed_to: Outcome | None = None
    """The new outcome; None if the ruling upholds the decision."""
    served_on: Day
