"""A command to a case, and what it has at hand when it is carried out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from application.execution.command import Command
from domain.case.case import Case
from domain.values.credit import CreditAnswer
from domain.values.parties import Actor
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
