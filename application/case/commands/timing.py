"""The command of the timing track."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from domain.case.case import Case
from domain.kernel.instants import StatedInstants
from domain.values.identifiers import Sha256
from domain.values.staff import StaffId
from domain.values.texts import LongText


class Retime(
    CaseCommand,
    verb="retime",
    label="纠正时刻",
    help="服务器时钟有误时，记录各步真正的时刻；原来的记录不改写，期限重新计算",
    final=True,
):
    """Corrects the instants after the present, which a wrong clock recorded."""

    LABELS: ClassVar[Mapping[str, str]] = {
        "instants": "能够证明的时刻",
        "instants.version": "第几步",
        "instants.at": "真正的时刻",
        "reason": "时钟有误的经过",
        "evidence": "证明文件",
    }
    GOES_BACK: ClassVar[bool] = True

    instants: StatedInstants = ()
    reason: LongText
    evidence: Sha256
    approved_by: Annotated[StaffId, Field(description="批准纠正的另一名人员")]
    EXAMPLES: ClassVar[Examples] = {
        "时刻可以证明": {
            "instants": [{"version": 2, "at": "2026-09-28T09:10:00+08:00"}],
            "reason": "服务器时钟快了三百天，已校准",
            "evidence": EXAMPLE_HASH,
            "approved_by": "wu-01",
        },
        "时刻无法证明": {
            "reason": "服务器时钟快了三百天，已校准",
            "evidence": EXAMPLE_HASH,
            "approved_by": "wu-01",
        },
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        stated = {each.version: each.at for each in self.instants}
        said = (self.reason, self.evidence, self.approved_by)
        case.retime(stated, *said, tools.calendar, **tools.who)


VERBS = (Verb("retime", "纠正因服务器时钟有误而晚于现在的时刻", (Retime,)),)
