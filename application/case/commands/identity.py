"""The command of the identity track."""

from collections.abc import Mapping
from typing import ClassVar

from application.case import names
from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from domain.case.case import Case
from domain.values.identifiers import Sha256
from domain.values.parties import Person
from domain.values.texts import LongText, PublicLine


class Correct(
    CaseCommand,
    verb="correct",
    label="更正姓名（名称）",
    help="更正一开始就登记错误的姓名或者名称；以前的记录不改写，公示随之更正",
):
    """Corrects the applicant's name, which was wrong from the start (个人信息保护法 46)."""

    LABELS: ClassVar[Mapping[str, str]] = {
        "correct_name": "正确的姓名（名称）",
        "reason": "更正的原因",
        "evidence": "证明文件",
    }
    correct_name: PublicLine
    reason: LongText
    evidence: Sha256
    EXAMPLES: ClassVar[Examples] = {
        "更正名称": {
            "correct_name": "义马市示例商贸有限公司",
            "reason": "受理时录入有误，已与营业执照核对",
            "evidence": EXAMPLE_HASH,
        }
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        person = isinstance(case.applicant, Person)
        correct = names.correct_person if person else names.correct_organisation
        facts = (self.correct_name, self.reason, self.evidence)
        correct(tools.work, case, *facts, by=tools.by, at=tools.at)


VERBS = (Verb("correct", "更正申请人的姓名或者名称", (Correct,)),)
