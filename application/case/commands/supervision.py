"""Commands of inspection and rectification."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from domain.case import values as f
from domain.case.case import Case
from domain.case.values import Demands
from domain.values.texts import LongText, PublicText
from domain.values.workdays import Day


class PassInspection(
    CaseCommand,
    verb="inspect",
    label="承诺属实",
    help="认定承诺已经履行，案件办结；公示中显示公开的结论或者公开的说明，核查记录只存入案卷",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "note": "核查记录（只存入案卷）",
        "public_note": "公开的说明（填写以后代替公开的结论）",
    }
    outcome: Literal["passed"] = "passed"
    note: LongText
    """Internal: for the case file."""
    conclusion: f.InspectionConclusion = f.InspectionConclusion.KEPT
    public_note: PublicText | None = None
    """What the public reads instead of the conclusion."""
    EXAMPLES: ClassVar[Examples] = {
        "承诺属实": {"note": "现场核查与承诺一致", "conclusion": "kept_on_site"}
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.pass_inspection(self.note, self.conclusion, self.public_note, **tools.who)


class FindBreach(
    CaseCommand,
    verb="inspect",
    label="发现违诺",
    help="认定违反承诺，随后应当责令限期整改；整改以前不向社会公开",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "kind": "违诺的情形",
        "finding": "查明的事实",
    }
    outcome: Literal["breach"] = "breach"
    kind: f.BreachKind
    finding: LongText
    EXAMPLES: ClassVar[Examples] = {
        "发现违诺": {"kind": "false_statement", "finding": "经营场所与承诺不符"}
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.find_breach(self.kind, self.finding, tools.calendar, **tools.who)


class OrderRectification(
    CaseCommand,
    verb="rectify",
    label="责令整改",
    help="责令当事人在事项规定的期限内改正，期限由系统计算",
):
    outcome: Literal["order"] = "order"
    items: Demands
    EXAMPLES: ClassVar[Examples] = {"责令整改": {"items": ["变更经营场所或者恢复承诺的条件"]}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.order_rectification(self.items, tools.calendar, **tools.who)


class AcceptRectification(
    CaseCommand,
    verb="rectify",
    label="整改完成",
    help="认定违诺已经改正，承诺视为履行，案件办结；公示中显示公开的结论或者公开的说明",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "evidence": "整改的证据（只存入案卷）",
        "done_on": "整改完成的日期",
        "public_note": "公开的说明（填写以后代替公开的结论）",
    }
    outcome: Literal["rectified"] = "rectified"
    evidence: LongText
    """Internal: for the case file."""
    done_on: Day
    conclusion: f.RectificationConclusion = f.RectificationConclusion.PUT_RIGHT
    public_note: PublicText | None = None
    """What the public reads instead of the conclusion."""
    EXAMPLES: ClassVar[Examples] = {"整改完成": {"evidence": "复查照片", "done_on": "2026-11-10"}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        public = (self.conclusion, self.public_note)
        case.accept_rectification(self.evidence, self.done_on, *public, **tools.who)


class FailRectification(
    CaseCommand,
    verb="rectify",
    label="整改不到位",
    help="认定没有改正或者改正不到位，随后告知拟实施的惩戒",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "finding": "查明的事实",
    }
    outcome: Literal["failed"] = "failed"
    shortfall: f.Shortfall
    finding: LongText
    EXAMPLES: ClassVar[Examples] = {
        "整改不到位": {"shortfall": "inadequate", "finding": "场所仍不符合"}
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.fail_rectification(self.shortfall, self.finding, tools.calendar, **tools.who)


class RefuseRectification(
    CaseCommand,
    verb="rectify",
    label="拒绝整改",
    help="记录当事人拒绝整改的证据；沉默不是拒绝，须有书面材料或者两名以上执法人员的记录",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "evidence": "拒绝整改的证据",
        "officers": "记录的执法人员",
        "digest": "书面材料或者记录",
    }
    outcome: Literal["refused"] = "refused"
    evidence: f.RefusalEvidence
    EXAMPLES: ClassVar[Examples] = {
        "拒绝整改": {
            "evidence": {
                "proof": "recorded_by_two",
                "officers": ["i-01", "i-02"],
                "digest": EXAMPLE_HASH,
            }
        }
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.refuse_rectification(self.evidence, tools.calendar, **tools.who)


VERBS = (
    Verb("inspect", "履约核查：属实，或者发现违诺", (PassInspection, FindBreach)),
    Verb(
        "rectify",
        "责令整改，认定整改完成、不到位或者被拒绝",
        (OrderRectification, AcceptRectification, FailRectification, RefuseRectification),
    ),
)
