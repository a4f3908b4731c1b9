"""The use case of the logbook: the log records that it came back from a backup."""

from dataclasses import dataclass
from uuid import uuid4

from application.access.permissions import permit
from application.execution.context import CommandContext
from application.execution.execute import Executed, execute
from application.execution.ports import Repository, UnitOfWork
from application.logbook.commands import RestoreLog
from domain.logbook.restoration import Restoration


@dataclass(frozen=True)
class Logbook:
    repository: Repository

    def restore(self, context: CommandContext, command: RestoreLog) -> Executed[Restoration]:
        """Records the restoration: the log goes on under its new name, codes beyond the gap.

        Raises StaleVersion if the log has not the size that the command says.
        """

        def decide(work: UnitOfWork) -> Restoration:
            permit(context.by, f"{Restoration.TOPIC}/{command.VERB}")
            restoration = Restoration.restore(
                id=uuid4(), by=context.by, at=context.at, **dict(command)
            )
            work.begin_anew(restoration.restored)
            return restoration

        return execute(self.repository, Restoration, context, "log", command, decide)
