"""The command of the identity track."""

from typing import ClassVar

from application.case import names
from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from domain.case.case import Case
from domain.values.identifiers import Sha256
from domain.values.parties import Person
from domain.values.texts import LongText, PublicLine


class Correct(CaseCommand, verb="correct"):
    """Corrects the applicant's name, which was wrong from the start (个人信息保护法 46)."""

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
