"""A tolerance review (容错免责): what a department asked, what was found, what others decided.

The service never decides here: it keeps the decision of the authority competent for discipline.
"""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import Staged
from domain.tolerance import events as e
from domain.tolerance import periods
from domain.tolerance.grounds import Outcome
from domain.tolerance.lifecycle import REVIEW
from domain.tolerance.stages import Stage
from domain.tolerance.values import Check, Decision, Officer, Ruling, SignOff
from domain.values.parties import Actor, Department
from domain.values.workdays import Deadline, WorkCalendar, local_date


class ToleranceReview(Staged):
    TOPIC = "tolerance"
    LIFECYCLES = (REVIEW,)

    requested: e.ToleranceRequested

    def __init__(self) -> None:
        self.stage = Stage.REQUESTED
        self.checked: e.FactsChecked | None = None
        self.decision: Decision | None = None
        self.outcome: Outcome | None = None
        self.sign_off: SignOff | None = None
        self.notice: e.DecisionNotified | None = None
        self.contested_on: date | None = None
        self.rulings: tuple[Ruling, ...] = ()
        self.reconsider_by: Deadline | None = None
        self.appeal_by: Deadline | None = None
        self.settle_by: Deadline | None = None

    # deciding -----------------------------------------------------------------------------------

    @classmethod
    def request(cls, *, id: UUID, by: Actor, at: datetime, **said: Any) -> Self:
        """Ask for tolerance; `said` are the fields of ToleranceRequested."""
        return cls._begin(e.ToleranceRequested, id, **said, by=by, timestamp=at)

    def check(self, check: Check, *, by: Actor, at: datetime) -> None:
        self._record(e.FactsChecked, check=check, by=by, at=at)

    def exempt(self, decision: Decision, *, by: Actor, at: datetime) -> None:
        self._record(e.Exempted, decision=decision, by=by, at=at)

    def mitigate(self, decision: Decision, *, by: Actor, at: datetime) -> None:
        self._record(e.Mitigated, decision=decision, by=by, at=at)

    def refuse(
        self, decision: Decision, sign_off: SignOff | None, *, by: Actor, at: datetime
    ) -> None:
        self._record(e.NotExempted, decision=decision, sign_off=sign_off, by=by, at=at)

    def notify(
        self, recipient: str, served_on: date, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        """Serve the decision, and say what can be done against it (公务员法 95)."""
        until = periods.open_until(served_on, periods.TO_RECONSIDER, calendar)
        self._record(
            e.DecisionNotified,
            recipient=recipient,
            served_on=served_on,
            remedies=periods.remedies(until),
            reconsider_by=until,
            appeal_by=until,
            by=by,
            at=at,
        )

    def reconsider(self, reason: str, *, by: Actor, at: datetime) -> None:
        due = periods.answer_by(local_date(at), periods.RECONSIDERED_WITHIN)
        self._record(e.ReconsiderationRequested, reason=reason, settle_by=due, by=by, at=at)

    def appeal(self, reason: str, *, by: Actor, at: datetime) -> None:
        due = periods.answer_by(local_date(at), periods.APPEAL_ANSWERED_WITHIN)
        self._record(e.AppealFiled, reason=reason, settle_by=due, by=by, at=at)

    def settle(self, ruling: Ruling, calendar: WorkCalendar, *, by: Actor, at: datetime) -> None:
        """Record what came of the reconsideration, or of the appeal."""
        if self.stage is Stage.APPEALED:
            return self._record(e.AppealSettled, ruling=ruling, by=by, at=at)
        until = periods.open_until(ruling.served_on, periods.TO_APPEAL_AFTERWARDS, calendar)
        facts = {"ruling": ruling, "appeal_by": until}
        return self._record(e.ReconsiderationSettled, **facts, by=by, at=at)

    def withdraw(self, reason: str, *, by: Actor, at: datetime) -> None:
        self._record(e.RequestWithdrawn, reason=reason, by=by, at=at)

    # reading ------------------------------------------------------------------------------------

    @property
    def department(self) -> Department:
        """Who asks."""
        return self.requested.by.department

    @property
    def departments(self) -> set[str]:
        """The codes of the department that asks and of the one concerned."""
        return {self.department.code, self.requested.concerned.department.code}

    @property
    def involved(self) -> set[str]:
        """Who asked, who is concerned, and whose direct superior that is."""
        who = self.requested.concerned
        concerned = {who.person, who.superior} if isinstance(who, Officer) else set()
        return concerned | {self.requested.by.person}

    @property
    def barred(self) -> set[str]:
        """Who has a part in it and therefore no say: those involved, and who checked."""
        return self.involved | ({self.checked.by.person} if self.checked else set())

    @property
    def decided_by(self) -> str | None:
        """The code of the authority that decided first."""
        return self.decision.authority.code if self.decision else None

    # remembering --------------------------------------------------------------------------------

    def remember(self, event: Event) -> None:
        match event:
            case e.ToleranceRequested():
                self.requested = event
            case e.FactsChecked():
                self.checked = event
            case e.Exempted(decision=decision) | e.Mitigated(decision=decision):
                self.decision, self.outcome = decision, OUTCOMES[type(event)]
            case e.NotExempted(decision=decision):
                self.decision, self.outcome = decision, Outcome.NOT_EXEMPTED
                self.sign_off = event.sign_off
            case e.DecisionNotified():
                self.notice = event
                self.reconsider_by, self.appeal_by = event.reconsider_by, event.appeal_by
            case _:
                self._remember_remedies(event)

    def _remember_remedies(self, event: Event) -> None:
        match event:
            case e.ReconsiderationRequested(settle_by=due) | e.AppealFiled(settle_by=due):
                self.contested_on, self.settle_by = event.day, due
                self.reconsider_by = self.appeal_by = None
            case e.ReconsiderationSettled(ruling=ruling) | e.AppealSettled(ruling=ruling):
                self.rulings += (ruling,)
                self.outcome = ruling.changed_to or self.outcome
                self.settle_by = None
                if isinstance(event, e.ReconsiderationSettled):
                    self.appeal_by = event.appeal_by


OUTCOMES: dict[type[Event], Outcome] = {
    e.Exempted: Outcome.EXEMPTED,
    e.Mitigated: Outcome.MITIGATED,
    e.NotExempted: Outcome.NOT_EXEMPTED,
}
"""Which event says what."""
