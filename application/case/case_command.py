"""Commands to a case, and the tools with which they are executed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from application.case.signing import Signing
from application.execution.command import Command
from application.execution.context import CommandContext
from application.execution.ports import CreditPlatform, UnitOfWork
from domain.case.case import Case
from domain.documents.content import Letterhead
from domain.values.parties import Actor, Channel
from domain.values.workdays import WorkCalendar


@dataclass(frozen=True)
class CommandTools:
    """Tools for executing a command: actor, time, channel, calendar, codes, transaction."""

    by: Actor
    at: datetime
    channel: Channel
    """Through which door the actor came."""
    calendar: WorkCalendar
    new_code: Callable[[str, date], str]
    work: UnitOfWork
    """The transaction, for a command that changes more than the case."""
    letterhead: Callable[[Case], Letterhead | None]
    """Names the applicant for the documents that are served; None if the person was erased."""
    consulted: object = None
    """The result of `ConsultingCommand.consult`; None for every other command."""

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}


class CaseCommand(Command):
    def apply_to(self, case: Case, tools: CommandTools) -> None:
        """Calls the method of the case that decides this command."""
        raise AssertionError(f"{type(self).__name__} applies nothing")  # pragma: no cover


class Outside(Protocol):
    """The other systems that a command may consult."""

    @property
    def credit(self) -> CreditPlatform: ...

    @property
    def signing(self) -> Signing: ...


class ConsultingCommand(CaseCommand):
    """A command that queries other systems before its transaction begins.

    The case is read once before the query, to check permission, and again in the transaction.
    """

    def consult(self, outside: Outside, case: Case, context: CommandContext) -> object:
        """Returns the answer of the other systems; `apply_to` gets it as `tools.consulted`."""
        raise AssertionError(f"{type(self).__name__} consults nobody")  # pragma: no cover
