"""The promise track: query, notify, commit, decide, withdraw (工作方案 四·一 to 四·四)."""

from datetime import date, datetime
from typing import Any

from domain.case import letter
from domain.case.promise import events as e
from domain.case.promise.decisions import DecisionDocument, NumberedDocument, RefusalGround
from domain.case.promise.materials import InHand, in_hand, not_in, replaced
from domain.case.stages import Stage
from domain.case.state import CaseState
from domain.case.values import DeferredMaterial, Letter
from domain.catalogue.terms import CommitmentType, Material
from domain.documents.content import Letterhead
from domain.values.credit import CreditAnswer
from domain.values.parties import Actor
from domain.values.workdays import Deadline, Party, WorkCalendar, local_date

NO_NOTICE = "0" * 64
"""Stands for a notice that was never served; the table refuses what corrects none."""


class PromiseVerbs(CaseState):
    """Verbs from the credit query to the decision."""

    def query(
        self,
        answer: CreditAnswer,
        calendar: WorkCalendar,
        letterhead: Letterhead | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Records the answer of the credit platform (工作方案 四·一)."""
        event: type[e.CreditCleared | e.CreditReconfirmed | e.CreditExcluded] = e.CreditCleared
        if answer.findings:
            event = e.CreditExcluded
        elif self.stage is not Stage.RECEIVED:
            event = e.CreditReconfirmed
        self._record(event, answer=answer, calendar=calendar, letterhead=letterhead, by=by, at=at)

    def notify(
        self,
        calendar: WorkCalendar,
        letterhead: Letterhead | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Serves the one-time notice of conditions, standards and consequences (工作方案 四·二)."""
        facts = self._told(local_date(at), calendar)
        facts |= {"calendar": calendar, "letterhead": letterhead}
        self._record(e.NoticeServed, **facts, by=by, at=at)

    def renotify(
        self,
        reason: str,
        calendar: WorkCalendar,
        letterhead: Letterhead | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Serves a corrected notice instead of the one before, which had this fault."""
        replaces = self.notice.digest if self.notice else NO_NOTICE
        facts = self._told(local_date(at), calendar, replaces)
        facts |= {"replaces": replaces, "reason": reason}
        facts |= {"calendar": calendar, "letterhead": letterhead}
        self._record(e.NoticeReplaced, **facts, by=by, at=at)

    def _told(self, today: date, calendar: WorkCalendar, replaces: str = "") -> dict[str, Any]:
        """The content of the notice of this day."""
        period = self.terms.periods.supplement
        deferred = self._deferred(calendar.add(today, period, Party.APPLICANT))
        told = (self.pinned, deferred, self.replaced, today, replaces)
        return {
            "conditions": self.terms.conditions,
            "standards": self.terms.standards,
            "consequences": self.terms.consequences_told(today),
            "deferred": deferred,
            "digest": letter.notice_digest(self.id, *told),
        }

    def commit(
        self, signed: Letter, code: str, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        """Records the signed letter (工作方案 四·三); `code` is its 承诺编码."""
        deferred = self.notice.deferred if self.notice else ()
        told_on = self.notice.day if self.notice else local_date(at)
        self._record(
            e.CommitmentMade,
            code=code,
            record_type=letter.record_type(self.kind, self.terms),
            reason=letter.reason(self.pinned),
            content=letter.content(self.pinned, deferred, self.replaced),
            liability=letter.liability(self.pinned, told_on),
            deferred=deferred,
            substantive_check=self.terms.substantive_check,
            letter=signed,
            calendar=calendar,
            by=by,
            at=at,
        )

    def decline(
        self, reason: str, letterhead: Letterhead | None = None, *, by: Actor, at: datetime
    ) -> None:
        self._record(e.CommitmentDeclined, reason=reason, letterhead=letterhead, by=by, at=at)

    def grant(
        self,
        document: DecisionDocument,
        calendar: WorkCalendar,
        letterhead: Letterhead | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"document": document, "letterhead": letterhead}
        self._record(e.ApplicationGranted, **facts, calendar=calendar, by=by, at=at)

    def refuse(
        self,
        document: NumberedDocument,
        ground: RefusalGround,
        reason: str,
        calendar: WorkCalendar,
        letterhead: Letterhead | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"document": document, "ground": ground, "reason": reason}
        facts |= {"calendar": calendar, "letterhead": letterhead}
        self._record(e.ApplicationRefused, **facts, by=by, at=at)

    def withdraw(
        self, reason: str, letterhead: Letterhead | None = None, *, by: Actor, at: datetime
    ) -> None:
        self._record(e.CaseWithdrawn, reason=reason, letterhead=letterhead, by=by, at=at)

    # reading ------------------------------------------------------------------------------------

    @property
    def opened(self) -> e.CaseOpened:
        opened = self.last(e.CaseOpened)
        assert opened, "a case begins with its opening"
        return opened

    @property
    def in_hand(self) -> InHand:
        """The application with everything that was handed in before it was accepted."""
        return in_hand(self.opened, self.past)

    @property
    def is_accepted_later(self) -> bool:
        """True if the application was only received when the case was opened."""
        return self.opened.accept_by is not None

    @property
    def missing(self) -> set[str]:
        """Codes of the materials to be handed in later; only a deferred-materials case has any."""
        if self.kind is not CommitmentType.DEFERRED_MATERIALS:
            return set()
        return {material.code for material in not_in(self.in_hand)}

    @property
    def replaced(self) -> tuple[Material, ...]:
        """The materials for which the promise stands in; only a 告知承诺 has any."""
        return replaced(self.in_hand)

    def _deferred(self, due: Deadline) -> tuple[DeferredMaterial, ...]:
        """The missing materials, each due on this day."""
        missing = (m for m in self.terms.materials if m.code in self.missing)
        return tuple(DeferredMaterial(code=m.code, name=m.name, due=due) for m in missing)

    @property
    def notice(self) -> e.NoticeServed | None:
        return self.last(e.NoticeReplaced) or self.last(e.NoticeServed)

    @property
    def credit_fresh_until(self) -> Deadline | None:
        answer = self.last(e.CreditReconfirmed) or self.last(e.CreditCleared)
        return answer.fresh_until if answer else None

    @property
    def decided_by(self) -> str | None:
        granted = self.last(e.ApplicationGranted)
        return granted.by.person if granted else None
