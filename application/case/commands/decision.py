"""The commands of the decision, which ends the promise track."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from domain.case.case import Case
from domain.case.promise.decisions import DecisionDocument, NumberedDocument, RefusalGround
from domain.values.texts import LongText

DOCUMENT: Mapping[str, str] = {
    "document": "决定文书",
    "document.number": "文书号",
    "document.kind": "办理结果",
    "document.title": "证照、批文的名称",
    "valid_from": "有效期起始日期",
    "valid_until": "有效期届满日期（长期有效的不填）",
    "result": "所发证照、批文的文件",
}
"""The labels of a decision's document."""


class Grant(
    CaseCommand,
    verb="decide",
    label="准予",
    help="记录准予的决定和所发的证照、批文；单位的承诺随即向社会公示，并开始计算核查期限",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = DOCUMENT
    outcome: Literal["grant"] = "grant"
    document: DecisionDocument
    EXAMPLES: ClassVar[Examples] = {
        "准予": {
            "document": {"number": "义市监许〔2026〕1号", "kind": "licence", "title": "许可证"}
        },
        "准予，证照有期限": {
            "document": {
                "number": "义市监许〔2026〕2号",
                "kind": "licence",
                "title": "许可证",
                "valid_from": "2026-09-28",
                "valid_until": "2031-09-27",
                "result": EXAMPLE_HASH,
            }
        },
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.grant(self.document, tools.calendar, tools.letterhead(case), **tools.who)


class Refuse(
    CaseCommand,
    verb="decide",
    label="不予准予",
    help="记录不予准予的决定、法定情形和查明的事实；案件到此结束，当事人可以依法申请行政复议或者提起行政诉讼",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        **DOCUMENT,
        "document.title": "文书名称",
        "ground": "法定情形",
        "reason": "查明的事实和理由",
    }
    outcome: Literal["refuse"] = "refuse"
    document: NumberedDocument
    ground: RefusalGround
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {
        "不予准予": {
            "document": {
                "number": "义市监不许〔2026〕1号",
                "kind": "other",
                "title": "不予许可决定书",
            },
            "ground": "conditions",
            "reason": "经营场所与学校的距离不符合规定",
        }
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        decided = (self.document, self.ground, self.reason)
        case.refuse(*decided, tools.calendar, tools.letterhead(case), **tools.who)


DECIDE = Verb("decide", "作出准予或者不予准予的决定", (Grant, Refuse))
