"""Events of the delivery track: a decision was delivered, an issued decision was corrected."""

from typing import Literal

from domain.case.delivery.values import DeliveryManner
from domain.case.promise.decisions import DecisionDocument
from domain.documents.kinds import DocumentKind
from domain.documents.served import SERVED, Serving
from domain.kernel.aggregate import Event
from domain.kernel.documents import IssuedNumber, issued_number
from domain.values.identifiers import Sha256
from domain.values.staff import StaffId
from domain.values.texts import LongText, RecordedText
from domain.values.workdays import Day, Deadline


class ResultDelivered(
    Event,
    topic="case/result-delivered",
    shows={"receipt": "签收的送达回证"},
    words={"how": "送达方式", "delivered_on": "送达日期", "receipt": "送达回证"},
):
    """The decision in force, with what was issued, reached the applicant (行政许可法 44)."""

    how: DeliveryManner
    delivered_on: Day
    receipt: Sha256


class DecisionCorrected(
    Event,
    Serving,
    topic="case/decision-corrected",
    shows={"document.result": "核发的证照、批文"} | SERVED,
    made_here=(*SERVED,),
    names=("document.number", "former_numbers"),
    published=True,
    words={"corrects": "更正的文书", "former_numbers": "更正前的文书号"},
):
    """Two persons corrected a slip in an issued decision; it is served anew, and delivered anew."""

    corrects: Literal[DocumentKind.GRANT, DocumentKind.REFUSAL]
    document: DecisionDocument
    """The whole document as it should have been."""
    former_numbers: tuple[RecordedText, ...]
    """Every number that this decision had before, the last one last."""
    reason: LongText
    approved_by: StaffId
    deliver_by: Deadline

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        """Only a number that this decision never had is issued."""

        def issued(number: str) -> IssuedNumber:
            return issued_number(self.by.department.code, number, self.day)

        claimed = issued(self.document.number)
        return () if claimed in map(issued, self.former_numbers) else (claimed,)
