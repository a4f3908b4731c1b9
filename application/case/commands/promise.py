"""Commands from the application to the decision."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from application.case.case_command import CaseCommand, CommandTools, ConsultingCommand, Outside
from application.case.names import Renaming
from application.execution.command import EXAMPLE_HASH, Command, Examples, Verb
from application.execution.ports import PersonDetails
from domain.case import values as f
from domain.case.case import Case
from domain.catalogue.terms import CommitmentType
from domain.values.credit import CreditAnswer
from domain.values.identifiers import ItemCode
from domain.values.parties import Organisation
from domain.values.texts import LongText, ShortText


class PersonApplicant(PersonDetails):
    name: ShortText
    kind: Literal["person"] = "person"


Applicant = Annotated[Organisation | PersonApplicant, Field(discriminator="kind")]


class OpenCase(Command, verb="open"):
    item: ItemCode
    kind: CommitmentType
    applicant: Applicant
    submitted: f.Submitted = ()
    renamed: Renaming | None = None
    EXAMPLES: ClassVar[Examples] = {
        "单位申请，告知承诺": {
            "item": "000731401001",
            "kind": "notice_commitment",
            "applicant": {
                "kind": "organisation",
                "code": "91411281MA9KXNT179",
                "name": "义马市示例商贸有限公司",
            },
            "submitted": ["M-01", "M-02", "M-03"],
        },
        "单位已变更名称": {
            "item": "000731401001",
            "kind": "notice_commitment",
            "applicant": {
                "kind": "organisation",
                "code": "91411281MA9KXNT179",
                "name": "义马市示例实业有限公司",
            },
            "submitted": ["M-01", "M-02", "M-03"],
            "renamed": {
                "former": "义马市示例商贸有限公司",
                "reason": "已办理名称变更登记",
                "evidence": EXAMPLE_HASH,
            },
        },
        "个人申请": {
            "item": "000714101001",
            "kind": "notice_commitment",
            "applicant": {"kind": "person", "name": "示例", "id_number": "411281199001010014"},
            "submitted": ["M-01", "M-02"],
        },
    }


class Query(ConsultingCommand, verb="query"):
    def consult(self, outside: Outside, case: Case) -> CreditAnswer:
        return outside.credit.ask(case.applicant)

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        assert isinstance(tools.consulted, CreditAnswer)
        case.query(tools.consulted, tools.calendar, **tools.who)


class Notify(CaseCommand, verb="notify"):
    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.notify(tools.calendar, **tools.who)


class Promise(CaseCommand, verb="commit"):
    outcome: Literal["promise"] = "promise"
    letter: f.Letter
    EXAMPLES: ClassVar[Examples] = {
        "作出承诺": {
            "letter": {
                "notice_digest": EXAMPLE_HASH,
                "digest": EXAMPLE_HASH,
                "channel": "online",
                "signature": {
                    "mark": "seal",
                    "level": "reliable_e",
                    "verified": True,
                    "signed_on": "2026-09-28",
                },
            }
        }
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        code = tools.new_code(case.region, self.letter.signature.signed_on)
        case.commit(self.letter, code, tools.calendar, **tools.who)


class Decline(CaseCommand, verb="commit"):
    outcome: Literal["decline"] = "decline"
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {"不作承诺": {"reason": "愿意按原程序提交全部证明"}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.decline(self.reason, **tools.who)


class Grant(CaseCommand, verb="decide"):
    outcome: Literal["grant"] = "grant"
    document: f.DecisionDocument
    EXAMPLES: ClassVar[Examples] = {
        "准予": {
            "document": {"number": "义市监许〔2026〕1号", "kind": "licence", "title": "许可证"}
        }
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.grant(self.document, tools.calendar, **tools.who)


class Refuse(CaseCommand, verb="decide"):
    outcome: Literal["refuse"] = "refuse"
    document: f.DecisionDocument
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {
        "不予准予": {
            "document": {
                "number": "义市监不许〔2026〕1号",
                "kind": "other",
                "title": "不予许可决定书",
            },
            "reason": "申请事项依法不予许可",
        }
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.refuse(self.document, self.reason, **tools.who)


class Withdraw(CaseCommand, verb="withdraw"):
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {"撤回": {"reason": "不再办理"}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.withdraw(self.reason, **tools.who)


OPEN = Verb("open", "受理：收到材料，开立案件", (OpenCase,))
VERBS = (
    Verb("query", "查询信用", (Query,)),
    Verb("notify", "一次性告知条件、标准和违诺后果", (Notify,)),
    Verb("commit", "申请人作出承诺，或者不作承诺", (Promise, Decline)),
    Verb("decide", "作出准予或者不予准予的决定", (Grant, Refuse)),
)
WITHDRAW = Verb("withdraw", "撤回申请，转原审批程序", (Withdraw,))
"""Withdrawal is possible at every stage before the decision; its endpoint comes last."""
