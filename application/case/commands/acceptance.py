"""The commands of the acceptance track: accept, ask once for a correction, take it down."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Choices, Examples, Facts, Verb
from domain.case.acceptance.values import Asked
from domain.case.case import Case
from domain.case.promise.materials import Scans, indispensable
from domain.case.values import Submitted
from domain.values.identifiers import Sha256
from domain.values.workdays import Day

LACKS = "没有提交，请补交"


def _may_be_asked(case: Case) -> Mapping[str, str]:
    """The materials of the case for which the applicant may be asked, by code."""
    held = {each.material for each in case.in_hand.reused}
    return {each.code: each.name for each in case.terms.asked if each.code not in held}


class Accept(
    CaseCommand,
    verb="accept",
    label="受理",
    help="认定申请材料齐全、符合法定形式，受理申请，送达受理通知书；接下来查询信用",
):
    outcome: Literal["accept"] = "accept"
    EXAMPLES: ClassVar[Examples] = {"受理": {}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.accept_application(tools.letterhead(case), **tools.who)


class AskForCorrection(
    CaseCommand,
    verb="accept",
    label="一次告知补正",
    help="材料不齐全或者不符合法定形式的，一次告知需要补正的全部内容，送达补正告知书；只能告知一次",
    final=True,
):
    """Asks the applicant for everything that must be put right; nobody may ask a second time."""

    LABELS: ClassVar[Mapping[str, str]] = {
        "asked": "需要补正的全部内容（每份材料一行）",
        "material": "材料（申请书需要补正的，不选）",
        "what": "怎样补正",
    }
    outcome: Literal["ask"] = "ask"
    asked: Asked
    EXAMPLES: ClassVar[Examples] = {
        "缺一份材料": {"asked": [{"material": "M-02", "what": "没有提交，请补交"}]},
        "缺一份材料，申请书漏填": {
            "asked": [
                {"material": "M-02", "what": "没有提交，请补交"},
                {"what": "申请书第二页没有填写经营场所的面积"},
            ]
        },
    }

    @classmethod
    def choices(cls, case: Case) -> Choices:
        return {"asked[].material": _may_be_asked(case)}

    @classmethod
    def initial(cls, case: Case) -> Facts:
        """What is not in and must be: all of it has to be asked."""
        lacking: list[dict[str, Any]] = [
            {"material": each.code, "what": LACKS} for each in indispensable(case.in_hand)
        ]
        return {"asked": lacking} if lacking else {}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.ask_for_correction(self.asked, tools.calendar, tools.letterhead(case), **tools.who)


class Complete(
    CaseCommand,
    verb="complete",
    label="收到补正材料",
    help="记录申请人补正的材料；自收到之日起五个工作日内决定是否受理",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "received_on": "收到补正材料的日期（收到之日，不是登记之日）",
        "submitted": "收到的补正材料",
        "scans": "补正材料的电子件",
        "scans.digest": "电子件",
        "scans.valid_until": "材料的到期日期",
        "form": "补正的申请书（没有要求补正申请书的不填）",
    }
    received_on: Day
    submitted: Submitted = ()
    scans: Scans = ()
    form: Sha256 | None = None
    EXAMPLES: ClassVar[Examples] = {
        "补交一份材料": {"received_on": "2026-10-09", "submitted": ["M-02"]},
        "材料和申请书都已补正": {
            "received_on": "2026-10-09",
            "submitted": ["M-02"],
            "scans": [{"material": "M-02", "digest": EXAMPLE_HASH}],
            "form": EXAMPLE_HASH,
        },
    }

    @classmethod
    def choices(cls, case: Case) -> Choices:
        named = _may_be_asked(case)
        return {"submitted": named, "scans[].material": named}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        came = (self.received_on, self.submitted, tools.calendar)
        case.receive_correction(*came, scans=self.scans, form=self.form, **tools.who)


VERBS = (
    Verb("accept", "受理审查：受理，或者一次告知补正", (Accept, AskForCorrection)),
    Verb("complete", "收到申请人补正的材料", (Complete,)),
)
