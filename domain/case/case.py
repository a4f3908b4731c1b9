"""The Case aggregate: all tracks of a commitment case, from opening to the last event.

Each track defines its verbs: `accept` and `complete` in acceptance/, `query` to `withdraw` in
promise/, `check` in substance/, `supply` and `review` in supplement/, `inspect` and `rectify` in
supervision/, `forewarn` to `penalize` in sanction/, `deliver` and `amend` in delivery/, `correct`
and `contact` in identity/.  `retime` stands here, because it counts every date anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from domain.case import due
from domain.case import events as e
from domain.case.acceptance.verbs import AcceptanceVerbs
from domain.case.delivery.verbs import DeliveryVerbs
from domain.case.duties import ABOUT_ONE_MATERIAL, most_urgent_first, owed_after, ready
from domain.case.identity.verbs import IdentityVerbs
from domain.case.lifecycle import (
    ACCEPTANCE,
    DELIVERY,
    HEARING,
    IDENTITY,
    MAIN_LINE,
    MESSAGES,
    SUPPLEMENT,
    TIMING,
)
from domain.case.missing import MissingMaterial
from domain.case.papers.composing import served_with
from domain.case.promise.guardians import Guardian, OwnIncome
from domain.case.promise.materials import Reused, Scan
from domain.case.sanction.verbs import SanctionVerbs
from domain.case.stages import Acceptance
from domain.case.substance.verbs import SubstanceVerbs
from domain.case.supplement.verbs import SupplementVerbs
from domain.case.values import Duty
from domain.catalogue.terms import CommitmentType, PinnedItem
from domain.documents.content import Letterhead
from domain.documents.served import ServedDocument, Serving
from domain.kernel.aggregate import Event
from domain.kernel.instants import RightDate, RightInstant, lying_ahead, retimed, right_instants
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


def _unset_date(accept_later: bool) -> str:
    """The date that an opening does not set: that of the query, or that of the acceptance."""
    return "query_by" if accept_later else "accept_by"


class Case(
    AcceptanceVerbs, SupplementVerbs, SanctionVerbs, IdentityVerbs, DeliveryVerbs, SubstanceVerbs
):
    TOPIC = "case"
    LIFECYCLES = (MAIN_LINE, ACCEPTANCE, SUPPLEMENT, HEARING, DELIVERY, IDENTITY, MESSAGES, TIMING)

    @classmethod
    def open(
        cls,
        kind: CommitmentType,
        applicant: Organisation | Person,
        pinned: PinnedItem,
        submitted: tuple[str, ...],
        renamed: NameChange | None = None,
        letterhead: Letterhead | None = None,
        *,
        guardian: Guardian | None = None,
        own_income: OwnIncome | None = None,
        legal_representative: str | None = None,
        scans: tuple[Scan, ...] = (),
        reused: tuple[Reused, ...] = (),
        accept_later: bool = False,
        calendar: WorkCalendar,
        id: UUID,
        by: Actor,
        at: datetime,
    ) -> Self:
        facts: dict[str, Any] = {"kind": kind, "applicant": applicant, "pinned": pinned}
        facts |= {"submitted": submitted, "renamed": renamed, "guardian": guardian}
        facts |= {"own_income": own_income, "legal_representative": legal_representative}
        facts |= {"scans": scans, "reused": reused, _unset_date(accept_later): None}
        return cls._opened(facts, calendar, letterhead, id=id, by=by, at=at)

    @classmethod
    def _opened(
        cls,
        facts: dict[str, Any],
        calendar: WorkCalendar,
        letterhead: Letterhead | None,
        *,
        id: UUID,
        by: Actor,
        at: datetime,
    ) -> Self:
        """Opens a case, with what the opening pins of the documents that it serves."""
        dates = due.dates(e.CaseOpened, due.Occasion(local_date(at), facts, calendar=calendar))
        opening = (e.CaseOpened, id)
        facts = facts | dates | {"by": by, "timestamp": at}
        opened = cls._begin(*opening, **facts)
        documents = opened._served(opened.past[0], letterhead)
        return cls._begin(*opening, **facts, documents=documents) if documents else opened

    def retime(
        self,
        stated: Mapping[int, datetime],
        reason: str,
        evidence: str,
        approved_by: str,
        calendar: WorkCalendar,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Corrects every instant after the present; `stated` are those known, by version.

        The office's dates are counted anew from the right days, the applicant's from today at the
        earliest, because the applicant is told of them today.  The dates of deferred materials
        stay as the notice told them.
        """
        ahead = lying_ahead(self.past, at)
        instants, case = self._counted_anew(ahead, stated, calendar, at)
        facts: dict[str, Any] = {"reason": reason, "evidence": evidence, "approved_by": approved_by}
        facts |= {"instants": instants, "owed": case.duties}
        self._record(e.InstantsCorrected, **facts, by=by, at=at)

    def _counted_anew(
        self,
        ahead: Sequence[Event],
        stated: Mapping[int, datetime],
        calendar: WorkCalendar,
        now: datetime,
    ) -> tuple[tuple[RightInstant, ...], Self]:
        """The right instants with the right dates, and the case that they make."""
        good = self.past[: len(self.past) - len(ahead)]
        case = self.folded(good) if good else None
        counted = []
        for event, right in zip(ahead, right_instants(ahead, stated, now), strict=True):
            told_on = local_date(now)
            occasion = due.Occasion(local_date(right.at), event.facts, case, calendar, told_on)
            dates = due.counted_anew(type(event), occasion)
            named = tuple(RightDate(name=name, due=day) for name, day in dates.items())
            counted.append(right.model_copy(update={"dates": named}))
            if case is None:
                case = self.folded([retimed(event, counted[-1])])
            else:
                case.take(retimed(event, counted[-1]))
        return tuple(counted), case or self

    @property
    def duties(self) -> tuple[Duty, ...]:
        """All duties of this case, the most urgent first; some wait for others to be done."""
        return most_urgent_first(self._owed)

    def ready(self, today: date) -> tuple[Duty, ...]:
        """The duties that can be done on this day, the most urgent first."""
        return ready(self.duties, today)

    def next_due(self, today: date) -> Duty | None:
        """The most urgent of these; every open case has one (I24).  Returns None if closed."""
        return next(iter(self.ready(today)), None)

    def remember(self, event: Event) -> None:
        self._said[type(event)] = event
        self._owed = owed_after(self._owed, event)
        if isinstance(event, e.CaseOpened) and event.accept_by:
            self.acceptance = Acceptance.PENDING
        elif isinstance(event, e.CommitmentMade):
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
        letterhead: Letterhead | None = None,
        **facts: Any,
    ) -> None:
        """Records an event, with the dates that the table of dates (due.py) sets for it.

        It pins the documents that are served with it (papers/).
        """
        occasion = due.Occasion(local_date(at), facts, self, calendar)
        facts |= due.dates(event_class, occasion)
        if issubclass(event_class, Serving) and "documents" not in facts:
            plain = self._next(event_class, by=by, at=at, **facts)
            facts["documents"] = self._served(plain, letterhead)
        super()._record(event_class, by=by, at=at, **facts)

    def _served(self, event: Event, letterhead: Letterhead | None) -> tuple[ServedDocument, ...]:
        """What the event pins; nothing for a person who is not named, because they were erased."""
        if letterhead is None and isinstance(self.applicant, Organisation):
            letterhead = Letterhead(self.applicant.name)
        return served_with(self, event, letterhead) if letterhead else ()

    def _part(self, event: Event) -> object:
        if isinstance(event, ABOUT_ONE_MATERIAL):
            return self.supplement(event.material)
        return self

    def _parts(self, lifecycle: Lifecycle) -> Iterator[object]:
        yield from self.supplements.values() if lifecycle is SUPPLEMENT else (self,)
