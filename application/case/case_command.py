"""A command to a case, and what it has at hand when it is carried out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from application.execution.command import Command
from application.execution.ports import CreditPlatform
from domain.case.case import Case
from domain.values.parties import Actor
from domain.values.workdays import WorkCalendar


@dataclass(frozen=True)
class CommandTools:
    """What a command has at hand: who acts and when, the calendar, the next commitment code."""

    by: Actor
    at: datetime
    calendar: WorkCalendar
    new_code: Callable[[str, date], str]
    consulted: object = None
    """What `ConsultingCommand.consult` returned."""

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}


class CaseCommand(Command):
    def apply_to(self, case: Case, tools: CommandTools) -> None:
        """Let the case decide."""
        raise AssertionError(f"{type(self).__name__} tells nothing")  # pragma: no cover


class Outside(Protocol):
    """The other systems that a command may consult."""

    @property
    def credit(self) -> CreditPlatform: ...


class ConsultingCommand(CaseCommand):
    """A command that asks other systems before its transaction begins.

    The case is then read twice, and permission is checked before anything is asked.
    """

    def consult(self, outside: Outside, case: Case) -> object:
        """Returns what they answered; `apply_to` finds it in `tools.consulted`."""
        raise AssertionError(f"{type(self).__name__} consults nobody")  # pragma: no cover
