"""The delivery track, after the decision: deliver it, correct a slip in it."""

from datetime import date, datetime
from typing import Any

from domain.case.delivery import events as e
from domain.case.delivery.values import DeliveryManner
from domain.case.promise.decisions import DecisionDocument
from domain.case.promise.events import ApplicationGranted, ApplicationRefused
from domain.case.stages import Delivery
from domain.case.state import CaseState
from domain.documents.content import Letterhead
from domain.documents.kinds import DocumentKind
from domain.values.parties import Actor
from domain.values.workdays import WorkCalendar

Decision = ApplicationGranted | ApplicationRefused


class DeliveryVerbs(CaseState):
    """The verbs by which a decision reaches the applicant (行政许可法 44), and is put right."""

    def deliver(
        self, how: DeliveryManner, delivered_on: date, receipt: str, *, by: Actor, at: datetime
    ) -> None:
        """Records the delivery; `receipt` is the SHA-256 of the signed 送达回证."""
        facts = {"how": how, "delivered_on": delivered_on, "receipt": receipt}
        self._record(e.ResultDelivered, **facts, by=by, at=at)

    def amend(
        self,
        document: DecisionDocument,
        reason: str,
        approved_by: str,
        calendar: WorkCalendar,
        letterhead: Letterhead | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Serves the decision anew as `document`, which is the whole of it."""
        refused = self.last(ApplicationRefused)
        facts: dict[str, Any] = {"document": document, "reason": reason, "approved_by": approved_by}
        facts["corrects"] = DocumentKind.REFUSAL if refused else DocumentKind.GRANT
        facts["former_numbers"] = tuple(each.document.number for each in self.decision_papers)
        if self.decided is None:
            facts["documents"] = ()  # the table refuses it
        facts |= {"calendar": calendar, "letterhead": letterhead}
        self._record(e.DecisionCorrected, **facts, by=by, at=at)

    # reading ------------------------------------------------------------------------------------

    @property
    def decided(self) -> Decision | None:
        """The decision as it was made.  Returns None before."""
        return self.last(ApplicationGranted) or self.last(ApplicationRefused)

    @property
    def decision_papers(self) -> list[Decision | e.DecisionCorrected]:
        """The decision and its corrections; the last one is in force."""
        kinds = (ApplicationGranted, ApplicationRefused, e.DecisionCorrected)
        return [event for event in self.past if isinstance(event, kinds)]

    @property
    def decision_document(self) -> DecisionDocument | None:
        """The document of the decision as it is in force.  Returns None before."""
        paper = self.last(e.DecisionCorrected) or self.decided
        return DecisionDocument(**dict(paper.document)) if paper else None

    @property
    def delivered(self) -> e.ResultDelivered | None:
        """The delivery of the decision in force.  Returns None while it is owed."""
        return self.last(e.ResultDelivered) if self.delivery is Delivery.DELIVERED else None
