"""Use cases of a tolerance review (容错免责): request, act, show it as it is or as it was.

A review links cases and catalogue items; it reads them and never changes them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from application.access.permissions import (
    READING_REVIEWS,
    allowed,
    permit,
    permit_reading_review,
    permit_role,
)
from application.aggregates import replayed_as
from application.as_of import NEWEST, AsOf
from application.execution.context import CommandContext
from application.execution.execute import Executed, act, execute
from application.execution.ports import Recorded, Repository, UnitOfWork
from application.tolerance.commands import RequestTolerance
from application.tolerance.review_command import ReviewCommand, ReviewTools
from domain.case.case import Case
from domain.catalogue.item import CatalogueItem, item_id
from domain.kernel.aggregate import Event
from domain.kernel.errors import ActionRefused, NotFound
from domain.law.lawbook import Lawbook
from domain.tolerance.grounds import CaseLink
from domain.tolerance.lifecycle import ACTIONS
from domain.tolerance.review import ToleranceReview
from domain.tolerance.values import ItemLink, LinkedCase, LinkedItem
from domain.values.parties import Actor
from domain.values.workdays import WorkCalendar


@dataclass(frozen=True)
class Tolerance:
    repository: Repository
    calendar: WorkCalendar
    law: Callable[[], Lawbook]

    def request(
        self, context: CommandContext, command: RequestTolerance
    ) -> Executed[ToleranceReview]:
        """Requests tolerance for the actor's own department."""

        def decide(work: UnitOfWork) -> ToleranceReview:
            facts = {name: value for name, value in command if name not in ("cases", "matters")}
            facts["cases"] = tuple(_case(work, link) for link in command.links)
            facts["matters"] = tuple(_item(work, link) for link in command.matters)
            return ToleranceReview.request(id=uuid4(), by=context.by, at=context.at, **facts)

        return execute(self.repository, ToleranceReview, context, "tolerance", command, decide)

    def act(
        self, context: CommandContext, review_id: UUID, command: ReviewCommand
    ) -> Executed[ToleranceReview]:
        """Executes any other verb."""

        tools = ReviewTools(self.calendar, self.law())

        def decide(_: UnitOfWork, review: ToleranceReview) -> None:
            at = context.at if command.GOES_BACK else max(context.at, review.modified_on)
            who = {"by": context.by, "at": at}
            command.apply_to(review, tools, who)

        return act(self.repository, ToleranceReview, context, review_id, command, decide)

    def show(self, by: Actor, review_id: UUID, as_of: AsOf = NEWEST) -> ToleranceReview:
        """Returns the review as of a version or a moment.  Raises NotBegun or NotYet."""
        return replayed_as(ToleranceReview, as_of.of(self._readable(by, review_id)))

    def history(self, by: Actor, review_id: UUID) -> Sequence[Recorded]:
        """Returns every event of the review.  Raises NotFound or NotPermitted."""
        self._readable(by, review_id)
        return self.repository.history(review_id)

    def linked_case(self, by: Actor, review_id: UUID, case_id: UUID) -> Case:
        """Returns a linked case at the version that the department saw.

        Raises NotPermitted if the actor may not read all reviews, NotFound without such a link.
        """
        permit(by, _right("read_all"))
        review = self.repository.get(ToleranceReview, review_id)
        for case in review.requested.cases:
            if case.id == case_id:
                return self.repository.get(Case, case_id, version=case.version)
        raise NotFound("容错审查没有关联这个案件")

    def _readable(self, by: Actor, review_id: UUID) -> Sequence[Event]:
        """Returns the events of a review.  Raises NotPermitted, before NotFound if by the role."""
        permit_role(by, *READING_REVIEWS)
        events = self.repository.stream_of(ToleranceReview, review_id)
        permit_reading_review(by, replayed_as(ToleranceReview, events[:1]))
        return events

    def actions(self, review: ToleranceReview, by: Actor, at: datetime) -> list[str]:
        """Returns the actions that this actor may take on the review at that moment."""
        return [a for a in review.open_actions(by, at) if allowed(by, _right(a), review)]


def _right(verb: str) -> str:
    """Returns the key in RIGHTS; its prefix distinguishes it from the same verb of a case."""
    return f"{ToleranceReview.TOPIC}/{verb}"


def _case(work: UnitOfWork, link: CaseLink) -> LinkedCase:
    case = work.find(Case, link.id)
    if case is None or link.version > case.version:
        raise _not_linked("关联的案件不存在，或者没有这一版", "linked_cases_exist")
    return LinkedCase(id=case.id, version=link.version, kind=case.kind)


def _item(work: UnitOfWork, link: ItemLink) -> LinkedItem:
    entry = work.find(CatalogueItem, item_id(link.code))
    if entry is None or link.version > entry.terms_version:
        raise _not_linked("关联的事项不在清单内，或者没有这一版", "linked_items_exist")
    return LinkedItem(code=link.code, version=link.version, name=entry.item.name)


def _not_linked(reason: str, rule: str) -> ActionRefused:
    return ActionRefused(ACTIONS["request"], reason, rule)
