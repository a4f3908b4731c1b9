"""The command of a restoration; nobody sends it but `xinnuo restore`."""

from typing import Annotated

from pydantic import Field

from application.execution.command import Command, Verb
from domain.logbook.values import GivenUp, LogName, LogRoot
from domain.values.identifiers import Sha256
from domain.values.texts import LongText


class RestoreLog(
    Command,
    verb="restore",
    label="恢复日志",
    help="记录事件日志从备份恢复、放弃了哪些检查点和编码",
    final=True,
):
    size: Annotated[int, Field(ge=0)]
    root: LogRoot
    origin: LogName
    given_up: tuple[GivenUp, ...]
    serials_after: Annotated[int, Field(ge=0)]
    manifest: Sha256 | None = None
    reason: LongText


RESTORE = Verb("restore", "声明日志已从备份恢复", (RestoreLog,))
