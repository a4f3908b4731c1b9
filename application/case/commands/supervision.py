"""Commands of inspection and rectification."""

from typing import ClassVar, Literal

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from domain.case import values as f
from domain.case.case import Case
from domain.case.values import Demands
from domain.values.texts import LongText, PublicText
from domain.values.workdays import Day


class PassInspection(CaseCommand, verb="inspect"):
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


class FindBreach(CaseCommand, verb="inspect"):
    outcome: Literal["breach"] = "breach"
    kind: f.BreachKind
    finding: LongText
    EXAMPLES: ClassVar[Examples] = {
        "发现违诺": {"kind": "false_statement", "finding": "经营场所与承诺不符"}
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.find_breach(self.kind, self.finding, tools.calendar, **tools.who)


class OrderRectification(CaseCommand, verb="rectify"):
    outcome: Literal["order"] = "order"
    items: Demands
    EXAMPLES: ClassVar[Examples] = {"责令整改": {"items": ["变更经营场所或者恢复承诺的条件"]}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.order_rectification(self.items, tools.calendar, **tools.who)


class AcceptRectification(CaseCommand, verb="rectify"):
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


class FailRectification(CaseCommand, verb="rectify"):
    outcome: Literal["failed"] = "failed"
    shortfall: f.Shortfall
    finding: LongText
    EXAMPLES: ClassVar[Examples] = {
        "整改不到位": {"shortfall": "inadequate", "finding": "场所仍不符合"}
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.fail_rectification(self.shortfall, self.finding, **tools.who)


class RefuseRectification(CaseCommand, verb="rectify"):
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
        case.refuse_rectification(self.evidence, **tools.who)


VERBS = (
    Verb("inspect", "履约核查：属实，或者发现违诺", (PassInspection, FindBreach)),
    Verb(
        "rectify",
        "责令整改，认定整改完成、不到位或者被拒绝",
        (OrderRectification, AcceptRectification, FailRectification, RefuseRectification),
    ),
)
