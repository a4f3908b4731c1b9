"""The materials at the opening of a case: which are in, and which the city holds already."""

from typing import Annotated, Protocol
from uuid import UUID

from pydantic import Field

from domain.catalogue.terms import CommitmentType, Material, PinnedItem
from domain.values.identifiers import MaterialCode, Sha256
from domain.values.parties import ONLY_IF_SET, Department, Value
from domain.values.workdays import Day


class Scan(Value):
    """The file of a material that the applicant handed in."""

    material: MaterialCode
    digest: Sha256
    valid_until: Annotated[Day | None, ONLY_IF_SET] = None
    """The last day on which the material itself is valid; None if it does not end."""


Scans = Annotated[tuple[Scan, ...], Field(max_length=60)]


class Reused(Value):
    """A material that a department holds from an earlier case of the same subject."""

    material: MaterialCode
    digest: Sha256
    case: UUID
    holder: Department


class Opening(Protocol):
    """What the opening of a case says of its materials."""

    @property
    def kind(self) -> CommitmentType: ...
    @property
    def pinned(self) -> PinnedItem: ...
    @property
    def submitted(self) -> tuple[str, ...]: ...
    @property
    def reused(self) -> tuple[Reused, ...]: ...


def not_in(opened: Opening) -> tuple[Material, ...]:
    """The materials that may be asked for, were not handed in, and that the city does not hold."""
    there = {*opened.submitted, *(each.material for each in opened.reused)}
    return tuple(each for each in opened.pinned.terms.asked if each.code not in there)


def replaced(opened: Opening) -> tuple[Material, ...]:
    """The materials for which the promise stands in; only a 告知承诺 has any."""
    if opened.kind is not CommitmentType.NOTICE_COMMITMENT:
        return ()
    return tuple(each for each in not_in(opened) if each.replaced_by_promise)
