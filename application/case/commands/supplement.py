"""Commands about deferred materials: supply a material, review it."""

from typing import ClassVar, Literal

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from domain.case.case import Case
from domain.values.identifiers import MaterialCode, Sha256
from domain.values.texts import LongText


class Supply(CaseCommand, verb="supply"):
    material: MaterialCode
    digest: Sha256
    EXAMPLES: ClassVar[Examples] = {"补交一份材料": {"material": "S-01", "digest": EXAMPLE_HASH}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.supply(self.material, self.digest, tools.calendar, **tools.who)


class AcceptMaterial(CaseCommand, verb="review"):
    outcome: Literal["accept"] = "accept"
    material: MaterialCode
    EXAMPLES: ClassVar[Examples] = {"符合要求": {"material": "S-01"}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.accept(self.material, **tools.who)


class ReturnMaterial(CaseCommand, verb="review"):
    outcome: Literal["return"] = "return"
    material: MaterialCode
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {"退回": {"material": "S-01", "reason": "缺少签章"}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.hand_back(self.material, self.reason, **tools.who)


VERBS = (
    Verb("supply", "补交容缺的材料", (Supply,)),
    Verb("review", "审核补交的材料：符合，或者退回", (AcceptMaterial, ReturnMaterial)),
)
