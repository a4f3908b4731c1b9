"""The supervision track: inspect, rectify (工作方案 四·六, 四·七)."""

from datetime import date, datetime

from domain.case.promise.verbs import PromiseVerbs
from domain.case.stages import Stage
from domain.case.supervision import events as e
from domain.case.values import (
    BreachKind,
    InspectionConclusion,
    RectificationConclusion,
    RefusalEvidence,
    Shortfall,
)
from domain.values.parties import Actor
from domain.values.workdays import Deadline, WorkCalendar


class SupervisionVerbs(PromiseVerbs):
    """The methods of a case for inspection and rectification."""

    def pass_inspection(
        self,
        note: str,
        conclusion: InspectionConclusion = InspectionConclusion.KEPT,
        public_note: str | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"note": note, "conclusion": conclusion, "public_note": public_note}
        self._record(e.InspectionPassed, **facts, by=by, at=at)

    def find_breach(
        self,
        kind: BreachKind,
        finding: str,
        calendar: WorkCalendar,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"kind": kind, "finding": finding}
        self._record(e.BreachFound, **facts, calendar=calendar, by=by, at=at)

    def order_rectification(
        self, items: tuple[str, ...], calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        """Orders the breach to be rectified before any sanction (工作方案 四·七)."""
        self._record(e.RectificationOrdered, items=items, calendar=calendar, by=by, at=at)

    def accept_rectification(
        self,
        evidence: str,
        done_on: date,
        conclusion: RectificationConclusion = RectificationConclusion.PUT_RIGHT,
        public_note: str | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"evidence": evidence, "done_on": done_on}
        public = {"conclusion": conclusion, "public_note": public_note}
        self._record(e.Rectified, **facts, **public, by=by, at=at)

    def fail_rectification(
        self,
        shortfall: Shortfall,
        finding: str,
        calendar: WorkCalendar,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        facts = {"shortfall": shortfall, "finding": finding}
        self._record(e.RectificationFailed, **facts, calendar=calendar, by=by, at=at)

    def refuse_rectification(
        self, evidence: RefusalEvidence, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        facts = {"evidence": evidence}
        self._record(e.RectificationRefused, **facts, calendar=calendar, by=by, at=at)

    # reading ------------------------------------------------------------------------------------

    @property
    def rectify_by(self) -> Deadline | None:
        """The last day to rectify the breach.  Returns None unless an order is running."""
        order = self.last(e.RectificationOrdered)
        return order.rectify_by if order and self.stage is Stage.RECTIFYING else None

    @property
    def is_unrectified(self) -> bool:
        return self.stage is Stage.UNRECTIFIED
