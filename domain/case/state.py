"""The state of a case, with the queries that all tracks share."""

from datetime import date
from typing import TypeVar, cast

from domain.case.missing import MissingMaterial
from domain.case.stages import Acceptance, Delivery, Hearing, Identity, Messages, Stage, Supply
from domain.case.values import Duty
from domain.catalogue.terms import CommitmentType, PinnedItem, Terms
from domain.kernel.aggregate import Event
from domain.kernel.errors import NotFound
from domain.kernel.instants import Timing
from domain.kernel.lifecycle import Staged
from domain.values.parties import Organisation, Person

E = TypeVar("E", bound=Event)


class CaseState(Staged):
    """The state of a case; each track adds its verbs, and `Case` inherits from all tracks."""

    def __init__(
        self, kind: CommitmentType, applicant: Organisation | Person, pinned: PinnedItem
    ) -> None:
        self.kind, self.applicant, self.pinned = kind, applicant, pinned
        self.stage = Stage.RECEIVED
        self.acceptance = Acceptance.ACCEPTED
        self.hearing = Hearing.NONE
        self.identity = Identity.AS_GIVEN
        self.messages = Messages.NONE
        self.delivery = Delivery.NONE
        self.timing = Timing.AS_RECORDED
        self.supplements: dict[str, MissingMaterial] = {}
        self.found_on: date | None = None
        """The day on which a breach was found first."""
        self._owed: tuple[Duty, ...] = ()
        self.investigators: frozenset[str] = frozenset()
        self._said: dict[type[Event], Event] = {}

    def last(self, event: type[E]) -> E | None:
        """The latest event of this class.  Returns None if there was none."""
        return cast(E | None, self._said.get(event))

    @property
    def terms(self) -> Terms:
        return self.pinned.terms

    @property
    def region(self) -> str:
        """Region code (GB/T 2260) of the department that accepts the case."""
        return self.pinned.item.department.code[2:8]

    @property
    def outstanding(self) -> list[MissingMaterial]:
        """The deferred materials that have not been accepted yet."""
        return [m for m in self.supplements.values() if m.supply is not Supply.ACCEPTED]

    def supplement(self, code: str) -> MissingMaterial:
        """The deferred material with this code.  Raises NotFound if there is none."""
        if code not in self.supplements:
            raise NotFound("这份材料不在本案的容缺清单内")
        return self.supplements[code]
