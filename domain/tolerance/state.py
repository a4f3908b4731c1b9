"""The state of a tolerance review, with the queries that its rules use."""

from datetime import date

from domain.kernel.aggregate import Event
from domain.kernel.instants import Timing
from domain.kernel.lifecycle import Staged
from domain.law.articles import TOLERANCE
from domain.law.lawbook import PRINTED
from domain.tolerance import events as e
from domain.tolerance.grounds import Outcome
from domain.tolerance.stages import Stage
from domain.tolerance.values import Decision, Officer, Ruling, SignOff
from domain.values.parties import Department
from domain.values.workdays import Deadline

OUTCOMES: dict[type[Event], Outcome] = {
    e.Exempted: Outcome.EXEMPTED,
    e.Mitigated: Outcome.MITIGATED,
    e.NotExempted: Outcome.NOT_EXEMPTED,
}
"""The outcome that each decision event records."""


class ReviewState(Staged):
    """The request, the check, the decision and the remedies that are still open."""

    requested: e.ToleranceRequested

    def __init__(self) -> None:
        self.stage = Stage.REQUESTED
        self.timing = Timing.AS_RECORDED
        self.checked: e.FactsChecked | None = None
        self.decision: Decision | None = None
        self.outcome: Outcome | None = None
        self.wording: str | None = None
        self.sign_off: SignOff | None = None
        self.notice: e.DecisionNotified | None = None
        self.contested_on: date | None = None
        self.rulings: tuple[Ruling, ...] = ()
        self.reconsider_by: Deadline | None = None
        self.appeal_by: Deadline | None = None
        self.settle_by: Deadline | None = None

    @property
    def department(self) -> Department:
        """The requesting department."""
        return self.requested.by.department

    @property
    def departments(self) -> set[str]:
        """The codes of the requesting department and of the department concerned."""
        return {self.department.code, self.requested.concerned.department.code}

    @property
    def involved(self) -> set[str]:
        """Staff ids of the requester, the officer concerned and the direct superior."""
        concerned = self.requested.concerned
        staff = {concerned.person, concerned.superior} if isinstance(concerned, Officer) else set()
        return staff | {self.requested.by.person}

    @property
    def barred(self) -> set[str]:
        """Staff ids barred from the decision: those involved, and the checker."""
        return self.involved | ({self.checked.by.person} if self.checked else set())

    @property
    def decided_by(self) -> str | None:
        """The code of the authority that made the first decision.  Returns None before it."""
        return self.decision.authority.code if self.decision else None

    def remember(self, event: Event) -> None:
        match event:
            case e.ToleranceRequested():
                self.requested = event
            case e.FactsChecked():
                self.checked = event
            case e.Exempted() | e.Mitigated() | e.NotExempted():
                self._remember_decision(event)
            case e.DecisionNotified():
                self.notice = event
                self.reconsider_by, self.appeal_by = event.reconsider_by, event.appeal_by
            case _:
                self._remember_remedies(event)

    def _remember_decision(self, event: e.Exempted | e.Mitigated | e.NotExempted) -> None:
        self.decision, self.outcome = event.decision, OUTCOMES[type(event)]
        self.wording = event.wording or PRINTED.rests(TOLERANCE, event.decision.issued_on)
        if isinstance(event, e.NotExempted):
            self.sign_off = event.sign_off

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
