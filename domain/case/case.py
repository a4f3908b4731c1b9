"""A commitment case: its verbs decide, its events are remembered and can be asked for (`last`)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Self, TypeVar, cast
from uuid import UUID

from domain.case import events as e
from domain.case import letter, periods
from domain.case import values as f
from domain.case.duties import ABOUT_ONE_MATERIAL, Duty, most_urgent_first, owed_after
from domain.case.lifecycle import HEARING, MAIN_LINE, SUPPLEMENT
from domain.case.missing import MissingMaterial
from domain.case.stages import Hearing, Stage, Supply
from domain.catalogue.terms import CommitmentType, DecisionGate, PinnedItem, SanctionMeasure, Terms
from domain.kernel.aggregate import Event
from domain.kernel.errors import NotFound
from domain.kernel.lifecycle import Lifecycle, Staged
from domain.values.credit import CreditAnswer
from domain.values.parties import Actor, Organisation, Person
from domain.values.workdays import Deadline, Party, WorkCalendar, local_date

E = TypeVar("E", bound=Event)


class Case(Staged):
    TOPIC = "case"
    LIFECYCLES = (MAIN_LINE, SUPPLEMENT, HEARING)

    def __init__(
        self, kind: CommitmentType, applicant: Organisation | Person, pinned: PinnedItem
    ) -> None:
        self.kind, self.applicant, self.pinned = kind, applicant, pinned
        self.stage = Stage.RECEIVED
        self.hearing = Hearing.NONE
        self.supplements: dict[str, MissingMaterial] = {}
        self._owed: tuple[Duty, ...] = ()
        self.investigators: frozenset[str] = frozenset()
        self._said: dict[type[Event], Event] = {}

    # deciding -----------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        kind: CommitmentType,
        applicant: Organisation | Person,
        pinned: PinnedItem,
        submitted: tuple[str, ...],
        *,
        id: UUID,
        by: Actor,
        at: datetime,
    ) -> Self:
        facts = {"kind": kind, "applicant": applicant, "pinned": pinned, "submitted": submitted}
        due = periods.today(local_date(at))
        return cls._begin(e.CaseOpened, id, **facts, query_by=due, by=by, timestamp=at)

    def query(
        self, answer: CreditAnswer, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        """Record what the credit platform answered (工作方案 四·一)."""
        if answer.findings:
            return self._record(e.CreditExcluded, answer=answer, by=by, at=at)
        today = local_date(at)
        fresh = calendar.add(today, periods.CREDIT_IS_FRESH, Party.GOVERNMENT)
        if self.stage is not Stage.RECEIVED:
            return self._record(e.CreditReconfirmed, answer=answer, fresh_until=fresh, by=by, at=at)
        due = calendar.add(local_date(self.created_on), periods.NOTIFY, Party.GOVERNMENT)
        cleared = {"answer": answer, "fresh_until": fresh, "notify_by": due}
        return self._record(e.CreditCleared, **cleared, by=by, at=at)

    def notify(self, calendar: WorkCalendar, *, by: Actor, at: datetime) -> None:
        """Tell conditions, standards and consequences once and whole (工作方案 四·二)."""
        today = local_date(at)
        due = calendar.add(today, self.terms.periods.supplement, Party.APPLICANT)
        deferred = tuple(
            f.DeferredMaterial(code=m.code, name=m.name, due=due)
            for m in self.terms.materials
            if m.code in self.missing
        )
        self._record(
            e.NoticeServed,
            conditions=self.terms.conditions,
            standards=self.terms.standards,
            consequences=letter.consequences(self.pinned),
            deferred=deferred,
            digest=letter.notice_digest(self.id, self.pinned, deferred, today),
            commit_by=calendar.add(today, periods.ANSWER_NOTICE, Party.APPLICANT),
            by=by,
            at=at,
        )

    def commit(
        self, signed: f.Letter, code: str, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        """Take the signed letter (工作方案 四·三); `code` is its 承诺编码."""
        deferred = self.notice.deferred if self.notice else ()
        self._record(
            e.CommitmentMade,
            code=code,
            record_type=letter.record_type(self.kind, self.terms),
            reason=letter.reason(self.pinned),
            content=letter.content(self.pinned, deferred),
            liability=letter.liability(self.pinned),
            deferred=deferred,
            letter=signed,
            decide_by=self._decide_by(deferred, local_date(at), calendar),
            by=by,
            at=at,
        )

    def decline(self, reason: str, *, by: Actor, at: datetime) -> None:
        self._record(e.CommitmentDeclined, reason=reason, by=by, at=at)

    def grant(
        self, document: f.DecisionDocument, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        due = calendar.add(local_date(at), self.terms.periods.inspection, Party.GOVERNMENT)
        self._record(e.ApplicationGranted, document=document, inspect_by=due, by=by, at=at)

    def refuse(self, document: f.DecisionDocument, reason: str, *, by: Actor, at: datetime) -> None:
        self._record(e.ApplicationRefused, document=document, reason=reason, by=by, at=at)

    def withdraw(self, reason: str, *, by: Actor, at: datetime) -> None:
        self._record(e.CaseWithdrawn, reason=reason, by=by, at=at)

    def supply(
        self, material: str, digest: str, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        due = calendar.add(local_date(at), periods.REVIEW_MATERIAL, Party.GOVERNMENT)
        facts = {"material": material, "digest": digest, "review_by": due}
        self._record(e.MaterialSupplied, **facts, by=by, at=at)

    def accept(self, material: str, *, by: Actor, at: datetime) -> None:
        self._record(e.MaterialAccepted, material=material, by=by, at=at)

    def hand_back(self, material: str, reason: str, *, by: Actor, at: datetime) -> None:
        """Return a material that will not do; its date stays as it was, or the order's."""
        due = self.rectify_by or self._material(material).due
        facts = {"material": material, "reason": reason, "due": due}
        self._record(e.MaterialReturned, **facts, by=by, at=at)

    def pass_inspection(self, note: str, *, by: Actor, at: datetime) -> None:
        self._record(e.InspectionPassed, note=note, by=by, at=at)

    def find_breach(
        self,
        kind: f.BreachKind,
        finding: str,
        calendar: WorkCalendar,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        due = calendar.add(local_date(at), periods.ORDER_RECTIFICATION, Party.GOVERNMENT)
        self._record(e.BreachFound, kind=kind, finding=finding, order_by=due, by=by, at=at)

    def order_rectification(
        self, items: tuple[str, ...], calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        """Ask for the breach to be put right first (工作方案 四·七)."""
        due = calendar.add(local_date(at), self.terms.periods.rectification, Party.APPLICANT)
        self._record(e.RectificationOrdered, items=items, rectify_by=due, by=by, at=at)

    def accept_rectification(
        self, evidence: str, done_on: date, *, by: Actor, at: datetime
    ) -> None:
        self._record(e.Rectified, evidence=evidence, done_on=done_on, by=by, at=at)

    def fail_rectification(
        self, shortfall: f.Shortfall, finding: str, *, by: Actor, at: datetime
    ) -> None:
        facts = {"shortfall": shortfall, "finding": finding, "penalize_by": self._penalize_by()}
        self._record(e.RectificationFailed, **facts, by=by, at=at)

    def refuse_rectification(self, evidence: f.RefusalEvidence, *, by: Actor, at: datetime) -> None:
        facts = {"evidence": evidence, "penalize_by": self._penalize_by()}
        self._record(e.RectificationRefused, **facts, by=by, at=at)

    def forewarn(
        self,
        measures: tuple[SanctionMeasure, ...],
        reason: str,
        calendar: WorkCalendar,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Serve the prior notice of a sanction (河南省社会信用条例 28, 行政处罚法 44)."""
        until = calendar.add(local_date(at), periods.STATEMENT, Party.APPLICANT)
        facts = {"measures": measures, "reason": reason, "statement_until": until}
        self._record(e.SanctionForewarned, **facts, by=by, at=at)

    def hear(self, statement: str, opinion: str, *, by: Actor, at: datetime) -> None:
        self._record(e.StatementHeard, statement=statement, opinion=opinion, by=by, at=at)

    def waive_hearing(self, digest: str, *, by: Actor, at: datetime) -> None:
        self._record(e.StatementWaived, digest=digest, by=by, at=at)

    def penalize(
        self,
        measures: tuple[SanctionMeasure, ...],
        severity: f.Severity,
        basis: f.BasisDocument,
        verdict: f.Verdict,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"measures": measures, "severity": severity, "basis": basis, "verdict": verdict}
        public = periods.publicity(severity, basis.issued_on)
        self._record(e.PenaltyImposed, **facts, publicity=public, by=by, at=at)

    def spare(
        self,
        reason: f.SparedReason,
        explanation: str,
        verdict: f.Verdict,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"reason": reason, "explanation": explanation, "verdict": verdict}
        self._record(e.PenaltyWaived, **facts, by=by, at=at)

    def _decide_by(
        self, deferred: tuple[f.DeferredMaterial, ...], today: date, calendar: WorkCalendar
    ) -> Deadline:
        """The same day (即时办理), or the working day after the last material is due."""
        if not deferred or self.terms.gate is DecisionGate.BEFORE_SUPPLEMENT:
            return periods.today(today)
        return calendar.add(max(m.due.on for m in deferred), 1, Party.GOVERNMENT)

    def _penalize_by(self) -> Deadline:
        breach = self.last(e.BreachFound)
        return periods.penalty_due(breach.day if breach else local_date(self.modified_on))

    # reading ------------------------------------------------------------------------------------

    def last(self, event: type[E]) -> E | None:
        """The latest event of this class, if there was one."""
        return cast(E | None, self._said.get(event))

    @property
    def terms(self) -> Terms:
        return self.pinned.terms

    @property
    def region(self) -> str:
        """Where the case is accepted (GB/T 2260)."""
        return self.pinned.item.department.code[2:8]

    @property
    def duties(self) -> tuple[Duty, ...]:
        """What is owed in this case, the most urgent first."""
        return most_urgent_first(self._owed)

    @property
    def next_due(self) -> Duty | None:
        """What must happen next, and by when: every open case has one (I24)."""
        return next(iter(self.duties), None)

    @property
    def missing(self) -> set[str]:
        """The listed materials that a deferred-materials case came without."""
        opened = self.last(e.CaseOpened)
        if self.kind is not CommitmentType.DEFERRED_MATERIALS or opened is None:
            return set()
        return {m.code for m in self.terms.materials} - set(opened.submitted)

    @property
    def outstanding(self) -> list[MissingMaterial]:
        return [m for m in self.supplements.values() if m.supply is not Supply.ACCEPTED]

    @property
    def takes_supplies(self) -> bool:
        return self.stage in (Stage.COMMITTED, Stage.GRANTED, Stage.RECTIFYING)

    @property
    def notice(self) -> e.NoticeServed | None:
        return self.last(e.NoticeServed)

    @property
    def credit_fresh_until(self) -> Deadline | None:
        answer = self.last(e.CreditReconfirmed) or self.last(e.CreditCleared)
        return answer.fresh_until if answer else None

    @property
    def decided_by(self) -> str | None:
        granted = self.last(e.ApplicationGranted)
        return granted.by.person if granted else None

    @property
    def rectify_by(self) -> Deadline | None:
        """Until when the breach may be put right, while that is being asked for."""
        order = self.last(e.RectificationOrdered)
        return order.rectify_by if order and self.stage is Stage.RECTIFYING else None

    @property
    def is_unrectified(self) -> bool:
        return self.stage is Stage.UNRECTIFIED

    @property
    def hearing_is_closed(self) -> bool:
        return self.hearing in (Hearing.HEARD, Hearing.WAIVED)

    @property
    def statement_until(self) -> Deadline | None:
        forewarning = self.last(e.SanctionForewarned)
        return forewarning.statement_until if forewarning else None

    @property
    def forewarned_measures(self) -> tuple[SanctionMeasure, ...]:
        forewarning = self.last(e.SanctionForewarned)
        return forewarning.measures if forewarning else ()

    # remembering --------------------------------------------------------------------------------

    def remember(self, event: Event) -> None:
        self._said[type(event)] = event
        self._owed = owed_after(self._owed, event)
        if isinstance(event, e.CommitmentMade):
            self.supplements = {m.code: MissingMaterial(m) for m in event.deferred}
        elif isinstance(event, e.MaterialReturned):
            self.supplements[event.material].due = event.due
        elif isinstance(event, e.INVESTIGATIONS):
            self.investigators |= {event.by.person}

    def _part(self, event: Event) -> object:
        if isinstance(event, ABOUT_ONE_MATERIAL):
            return self._material(event.material)
        return self

    def _parts(self, lifecycle: Lifecycle) -> Iterator[object]:
        yield from self.supplements.values() if lifecycle is SUPPLEMENT else (self,)

    def _material(self, code: str) -> MissingMaterial:
        if code not in self.supplements:
            raise NotFound("这份材料不在本案的容缺清单内")
        return self.supplements[code]
