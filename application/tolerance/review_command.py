"""Commands to a tolerance review, and the tools with which they are executed."""

from typing import Any, NamedTuple

from application.execution.command import Command
from domain.law.lawbook import Lawbook
from domain.tolerance.review import ToleranceReview
from domain.values.workdays import WorkCalendar


class ReviewTools(NamedTuple):
    calendar: WorkCalendar
    law: Lawbook


class ReviewCommand(Command):
    def apply_to(self, review: ToleranceReview, tools: ReviewTools, who: dict[str, Any]) -> None:
        """Calls the method of the review that decides this command; `who` holds `by` and `at`."""
        raise AssertionError(f"{type(self).__name__} applies nothing")  # pragma: no cover
