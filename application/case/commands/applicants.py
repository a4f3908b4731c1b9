"""Applicants and guardians as the counter sees them: a person goes to the vault at once."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from application.execution.ports import PersonDetails
from domain.case.promise.guardians import GuardiansPart, Relation
from domain.values.identifiers import Sha256
from domain.values.parties import Organisation
from domain.values.texts import ShortText


class PersonApplicant(PersonDetails):
    name: ShortText
    kind: Literal["person"] = "person"


class GuardianGiven(PersonDetails):
    """A guardian as the counter sees them; name and number go to the vault at once."""

    name: ShortText
    relation: Relation
    part: GuardiansPart
    evidence: Sha256
    agrees_to_processing: StrictBool | None = None


Applicant = Annotated[Organisation | PersonApplicant, Field(discriminator="kind")]
