"""Tolerance reviews (容错免责): what may be asked of one, and the use cases that carry it out.

A review names cases and catalogue items; it looks at them and never changes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import Field

from application.access.permissions import allowed, permit, permit_reading_review
from application.execution.command import Command
from application.execution.context import Turn
from application.execution.execute import Done, carry_out
from application.execution.ports import Recorded, Store, Work
from domain.case.case import Case
from domain.catalogue.item import CatalogueItem, item_id
from domain.kernel.errors import ActionRefused, NotFound
from domain.tolerance.grounds import CaseLink, DeferredHandlingError, Evidence, Ground, Outcome
from domain.tolerance.lifecycle import ACTIONS
from domain.tolerance.review import ToleranceReview
from domain.tolerance.values import (
    Check,
    Concerned,
    Conditions,
    Decision,
    ItemLink,
    LinkedCase,
    LinkedItem,
    Ruling,
    SignOff,
    Superiors,
)
from domain.values.parties import Actor, LongText, ShortText
from domain.values.workdays import WorkCalendar

# what may be asked ------------------------------------------------------------------------------


class RequestTolerance(Command, verb="request"):
    concerned: Concerned
    superiors: Superiors
    plan_followed: Evidence
    ground: Ground
    conditions: Conditions
    cases: Annotated[tuple[CaseLink, ...], Field(max_length=50)] = ()
    """Linked beside those that the ground itself names."""
    matters: Annotated[tuple[ItemLink, ...], Field(max_length=50)] = ()

    @property
    def links(self) -> tuple[CaseLink, ...]:
        """Every case it is about."""
        of_ground = self.ground.cases if isinstance(self.ground, DeferredHandlingError) else ()
        return of_ground + self.cases


class ReviewCommand(Command):
    def tell(self, review: ToleranceReview, calendar: WorkCalendar, who: dict[str, Any]) -> None:
        """Let the review decide; `who` says by whom and when."""
        raise AssertionError(f"{type(self).__name__} tells nothing")  # pragma: no cover


class CheckFacts(ReviewCommand, verb="check"):
    check: Check

    def tell(self, review: ToleranceReview, _: WorkCalendar, who: dict[str, Any]) -> None:
        review.check(self.check, **who)


class Exempt(ReviewCommand, verb="decide"):
    outcome: Literal["exempted"] = "exempted"
    decision: Decision

    def tell(self, review: ToleranceReview, _: WorkCalendar, who: dict[str, Any]) -> None:
        review.exempt(self.decision, **who)


class Mitigate(ReviewCommand, verb="decide"):
    outcome: Literal["mitigated"] = "mitigated"
    decision: Decision

    def tell(self, review: ToleranceReview, _: WorkCalendar, who: dict[str, Any]) -> None:
        review.mitigate(self.decision, **who)


class RefuseExemption(ReviewCommand, verb="decide"):
    outcome: Literal["not_exempted"] = "not_exempted"
    decision: Decision
    sign_off: SignOff | None = None

    def tell(self, review: ToleranceReview, _: WorkCalendar, who: dict[str, Any]) -> None:
        review.refuse(self.decision, self.sign_off, **who)


class NotifyDecision(ReviewCommand, verb="notify"):
    recipient: ShortText
    served_on: date

    def tell(self, review: ToleranceReview, calendar: WorkCalendar, who: dict[str, Any]) -> None:
        review.notify(self.recipient, self.served_on, calendar, **who)


class Reconsider(ReviewCommand, verb="reconsider"):
    reason: LongText

    def tell(self, review: ToleranceReview, _: WorkCalendar, who: dict[str, Any]) -> None:
        review.reconsider(self.reason, **who)


class FileAppeal(ReviewCommand, verb="appeal"):
    reason: LongText

    def tell(self, review: ToleranceReview, _: WorkCalendar, who: dict[str, Any]) -> None:
        review.appeal(self.reason, **who)


class KeepDecision(ReviewCommand, verb="settle"):
    outcome: Literal["kept"] = "kept"
    decision: Decision
    served_on: date

    def tell(self, review: ToleranceReview, calendar: WorkCalendar, who: dict[str, Any]) -> None:
        review.settle(Ruling(decision=self.decision, served_on=self.served_on), calendar, **who)


class ChangeDecision(ReviewCommand, verb="settle"):
    outcome: Literal["changed"] = "changed"
    to: Literal[Outcome.EXEMPTED, Outcome.MITIGATED]
    decision: Decision
    served_on: date

    def tell(self, review: ToleranceReview, calendar: WorkCalendar, who: dict[str, Any]) -> None:
        said = {"decision": self.decision, "changed_to": self.to, "served_on": self.served_on}
        review.settle(Ruling(**said), calendar, **who)


class WithdrawRequest(ReviewCommand, verb="withdraw"):
    reason: LongText

    def tell(self, review: ToleranceReview, _: WorkCalendar, who: dict[str, Any]) -> None:
        review.withdraw(self.reason, **who)


# how it is carried out --------------------------------------------------------------------------


@dataclass(frozen=True)
class Tolerance:
    store: Store
    calendar: WorkCalendar

    def request(self, turn: Turn, command: RequestTolerance) -> Done[ToleranceReview]:
        """Ask for tolerance, in the name of the department of whoever asks."""

        def decide(work: Work) -> ToleranceReview:
            permit(turn.by, _right(command.VERB))
            said = {name: value for name, value in command if name not in ("cases", "matters")}
            said["cases"] = tuple(_case(work, link) for link in command.links)
            said["matters"] = tuple(_item(work, link) for link in command.matters)
            return ToleranceReview.request(id=uuid4(), by=turn.by, at=turn.at, **said)

        return carry_out(self.store, ToleranceReview, turn, "tolerance", command, decide)

    def act(self, turn: Turn, review_id: UUID, command: ReviewCommand) -> Done[ToleranceReview]:
        """Carry out any other verb."""

        def decide(work: Work) -> ToleranceReview:
            review = work.get(ToleranceReview, review_id)
            permit(turn.by, _right(command.VERB), review)
            who = {"by": turn.by, "at": max(turn.at, review.modified_on)}
            command.tell(review, self.calendar, who)
            return review

        return carry_out(self.store, ToleranceReview, turn, review_id, command, decide)

    def show(
        self, by: Actor, review_id: UUID, version: int | None = None, at: datetime | None = None
    ) -> ToleranceReview:
        """The review now, or as it stood after `version` events or at an instant."""
        review = self.store.get(ToleranceReview, review_id, version=version, at=at)
        permit_reading_review(by, review)
        return review

    def history(self, by: Actor, review_id: UUID) -> Sequence[Recorded]:
        permit_reading_review(by, self.store.get(ToleranceReview, review_id, version=1))
        return self.store.history(review_id)

    def linked_case(self, by: Actor, review_id: UUID, case_id: UUID) -> Case:
        """A case that the review is about, as the department saw it; for those who review."""
        permit(by, _right("read_all"))
        review = self.store.get(ToleranceReview, review_id)
        for case in review.requested.cases:
            if case.id == case_id:
                return self.store.get(Case, case_id, version=case.version)
        raise NotFound("容错审查没有关联这个案件")

    def actions(self, review: ToleranceReview, by: Actor, at: datetime) -> list[str]:
        """What this person may do with the review at that moment."""
        return [a for a in review.open_actions(by, at) if allowed(by, _right(a), review)]


def _right(verb: str) -> str:
    """The same verbs are said of cases; rights tell them apart."""
    return f"{ToleranceReview.TOPIC}/{verb}"


def _case(work: Work, link: CaseLink) -> LinkedCase:
    case = work.find(Case, link.id)
    if case is None or link.version > case.version:
        raise _not_linked("关联的案件不存在，或者没有这一版", "linked_cases_exist")
    return LinkedCase(id=case.id, version=link.version, kind=case.kind)


def _item(work: Work, link: ItemLink) -> LinkedItem:
    entry = work.find(CatalogueItem, item_id(link.code))
    if entry is None or link.version > entry.terms_version:
        raise _not_linked("关联的事项不在清单内，或者没有这一版", "linked_items_exist")
    return LinkedItem(code=link.code, version=link.version, name=entry.item.name)


def _not_linked(reason: str, rule: str) -> ActionRefused:
    return ActionRefused(ACTIONS["request"], reason, rule)
