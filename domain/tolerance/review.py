"""The ToleranceReview aggregate (容错免责): request, check, decision and remedies.

The service never decides: it records the decision of the authority competent for discipline.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from domain.kernel.aggregate import Event
from domain.kernel.instants import RightDate, RightInstant, lying_ahead, right_instants
from domain.law.articles import TOLERANCE
from domain.law.lawbook import PRINTED, Lawbook
from domain.tolerance import events as e
from domain.tolerance import periods
from domain.tolerance.bounds import PLAN_ISSUED_ON
from domain.tolerance.lifecycle import REVIEW, TIMING
from domain.tolerance.stages import Stage
from domain.tolerance.state import ReviewState
from domain.tolerance.values import Check, Decision, Ruling, SignOff
from domain.values.parties import Actor
from domain.values.workdays import Deadline, WorkCalendar, local_date


class ToleranceReview(ReviewState):
    TOPIC = "tolerance"
    LIFECYCLES = (REVIEW, TIMING)

    @classmethod
    def request(cls, *, id: UUID, by: Actor, at: datetime, **facts: Any) -> Self:
        """Requests tolerance; `facts` are the fields of ToleranceRequested."""
        return cls._begin(e.ToleranceRequested, id, **facts, by=by, timestamp=at)

    def check(self, check: Check, *, by: Actor, at: datetime) -> None:
        self._record(e.FactsChecked, check=check, by=by, at=at)

    def exempt(
        self, decision: Decision, law: Lawbook = PRINTED, *, by: Actor, at: datetime
    ) -> None:
        self._record(e.Exempted, **_on_its_wording(decision, law), by=by, at=at)

    def mitigate(
        self, decision: Decision, law: Lawbook = PRINTED, *, by: Actor, at: datetime
    ) -> None:
        self._record(e.Mitigated, **_on_its_wording(decision, law), by=by, at=at)

    def refuse(
        self,
        decision: Decision,
        sign_off: SignOff | None,
        law: Lawbook = PRINTED,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        said = _on_its_wording(decision, law)
        self._record(e.NotExempted, **said, sign_off=sign_off, by=by, at=at)

    def notify(
        self, recipient: str, served_on: date, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        """Records the service of the decision, with the remedies against it (公务员法 95)."""
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
        due = _answer_by(e.ReconsiderationRequested, at)
        self._record(e.ReconsiderationRequested, reason=reason, settle_by=due, by=by, at=at)

    def appeal(self, reason: str, *, by: Actor, at: datetime) -> None:
        due = _answer_by(e.AppealFiled, at)
        self._record(e.AppealFiled, reason=reason, settle_by=due, by=by, at=at)

    def settle(self, ruling: Ruling, calendar: WorkCalendar, *, by: Actor, at: datetime) -> None:
        """Records the ruling on the reconsideration or on the appeal."""
        if self.stage is Stage.APPEALED:
            return self._record(e.AppealSettled, ruling=ruling, by=by, at=at)
        until = periods.open_until(ruling.served_on, periods.TO_APPEAL_AFTERWARDS, calendar)
        facts = {"ruling": ruling, "appeal_by": until}
        return self._record(e.ReconsiderationSettled, **facts, by=by, at=at)

    def withdraw(self, reason: str, *, by: Actor, at: datetime) -> None:
        self._record(e.RequestWithdrawn, reason=reason, by=by, at=at)

    def retime(
        self,
        stated: Mapping[int, datetime],
        reason: str,
        evidence: str,
        approved_by: str,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Corrects every instant after the present; `stated` are those known, by version."""
        ahead = lying_ahead(self.past, at)
        right = right_instants(ahead, stated, at)
        instants = tuple(map(_counted_anew, ahead, right))
        facts = {"reason": reason, "evidence": evidence, "approved_by": approved_by}
        self._record(e.ReviewInstantsCorrected, instants=instants, **facts, by=by, at=at)


ANSWERED_WITHIN: dict[type[Event], timedelta] = {
    e.ReconsiderationRequested: periods.RECONSIDERED_WITHIN,
    e.AppealFiled: periods.APPEAL_ANSWERED_WITHIN,
}
"""The events whose own day begins a period; the other periods run from typed days."""


def _on_its_wording(decision: Decision, law: Lawbook) -> dict[str, Any]:
    """The decision with the wording of the four conditions, as it is known on the day of record.

    Before the plan there was none; a decision of before is refused by the bound of its date.
    """
    day = max(decision.issued_on, PLAN_ISSUED_ON)
    return {"decision": decision, "wording": law.rests(TOLERANCE, day)}


def _answer_by(event: type[Event], at: datetime) -> Deadline:
    return periods.answer_by(local_date(at), ANSWERED_WITHIN[event])


def _counted_anew(event: Event, right: RightInstant) -> RightInstant:
    if type(event) not in ANSWERED_WITHIN:
        return right
    settle_by = RightDate(name="settle_by", due=_answer_by(type(event), right.at))
    return right.model_copy(update={"dates": (settle_by,)})
