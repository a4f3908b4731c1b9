"""Commands about deferred materials: supply a material, review it."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Choices, Examples, Verb
from domain.case.case import Case
from domain.case.stages import Supply as SupplyState
from domain.values.identifiers import MaterialCode, Sha256
from domain.values.texts import LongText


def materials(case: Case, supply: SupplyState) -> Mapping[str, str]:
    """The deferred materials of a case that stand there, by code."""
    return {
        m.code: f"{m.name}（{m.code}）" for m in case.supplements.values() if m.supply is supply
    }


class Supply(
    CaseCommand,
    verb="supply",
    label="补交材料",
    help="记录申请人补交的一份容缺材料，等待审核",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "material": "补交的材料",
        "digest": "材料文件",
    }
    material: MaterialCode
    digest: Sha256
    EXAMPLES: ClassVar[Examples] = {"补交一份材料": {"material": "S-01", "digest": EXAMPLE_HASH}}

    @classmethod
    def choices(cls, case: Case) -> Choices:
        return {"material": materials(case, SupplyState.AWAITED)}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.supply(self.material, self.digest, tools.calendar, **tools.who)


class AcceptMaterial(
    CaseCommand,
    verb="review",
    label="符合要求",
    help="认定补交的材料符合要求，这份材料到此补齐",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "material": "符合要求的材料",
    }
    outcome: Literal["accept"] = "accept"
    material: MaterialCode
    EXAMPLES: ClassVar[Examples] = {"符合要求": {"material": "S-01"}}

    @classmethod
    def choices(cls, case: Case) -> Choices:
        return {"material": materials(case, SupplyState.SUPPLIED)}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.accept(self.material, **tools.who)


class ReturnMaterial(
    CaseCommand,
    verb="review",
    label="退回",
    help="退回补交的材料并说明理由，申请人须在原期限内重新补交",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "material": "退回的材料",
        "reason": "退回的理由",
    }
    outcome: Literal["return"] = "return"
    material: MaterialCode
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {"退回": {"material": "S-01", "reason": "缺少签章"}}

    @classmethod
    def choices(cls, case: Case) -> Choices:
        return {"material": materials(case, SupplyState.SUPPLIED)}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.hand_back(self.material, self.reason, tools.letterhead(case), **tools.who)


VERBS = (
    Verb("supply", "补交容缺的材料", (Supply,)),
    Verb("review", "审核补交的材料：符合，或者退回", (AcceptMaterial, ReturnMaterial)),
)
