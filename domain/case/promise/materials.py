"""The materials of an application: which are in, and which the city holds already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import BaseModel, Field

from domain.case.values import Submitted
from domain.catalogue.terms import CommitmentType, Material, PinnedItem, Weight
from domain.values.identifiers import MaterialCode, Sha256
from domain.values.parties import ONLY_IF_ANY, ONLY_IF_SET, Department, Value
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


class HandedIn(BaseModel):
    """The part of an event by which materials are handed in after the opening."""

    submitted: Submitted
    scans: Annotated[Scans, ONLY_IF_ANY] = ()


class Application(Protocol):
    """What an application says of its materials, at the opening or with all that came later."""

    @property
    def kind(self) -> CommitmentType: ...
    @property
    def pinned(self) -> PinnedItem: ...
    @property
    def submitted(self) -> tuple[str, ...]: ...
    @property
    def scans(self) -> tuple[Scan, ...]: ...
    @property
    def reused(self) -> tuple[Reused, ...]: ...


@dataclass(frozen=True)
class InHand:
    """An application with the materials that came with its opening and after it."""

    kind: CommitmentType
    pinned: PinnedItem
    submitted: tuple[str, ...]
    scans: tuple[Scan, ...]
    reused: tuple[Reused, ...]


def in_hand(opened: Application, events: Iterable[object]) -> InHand:
    """The application after these events; what came again takes the place of what was there."""
    codes, scans = [*opened.submitted], {each.material: each for each in opened.scans}
    for later in (event for event in events if isinstance(event, HandedIn)):
        codes += later.submitted
        scans = {code: each for code, each in scans.items() if code not in later.submitted}
        scans |= {each.material: each for each in later.scans}
    there = tuple(dict.fromkeys(codes))
    return InHand(opened.kind, opened.pinned, there, tuple(scans.values()), opened.reused)


def not_in(of: Application) -> tuple[Material, ...]:
    """The materials that may be asked for, were not handed in, and that the city does not hold."""
    there = {*of.submitted, *(each.material for each in of.reused)}
    return tuple(each for each in of.pinned.terms.asked if each.code not in there)


def replaced(of: Application) -> tuple[Material, ...]:
    """The materials for which the promise stands in; only a 告知承诺 has any."""
    if of.kind is not CommitmentType.NOTICE_COMMITMENT:
        return ()
    return tuple(each for each in not_in(of) if each.replaced_by_promise)


def indispensable(of: Application) -> Sequence[Material]:
    """Those that are not in, that no promise replaces and that nobody may defer."""
    if of.kind is CommitmentType.NOTICE_COMMITMENT:
        return [each for each in not_in(of) if not each.replaced_by_promise]
    return [each for each in not_in(of) if each.weight is Weight.PRIMARY]
