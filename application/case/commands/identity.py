"""The commands of the identity track."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictBool

from application.case import names
from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Examples, Verb
from application.execution.ports import ContactDetails
from domain.case.case import Case
from domain.case.identity.values import Whose
from domain.values.contacts import MobilePhone
from domain.values.identifiers import Sha256
from domain.values.parties import Person
from domain.values.texts import LongText, PublicLine, ShortText

ONLY_OF_A_GUARDIAN = Field(exclude_if=lambda whose: whose is Whose.APPLICANT)
"""A request that does not name the guardian is the one that it always was."""


def _consented(consents: bool) -> bool:
    if not consents:
        raise ValueError("没有本人同意，不能登记手机号码")
    return consents


class Correct(
    CaseCommand,
    verb="correct",
    label="更正姓名（名称）",
    help="更正一开始就登记错误的姓名或者名称；以前的记录不改写，公示随之更正",
):
    """Corrects the applicant's name, which was wrong from the start (个人信息保护法 46)."""

    LABELS: ClassVar[Mapping[str, str]] = {
        "whose": "更正谁的姓名（名称）",
        "correct_name": "正确的姓名（名称）",
        "reason": "更正的原因",
        "evidence": "证明文件",
    }
    whose: Annotated[Whose, ONLY_OF_A_GUARDIAN] = Whose.APPLICANT
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
        correct = names.correct_organisation
        if self.whose is Whose.GUARDIAN:
            correct = names.correct_guardian
        elif isinstance(case.applicant, Person):
            correct = names.correct_person
        facts = (self.correct_name, self.reason, self.evidence)
        correct(tools.work, case, *facts, by=tools.by, at=tools.at)


class AgreeToMessages(
    CaseCommand,
    verb="contact",
    label="同意短信告知",
    help="记录申请人同意用短信告知办理进展；姓名和手机号码只存入个人信息库，随时可以撤回同意",
):
    """Records the consent to be told by message (个人信息保护法 13, 14, 29)."""

    LABELS: ClassVar[Mapping[str, str]] = {
        "contact_name": "收短信的人（单位填联系人）的姓名",
        "phone": "手机号码",
        "consents": "本人同意用短信告知",
    }
    outcome: Literal["agree"] = "agree"
    contact_name: ShortText
    phone: MobilePhone
    consents: Annotated[StrictBool, AfterValidator(_consented)]
    EXAMPLES: ClassVar[Examples] = {
        "同意短信告知": {"contact_name": "示例", "phone": "13800138000", "consents": True}
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        if case.contact:
            tools.work.forget_contact(case.contact)
        contact = ContactDetails(name=self.contact_name, phone=self.phone)
        case.agree_to_messages(tools.work.keep_contact(contact, tools.at), **tools.who)


class WithdrawMessages(
    CaseCommand,
    verb="contact",
    label="不再短信告知",
    help="撤回短信告知的同意；手机号码随即不能再读取，案件照常办理",
):
    """Withdraws the consent (个人信息保护法 15); nothing else changes for the applicant."""

    outcome: Literal["withdraw"] = "withdraw"
    EXAMPLES: ClassVar[Examples] = {"撤回同意": {}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        if contact := case.contact:
            tools.work.forget_contact(contact)
        case.withdraw_messages(**tools.who)


VERBS = (
    Verb("correct", "更正申请人的姓名或者名称", (Correct,)),
    Verb("contact", "同意短信告知，或者撤回同意", (AgreeToMessages, WithdrawMessages)),
)
