"""The command of the substantive check."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StrictBool

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from domain.case.case import Case
from domain.values.identifiers import Sha256
from domain.values.staff import StaffId
from domain.values.texts import LongText
from domain.values.workdays import Day


class CheckSubstance(
    CaseCommand,
    verb="check",
    label="实质核查",
    help="记录两名以上工作人员对申请材料实质内容的核查；日期填核查之日，不是登记之日；情况有变化的可以重新核查",
):
    """Records the check that the law asks of two officers before some grants (行政许可法 34)."""

    LABELS: ClassVar[Mapping[str, str]] = {
        "colleague": "同行的另一名核查人员",
        "checked_on": "核查日期",
        "finding": "核查了什么、查明了什么",
        "found_true": "材料内容是否真实",
        "record": "核查笔录",
    }
    colleague: Annotated[StaffId, Field(description="录入人员以外的另一名核查人员")]
    checked_on: Day
    finding: LongText
    found_true: StrictBool
    record: Sha256
    EXAMPLES: ClassVar[Examples] = {
        "材料内容真实": {
            "colleague": "wu-01",
            "checked_on": "2026-09-28",
            "finding": "现场核对经营场所，位置、面积与平面图一致",
            "found_true": True,
            "record": EXAMPLE_HASH,
        },
        "材料内容不真实": {
            "colleague": "wu-01",
            "checked_on": "2026-09-28",
            "finding": "平面图标明的场所已经另租他人使用",
            "found_true": False,
            "record": EXAMPLE_HASH,
        },
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        said = (self.colleague, self.checked_on, self.finding, self.found_true, self.record)
        case.check(*said, **tools.who)


CHECK = Verb("check", "实质核查：两名以上工作人员核查申请材料的实质内容", (CheckSubstance,))
