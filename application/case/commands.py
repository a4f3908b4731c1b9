"""What may be asked of a case or an item: one class an outcome, its fields the facts.

A verb with several outcomes is several classes told apart by `outcome`.  Each knows the one
method of the aggregate that it stands for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from application.execution.command import Command
from application.execution.ports import PersonDetails
from domain.case import values as f
from domain.case.case import Case
from domain.case.values import Measures, Texts
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import CommitmentType, ListedItem, Terms
from domain.values.credit import CreditAnswer
from domain.values.identifiers import ItemCode, MaterialCode
from domain.values.parties import Actor, LongText, Organisation
from domain.values.workdays import WorkCalendar


@dataclass(frozen=True)
class Desk:
    """What a command has at hand: who acts and when, the calendar, the next commitment code."""

    by: Actor
    at: datetime
    calendar: WorkCalendar
    new_code: Callable[[str, date], str]
    answer: CreditAnswer | None = None
    """What the credit platform said, asked before the transaction began."""

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}


class CaseCommand(Command):
    def tell(self, case: Case, desk: Desk) -> None:
        """Let the case decide."""
        raise AssertionError(f"{type(self).__name__} tells nothing")  # pragma: no cover


class PersonApplicant(PersonDetails):
    kind: Literal["person"] = "person"


Applicant = Annotated[Organisation | PersonApplicant, Field(discriminator="kind")]


class OpenCase(Command, verb="open"):
    item: ItemCode
    kind: CommitmentType
    applicant: Applicant
    submitted: Annotated[tuple[MaterialCode, ...], Field(max_length=60)] = ()


class Query(CaseCommand, verb="query"):
    def tell(self, case: Case, desk: Desk) -> None:
        assert desk.answer is not None
        case.query(desk.answer, desk.calendar, **desk.who)


class Notify(CaseCommand, verb="notify"):
    def tell(self, case: Case, desk: Desk) -> None:
        case.notify(desk.calendar, **desk.who)


class Promise(CaseCommand, verb="commit"):
    outcome: Literal["promise"] = "promise"
    letter: f.Letter

    def tell(self, case: Case, desk: Desk) -> None:
        code = desk.new_code(case.region, self.letter.signature.signed_on)
        case.commit(self.letter, code, desk.calendar, **desk.who)


class Decline(CaseCommand, verb="commit"):
    outcome: Literal["decline"] = "decline"
    reason: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.decline(self.reason, **desk.who)


class Grant(CaseCommand, verb="decide"):
    outcome: Literal["grant"] = "grant"
    document: f.DecisionDocument

    def tell(self, case: Case, desk: Desk) -> None:
        case.grant(self.document, desk.calendar, **desk.who)


class Refuse(CaseCommand, verb="decide"):
    outcome: Literal["refuse"] = "refuse"
    document: f.DecisionDocument
    reason: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.refuse(self.document, self.reason, **desk.who)


class Withdraw(CaseCommand, verb="withdraw"):
    reason: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.withdraw(self.reason, **desk.who)


class Supply(CaseCommand, verb="supply"):
    material: MaterialCode
    digest: f.Sha256

    def tell(self, case: Case, desk: Desk) -> None:
        case.supply(self.material, self.digest, desk.calendar, **desk.who)


class AcceptMaterial(CaseCommand, verb="review"):
    outcome: Literal["accept"] = "accept"
    material: MaterialCode

    def tell(self, case: Case, desk: Desk) -> None:
        case.accept(self.material, **desk.who)


class ReturnMaterial(CaseCommand, verb="review"):
    outcome: Literal["return"] = "return"
    material: MaterialCode
    reason: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.hand_back(self.material, self.reason, **desk.who)


class PassInspection(CaseCommand, verb="inspect"):
    outcome: Literal["passed"] = "passed"
    note: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.pass_inspection(self.note, **desk.who)


class FindBreach(CaseCommand, verb="inspect"):
    outcome: Literal["breach"] = "breach"
    kind: f.BreachKind
    finding: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.find_breach(self.kind, self.finding, desk.calendar, **desk.who)


class OrderRectification(CaseCommand, verb="rectify"):
    outcome: Literal["order"] = "order"
    items: Texts

    def tell(self, case: Case, desk: Desk) -> None:
        case.order_rectification(self.items, desk.calendar, **desk.who)


class AcceptRectification(CaseCommand, verb="rectify"):
    outcome: Literal["rectified"] = "rectified"
    evidence: LongText
    done_on: date

    def tell(self, case: Case, desk: Desk) -> None:
        case.accept_rectification(self.evidence, self.done_on, **desk.who)


class FailRectification(CaseCommand, verb="rectify"):
    outcome: Literal["failed"] = "failed"
    shortfall: f.Shortfall
    finding: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.fail_rectification(self.shortfall, self.finding, **desk.who)


class RefuseRectification(CaseCommand, verb="rectify"):
    outcome: Literal["refused"] = "refused"
    evidence: f.RefusalEvidence

    def tell(self, case: Case, desk: Desk) -> None:
        case.refuse_rectification(self.evidence, **desk.who)


class Forewarn(CaseCommand, verb="forewarn"):
    measures: Measures
    reason: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.forewarn(self.measures, self.reason, desk.calendar, **desk.who)


class Hear(CaseCommand, verb="hear"):
    outcome: Literal["heard"] = "heard"
    statement: LongText
    opinion: LongText

    def tell(self, case: Case, desk: Desk) -> None:
        case.hear(self.statement, self.opinion, **desk.who)


class WaiveHearing(CaseCommand, verb="hear"):
    outcome: Literal["waived"] = "waived"
    digest: f.Sha256

    def tell(self, case: Case, desk: Desk) -> None:
        case.waive_hearing(self.digest, **desk.who)


class Impose(CaseCommand, verb="penalize"):
    outcome: Literal["impose"] = "impose"
    measures: Measures
    severity: f.Severity
    basis: f.BasisDocument
    verdict: f.Verdict

    def tell(self, case: Case, desk: Desk) -> None:
        case.penalize(self.measures, self.severity, self.basis, self.verdict, **desk.who)


class Spare(CaseCommand, verb="penalize"):
    outcome: Literal["spare"] = "spare"
    reason: f.SparedReason
    explanation: LongText
    verdict: f.Verdict

    def tell(self, case: Case, desk: Desk) -> None:
        case.spare(self.reason, self.explanation, self.verdict, **desk.who)


class ListItem(Command, verb="list"):
    item: ListedItem
    terms: Terms | None = None


class ItemCommand(Command):
    def tell(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        """Let the item decide."""
        raise AssertionError(f"{type(self).__name__} tells nothing")  # pragma: no cover


class ReviseItem(ItemCommand, verb="revise"):
    terms: Terms

    def tell(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        item.revise(self.terms, by=by, at=at)


class ActivateItem(ItemCommand, verb="activate"):
    def tell(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        item.activate(by=by, at=at)


class DelistItem(ItemCommand, verb="delist"):
    reason: LongText

    def tell(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        item.delist(self.reason, by=by, at=at)
