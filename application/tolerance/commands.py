"""Commands of a tolerance review: one class for each action, or for each of its outcomes."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from application.execution.command import EXAMPLE_HASH, Command, Examples, Verb
from application.tolerance.review_command import ReviewCommand, ReviewTools
from domain.kernel.instants import StatedInstants
from domain.tolerance.grounds import CaseLink, DeferredHandlingError, Evidence, Ground, Outcome
from domain.tolerance.review import ToleranceReview
from domain.tolerance.values import (
    Check,
    Concerned,
    Conditions,
    Decision,
    ItemLink,
    Ruling,
    SignOff,
    Superiors,
)
from domain.values.identifiers import Sha256
from domain.values.staff import StaffId
from domain.values.texts import LongText, ShortText
from domain.values.workdays import Day

_BUREAU = {"code": "114112810058000150", "name": "义马市市场监督管理局"}
_CITY = {"code": "11411281005800162H", "name": "义马市人民政府"}
_EVIDENCE = {"shows": "会议纪要第3项", "digest": EXAMPLE_HASH}
_MET = {"met": True, "found": "与材料一致"}
_CONDITIONS = ("reform_direction", "not_prohibited", "lawful_procedure", "diligent")
_SAME_FACTS = {
    "concerned": {"kind": "unit", "department": _BUREAU},
    "superiors": [_CITY],
    "plan_followed": _EVIDENCE,
    "conditions": dict.fromkeys(_CONDITIONS, _EVIDENCE),
}
_DECISION = {
    "authority": {"code": "11411281005800277P", "name": "中共义马市委组织部"},
    "kind": "appointing",
    "number": "义组〔2026〕7号",
    "issued_on": "2026-10-12",
    "digest": EXAMPLE_HASH,
    "deciders": ["z-01"],
    "reasons": "符合容错的情形和条件",
}
"""Shared parts of the example bodies."""
_DECISION_LABELS = {
    "decision": "决定文书",
    "decision.kind": "机关性质",
    "number": "文书号",
    "decision.digest": "文书文件",
    "deciders": "决定人员的编号",
    "code_confirmed.by": "核对人员",
}
"""The labels of a decision that an authority outside made."""


class RequestTolerance(
    Command,
    verb="request",
    label="申请容错",
    help="为本单位或者工作人员申请容错免责；不改变所关联的案件",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "concerned.officer": "工作人员",
        "concerned.unit": "单位",
        "person": "人员编号",
        "superior": "直接上级的人员编号",
        "digest": "证明文件",
        "code_confirmed.by": "核对人员",
        "plan_followed": "按照方案办理的证明",
        "conditions": "四项条件",
        "ground": "容错的情形",
        "cases.version": "看到的第几步",
        "matters.version": "看到的条款版次",
    }
    concerned: Concerned
    superiors: Superiors
    plan_followed: Evidence
    ground: Ground
    conditions: Conditions
    cases: Annotated[tuple[CaseLink, ...], Field(max_length=50)] = ()
    """Cases linked in addition to those that the ground names."""
    matters: Annotated[tuple[ItemLink, ...], Field(max_length=50)] = ()
    EXAMPLES: ClassVar[Examples] = {
        "容缺受理中的失误": _SAME_FACTS
        | {
            "ground": {
                "ground": "deferred_handling_error",
                "error": "漏记一份次要材料的补交期限",
                "cases": [{"id": "00000000-0000-4000-8000-000000000001", "version": 5}],
            }
        },
        "探索新方法造成损失": _SAME_FACTS
        | {
            "ground": {
                "ground": "novel_method",
                "novelty": "远程视频核查代替现场核查",
                "gap": "no_precedent",
                "deviation": "两处面积核定有误",
                "loss": "1200.00",
            },
            "matters": [{"code": "000731401001", "version": 1}],
        },
    }

    @property
    def links(self) -> tuple[CaseLink, ...]:
        """Every linked case: those of the ground, then `cases`."""
        of_ground = self.ground.cases if isinstance(self.ground, DeferredHandlingError) else ()
        return of_ground + self.cases


class CheckFacts(
    ReviewCommand,
    verb="check",
    label="核查",
    help="记录对情形的事实和四项条件的核查结果",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "check.conditions": "四项条件",
        "check.evidence": "证据文件",
    }
    check: Check
    EXAMPLES: ClassVar[Examples] = {
        "核查属实": {
            "check": {
                "conditions": dict.fromkeys(_CONDITIONS, _MET),
                "facts_confirmed": True,
                "found": "申请所述事实属实",
                "evidence": [EXAMPLE_HASH],
            }
        }
    }

    def apply_to(self, review: ToleranceReview, _: ReviewTools, who: dict[str, Any]) -> None:
        review.check(self.check, **who)


class Exempt(
    ReviewCommand,
    verb="decide",
    label="免责",
    help="记录有权机关免责的决定",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = _DECISION_LABELS
    outcome: Literal["exempted"] = "exempted"
    decision: Decision
    EXAMPLES: ClassVar[Examples] = {"免责": {"decision": _DECISION}}

    def apply_to(self, review: ToleranceReview, tools: ReviewTools, who: dict[str, Any]) -> None:
        review.exempt(self.decision, tools.law, **who)


class Mitigate(
    ReviewCommand,
    verb="decide",
    label="从轻或者减轻",
    help="记录有权机关从轻或者减轻的决定",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = _DECISION_LABELS
    outcome: Literal["mitigated"] = "mitigated"
    decision: Decision
    EXAMPLES: ClassVar[Examples] = {"从轻或者减轻": {"decision": _DECISION}}

    def apply_to(self, review: ToleranceReview, tools: ReviewTools, who: dict[str, Any]) -> None:
        review.mitigate(self.decision, tools.law, **who)


class RefuseExemption(
    ReviewCommand,
    verb="decide",
    label="不予免责",
    help="记录有权机关不予免责的决定；四项条件都满足的，须有上级签批",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = _DECISION_LABELS | {
        "person": "签批人的编号",
        "sign_off.digest": "签批文件",
        "sign_off.reason": "签批的理由",
    }
    outcome: Literal["not_exempted"] = "not_exempted"
    decision: Decision
    sign_off: SignOff | None = None
    EXAMPLES: ClassVar[Examples] = {
        "不予免责": {
            "decision": _DECISION,
            "sign_off": {"person": "z-09", "reason": "情节特殊", "digest": EXAMPLE_HASH},
        }
    }

    def apply_to(self, review: ToleranceReview, tools: ReviewTools, who: dict[str, Any]) -> None:
        review.refuse(self.decision, self.sign_off, tools.law, **who)


class NotifyDecision(
    ReviewCommand,
    verb="notify",
    label="送达决定",
    help="记录决定的送达，从送达之日起计算复核和申诉的期限",
):
    recipient: ShortText
    served_on: Day
    EXAMPLES: ClassVar[Examples] = {"送达": {"recipient": "w-01", "served_on": "2026-10-13"}}

    def apply_to(self, review: ToleranceReview, tools: ReviewTools, who: dict[str, Any]) -> None:
        review.notify(self.recipient, self.served_on, tools.calendar, **who)


class Reconsider(
    ReviewCommand,
    verb="reconsider",
    label="申请复核",
    help="记录当事人申请复核和理由",
):
    reason: LongText

    def apply_to(self, review: ToleranceReview, _: ReviewTools, who: dict[str, Any]) -> None:
        review.reconsider(self.reason, **who)


class FileAppeal(
    ReviewCommand,
    verb="appeal",
    label="提出申诉",
    help="记录当事人提出申诉和理由",
):
    reason: LongText

    def apply_to(self, review: ToleranceReview, _: ReviewTools, who: dict[str, Any]) -> None:
        review.appeal(self.reason, **who)


class KeepDecision(
    ReviewCommand,
    verb="settle",
    label="维持原决定",
    help="记录复核或者申诉维持原决定",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = _DECISION_LABELS
    outcome: Literal["kept"] = "kept"
    decision: Decision
    served_on: Day
    EXAMPLES: ClassVar[Examples] = {"维持": {"decision": _DECISION, "served_on": "2026-11-02"}}

    def apply_to(self, review: ToleranceReview, tools: ReviewTools, who: dict[str, Any]) -> None:
        review.settle(
            Ruling(decision=self.decision, served_on=self.served_on), tools.calendar, **who
        )


class ChangeDecision(
    ReviewCommand,
    verb="settle",
    label="改变原决定",
    help="记录复核或者申诉改变原决定；只能改得更轻",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = _DECISION_LABELS | {
        "to": "改变为",
    }
    outcome: Literal["changed"] = "changed"
    to: Literal[Outcome.EXEMPTED, Outcome.MITIGATED]
    decision: Decision
    served_on: Day
    EXAMPLES: ClassVar[Examples] = {
        "改变": {"to": "exempted", "decision": _DECISION, "served_on": "2026-11-02"}
    }

    def apply_to(self, review: ToleranceReview, tools: ReviewTools, who: dict[str, Any]) -> None:
        ruling = Ruling(decision=self.decision, changed_to=self.to, served_on=self.served_on)
        review.settle(ruling, tools.calendar, **who)


class WithdrawRequest(
    ReviewCommand,
    verb="withdraw",
    label="撤回容错申请",
    help="撤回申请，容错审查到此结束",
    final=True,
):
    reason: LongText

    def apply_to(self, review: ToleranceReview, _: ReviewTools, who: dict[str, Any]) -> None:
        review.withdraw(self.reason, **who)


class RetimeReview(
    ReviewCommand,
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
        "时刻无法证明": {
            "reason": "服务器时钟快了三百天，已校准",
            "evidence": EXAMPLE_HASH,
            "approved_by": "wu-01",
        }
    }

    def apply_to(self, review: ToleranceReview, _: ReviewTools, who: dict[str, Any]) -> None:
        stated = {each.version: each.at for each in self.instants}
        review.retime(stated, self.reason, self.evidence, self.approved_by, **who)


REQUEST = Verb("request", "为本单位或者工作人员申请容错", (RequestTolerance,))
VERBS = (
    Verb("check", "核查：情形的事实和四项条件", (CheckFacts,)),
    Verb("decide", "记录任免机关或者纪检监察机关的决定", (Exempt, Mitigate, RefuseExemption)),
    Verb("notify", "记录决定的送达，告知复核和申诉的权利", (NotifyDecision,)),
    Verb("reconsider", "记录复核申请", (Reconsider,)),
    Verb("appeal", "记录申诉", (FileAppeal,)),
    Verb("settle", "记录复核或者申诉的结果", (KeepDecision, ChangeDecision)),
    Verb("withdraw", "撤回容错申请", (WithdrawRequest,)),
    Verb("retime", "纠正因服务器时钟有误而晚于现在的时刻", (RetimeReview,)),
)
"""The verbs of a review that exists; REQUEST is the verb that begins one."""
