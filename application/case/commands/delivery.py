"""The commands of the delivery track."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from application.case.case_command import CaseCommand, CommandTools
from application.case.commands.decision import DOCUMENT
from application.execution.command import EXAMPLE_HASH, Examples, Facts, Verb
from domain.case.case import Case
from domain.case.delivery.values import DeliveryManner
from domain.case.promise.decisions import DecisionDocument
from domain.values.identifiers import Sha256
from domain.values.staff import StaffId
from domain.values.texts import LongText
from domain.values.workdays import Day


class Deliver(
    CaseCommand,
    verb="deliver",
    label="送达决定",
    help="记录现行的决定书和所发的证照、批文已经送达当事人；日期填送达之日，不是登记之日",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "how": "送达方式",
        "delivered_on": "送达日期",
        "receipt": "签收的送达回证（邮寄的为邮件回执）",
    }
    how: DeliveryManner
    delivered_on: Day
    receipt: Sha256
    EXAMPLES: ClassVar[Examples] = {
        "当面领取": {"how": "at_counter", "delivered_on": "2026-09-28", "receipt": EXAMPLE_HASH},
        "邮寄": {"how": "by_post", "delivered_on": "2026-09-30", "receipt": EXAMPLE_HASH},
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.deliver(self.how, self.delivered_on, self.receipt, **tools.who)


class Amend(
    CaseCommand,
    verb="amend",
    label="更正决定书",
    help="更正决定书的文字错误，须经另一名人员批准；重新生成决定书，原来的被替换，公示随之更正，并且重新送达",
    final=True,
):
    """Corrects a slip in the document of a decision; what was decided stays."""

    LABELS: ClassVar[Mapping[str, str]] = {**DOCUMENT, "reason": "哪里有误，怎样更正"}
    document: DecisionDocument
    reason: LongText
    approved_by: Annotated[StaffId, Field(description="批准更正的另一名人员")]
    EXAMPLES: ClassVar[Examples] = {
        "更正有效期": {
            "document": {
                "number": "义市监许〔2026〕1号",
                "kind": "licence",
                "title": "许可证",
                "valid_from": "2026-09-28",
                "valid_until": "2031-09-27",
            },
            "reason": "有效期届满日期误写为2030年，应为2031年",
            "approved_by": "wu-01",
        }
    }

    @classmethod
    def initial(cls, case: Case) -> Facts:
        if (document := case.decision_document) is None:
            return {}
        said: dict[str, Any] = document.model_dump(mode="json", exclude_none=True)
        return {"document": said}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        said = (self.document, self.reason, self.approved_by)
        case.amend(*said, tools.calendar, tools.letterhead(case), **tools.who)


VERBS = (
    Verb("deliver", "送达决定书和证照、批文", (Deliver,)),
    Verb("amend", "更正已经作出的决定书", (Amend,)),
)
