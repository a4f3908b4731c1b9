"""The sweep: executes, as the system, the commands that follow from missed deadlines."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.access.permissions import Role
from application.case.case_command import CaseCommand
from application.case.commands.supervision import FailRectification, FindBreach
from application.case.service import Casework
from application.execution.context import CommandContext, event_name
from application.execution.ports import DueList
from domain.case.case import Case
from domain.case.duties import set_by
from domain.case.stages import Stage
from domain.case.values import BreachKind, Duty, Shortfall
from domain.catalogue import composed_texts
from domain.kernel.errors import ClockJumped, DomainError, WrittenByNewer
from domain.values.parties import Actor, Channel
from domain.values.personal.screen import masked
from domain.values.staff import SYSTEM_PERSON
from domain.values.workdays import local_date


@dataclass(frozen=True)
class Sweep:
    casework: Casework
    due: DueList

    def run(self, at: datetime) -> Iterator[tuple[UUID, CaseCommand]]:
        """Acts on every case with a missed deadline; yields each case and the command executed.

        Leaves a case that a newer release has written to that release.
        """
        for case_id, action in self.due.overdue(local_date(at)):
            with suppress(WrittenByNewer):
                if command := self._swept(case_id, action, at):
                    yield case_id, command

    def _swept(self, case_id: UUID, action: str, at: datetime) -> CaseCommand | None:
        """Returns the command executed on the case.  Returns None if there was none to execute."""
        today, case = local_date(at), self.casework.repository.get(Case, case_id)
        late = [d for d in case.duties if d.action == action and d.due.passed(today)]
        command = overdue(case, action)
        done = late and command and self._act(case, late[0], command, at)
        return command if done else None

    def _act(self, case: Case, late: Duty, command: CaseCommand, at: datetime) -> bool:
        """Executes the command, caused by the event that set the missed deadline.

        Returns False if the command is refused.
        """
        system = Actor(
            person=SYSTEM_PERSON, role=Role.SYSTEM, department=case.pinned.item.supervisor
        )
        events = [each.event for each in self.casework.repository.history(case.id)]
        cause = event_name(set_by(late, events))
        context = CommandContext(system, at, Channel.SYSTEM, causation=cause)
        try:
            self.casework.act(context, case.id, command)
        except ClockJumped:
            raise  # nothing can be recorded in any case
        except DomainError:
            return False  # the due list lagged behind: another command came first
        return True


def overdue(case: Case, action: str) -> CaseCommand | None:
    """Returns the command that a missed deadline alone justifies.

    Returns None if an officer must decide (工作方案 四·七: 逾期未补齐, 逾期未整改).
    """
    match action, case.stage:
        case "supply", Stage.GRANTED:
            finding = composed_texts.overdue([masked(m.name) for m in case.outstanding])
            # no rule about typed text may refuse what the service composes
            return FindBreach.model_construct(kind=BreachKind.SUPPLEMENT_OVERDUE, finding=finding)
        case "rectify", Stage.RECTIFYING:
            return FailRectification(
                shortfall=Shortfall.OVERDUE, finding="整改期限已过，未完成整改"
            )
        case _:
            return None
