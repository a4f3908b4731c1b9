"""The Case aggregate: all tracks of a commitment case, from opening to the last event.

Each track defines its verbs: `query` to `withdraw` in promise/, `supply` and `review` in
supplement/, `inspect` and `rectify` in supervision/, `forewarn` to `penalize` in sanction/,
`correct` in identity/.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from domain.case import due
from domain.case import events as e
from domain.case.duties import ABOUT_ONE_MATERIAL, most_urgent_first, owed_after
from domain.case.identity.verbs import IdentityVerbs
from domain.case.lifecycle import HEARING, IDENTITY, MAIN_LINE, SUPPLEMENT
from domain.case.missing import MissingMaterial
from domain.case.sanction.verbs import SanctionVerbs
from domain.case.supplement.verbs import SupplementVerbs
from domain.case.values import Duty
from domain.catalogue.terms import CommitmentType, PinnedItem
from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import Lifecycle
from domain.values.parties import Actor, NameChange, Organisation, Person
from domain.values.workdays import WorkCalendar, local_date

INVESTIGATIONS = (
    e.BreachFound,
    e.RectificationFailed,
    e.RectificationRefused,
    e.SanctionForewarned,
)
"""The actor of such an event has taken part in the investigation (I17)."""


class Case(SupplementVerbs, SanctionVerbs, IdentityVerbs):
    TOPIC = "case"
    LIFECYCLES = (MAIN_LINE, SUPPLEMENT, HEARING, IDENTITY)

    @classmethod
    def open(
        cls,
        kind: CommitmentType,
        applicant: Organisation | Person,
        pinned: PinnedItem,
        submitted: tuple[str, ...],
        renamed: NameChange | None = None,
        *,
        id: UUID,
        by: Actor,
        at: datetime,
    ) -> Self:
        facts: dict[str, Any] = {"kind": kind, "applicant": applicant, "pinned": pinned}
        facts |= {"submitted": submitted, "renamed": renamed}
        dates = due.dates(e.CaseOpened, due.Occasion(local_date(at), facts))
        return cls._begin(e.CaseOpened, id, **facts, **dates, by=by, timestamp=at)

    @property
    def duties(self) -> tuple[Duty, ...]:
        """The duties of this case, the most urgent first."""
        return most_urgent_first(self._owed)

    @property
    def next_due(self) -> Duty | None:
        """The most urgent duty; every open case has one (I24).  Returns None if it is closed."""
        return next(iter(self.duties), None)

    def remember(self, event: Event) -> None:
        self._said[type(event)] = event
        self._owed = owed_after(self._owed, event)
        if isinstance(event, e.CommitmentMade):
            self.supplements = {m.code: MissingMaterial(m) for m in event.deferred}
        elif isinstance(event, e.MaterialReturned):
            self.supplements[event.material].send_back(event.due)
        elif isinstance(event, INVESTIGATIONS):
            self.investigators |= {event.by.person}
        elif isinstance(event, e.IdentityCorrected) and event.name:
            self.applicant = self.applicant.model_copy(update={"name": event.name})
        if isinstance(event, e.BreachFound):
            self.found_on = self.found_on or event.day

    def _record(
        self,
        event_class: type[Event],
        *,
        by: Actor,
        at: datetime,
        calendar: WorkCalendar | None = None,
        **facts: Any,
    ) -> None:
        """Records an event, with the dates that the table of dates (due.py) sets for it."""
        occasion = due.Occasion(local_date(at), facts, self, calendar)
        super()._record(event_class, by=by, at=at, **facts, **due.dates(event_class, occasion))

    def _part(self, event: Event) -> object:
        if isinstance(event, ABOUT_ONE_MATERIAL):
            return self.supplement(event.material)
        return self

    def _parts(self, lifecycle: Lifecycle) -> Iterator[object]:
        yield from self.supplements.values() if lifecycle is SUPPLEMENT else (self,)
