"""Commands from the application to the decision."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from application.case.case_command import CaseCommand, CommandTools, ConsultingCommand, Outside
from application.case.commands import decision, substance
from application.case.commands.applicants import Applicant, GuardianGiven
from application.case.names import Renaming
from application.case.signing import SignedLetter
from application.execution.command import EXAMPLE_HASH, Choices, Command, Examples, Facts, Verb
from application.execution.context import CommandContext
from domain.case import values as f
from domain.case.acceptance.values import AtOpening
from domain.case.case import Case
from domain.case.promise.guardians import OwnIncome
from domain.case.promise.materials import Scans
from domain.case.stages import Stage
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import CommitmentType, Disposition, Material, Weight
from domain.signatures.verification import Attested, Claimed, SignatureLevel
from domain.values.credit import CreditAnswer
from domain.values.identifiers import ItemCode
from domain.values.parties import Channel
from domain.values.texts import LongText, PublicLine

_COMPANY = {
    "kind": "organisation",
    "code": "91411281MA9KXNT179",
    "name": "义马市示例商贸有限公司",
}


class OpenCase(
    Command,
    verb="open",
    label="受理",
    help="记录申请人、事项和收到的材料，开立案件；从这时起按事项现行的条款办理。材料要审查以后再决定是否受理的，五个工作日内受理或者一次告知补正",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "item": "事项编码",
        "kind": "承诺类型",
        "applicant.organisation": "单位（企业、个体工商户、社会组织）",
        "applicant.person": "个人",
        "applicant.organisation.code": "统一社会信用代码",
        "applicant.organisation.name": "单位名称",
        "applicant.person.name": "姓名",
        "country": "护照签发国家（地区）",
        "id_number": "证件号码",
        "born": "出生日期",
        "code_confirmed": "代码核对",
        "applicant.organisation.code_confirmed.by": "核对人员",
        "applicant.organisation.code_confirmed.reason": "代码写在哪份证件上，怎样核对的",
        "submitted": "收到的材料",
        "scans": "收到的材料的电子件",
        "scans.digest": "电子件",
        "scans.valid_until": "材料的到期日期",
        "renamed": "姓名（名称）已经变更",
        "former": "变更以前的姓名（名称）",
        "renamed.reason": "变更的事由",
        "renamed.evidence": "变更的证明文件",
        "guardian": "监护人（申请人不满十八周岁，或者不能完全辨认自己行为的）",
        "guardian.name": "监护人的姓名",
        "document": "证件",
        "applicant.person.document.kind": "证件类型",
        "guardian.document.kind": "证件类型",
        "guardian.evidence": "监护关系和同意的证明文件",
        "own_income": "已满十六周岁，以自己的劳动收入为主要生活来源",
        "finding": "认定的情况",
        "own_income.evidence": "劳动收入的证明文件",
        "acceptance": "受理决定",
    }
    item: ItemCode
    kind: CommitmentType
    applicant: Applicant
    submitted: f.Submitted = ()
    scans: Scans = ()
    renamed: Renaming | None = None
    guardian: GuardianGiven | None = None
    own_income: OwnIncome | None = None
    legal_representative: PublicLine | None = None
    acceptance: AtOpening = AtOpening.ACCEPTED
    EXAMPLES: ClassVar[Examples] = {
        "单位申请，告知承诺": {
            "item": "000731401001",
            "kind": "notice_commitment",
            "applicant": _COMPANY,
            "submitted": ["M-01", "M-02", "M-03"],
        },
        "收到的材料扫描入卷": {
            "item": "000731401001",
            "kind": "notice_commitment",
            "applicant": _COMPANY,
            "submitted": ["M-01", "M-02", "M-03"],
            "scans": [
                {"material": "M-02", "digest": EXAMPLE_HASH, "valid_until": "2029-09-27"},
            ],
        },
        "收下材料，审查以后再决定是否受理": {
            "item": "000731401001",
            "kind": "notice_commitment",
            "applicant": _COMPANY,
            "submitted": ["M-01"],
            "acceptance": "received",
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
        "未成年人申请，监护人同意": {
            "item": "000714101001",
            "kind": "notice_commitment",
            "applicant": {"kind": "person", "name": "示例", "id_number": "411281201301010016"},
            "guardian": {
                "name": "示例",
                "id_number": "411281199001010014",
                "relation": "parent",
                "part": "consents",
                "evidence": EXAMPLE_HASH,
                "agrees_to_processing": True,
            },
            "submitted": ["M-01", "M-02"],
        },
        "持护照的个人申请": {
            "item": "000714101001",
            "kind": "notice_commitment",
            "applicant": {
                "kind": "person",
                "name": "EXAMPLE ANNA",
                "document": {"kind": "passport", "country": "USA"},
                "id_number": "A12345678",
                "born": "1990-01-01",
            },
            "submitted": ["M-01", "M-02"],
        },
    }

    @classmethod
    def choices(cls, item: CatalogueItem) -> Choices:
        """The types and the materials of the item's terms: nothing else can be asked for."""
        if item.terms is None:
            return {}
        weighed = [m for weight in Weight for m in item.terms.of(weight)]
        return {
            "kind": {each.value: each.label for each in item.terms.types},
            "submitted": {m.code: f"{m.name}（{_asked_as(m)}）" for m in weighed},
            "scans[].material": {m.code: m.name for m in weighed},
        }


def _asked_as(material: Material) -> str:
    """How a clerk asks for a material."""
    marks = [material.weight.label]
    if material.disposition is Disposition.STANDARDISED:
        marks.append(material.disposition.label)
    if material.replaced_by_promise:
        marks.append("可由承诺替代")
    return "，".join(marks)


class Query(
    ConsultingCommand,
    verb="query",
    label="查询信用",
    help="向信用平台查询申请人。没有排除情形的，可以告知；有排除情形的，转原审批程序；平台没有回答的，什么也不改变",
):
    def consult(self, outside: Outside, case: Case, _: CommandContext) -> CreditAnswer:
        return outside.credit.ask(case.applicant)

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        assert isinstance(tools.consulted, CreditAnswer)
        case.query(tools.consulted, tools.calendar, tools.letterhead(case), **tools.who)


class Notify(
    CaseCommand,
    verb="notify",
    label="一次性告知",
    help="按事项的条款生成告知书并送达：办理条件、标准、违诺后果和容缺材料的补交期限",
):
    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.notify(tools.calendar, tools.letterhead(case), **tools.who)


class Renotify(
    CaseCommand,
    verb="renotify",
    label="更正告知书",
    help="告知书有差错的，重新生成并送达，答复期限重新计算；原来的告知书、承诺书和上面的签字、盖章随即作废",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "reason": "原告知书的差错",
    }
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {"更正告知书": {"reason": "补交期限告知有误"}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.renotify(self.reason, tools.calendar, tools.letterhead(case), **tools.who)


class Promise(
    ConsultingCommand,
    verb="commit",
    label="作出承诺",
    help="记录申请人签署的信用承诺书，编定承诺编码；作出决定以后，承诺依法公示",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "letter.digest": "签署的承诺书",
        "letter.agency.digest": "授权委托书",
        "attested": "已看过原件，并核对签署人的身份",
        "agency": "由授权代理人签字",
        "scope": "授权范围",
        "valid_until": "授权到期日期",
    }
    outcome: Literal["promise"] = "promise"
    letter: SignedLetter
    EXAMPLES: ClassVar[Examples] = {
        "单位盖章": {
            "letter": {
                "notice_digest": EXAMPLE_HASH,
                "digest": EXAMPLE_HASH,
                "signature": {"mark": "seal", "signed_on": "2026-09-28"},
                "attested": True,
            }
        },
        "授权代理人签字": {
            "letter": {
                "notice_digest": EXAMPLE_HASH,
                "digest": EXAMPLE_HASH,
                "signature": {"mark": "authorised_signature", "signed_on": "2026-09-28"},
                "attested": True,
                "agency": {
                    "digest": EXAMPLE_HASH,
                    "scope": ["promise"],
                    "valid_until": "2026-12-31",
                },
            }
        },
    }

    @classmethod
    def known(cls, case: Case) -> Facts:
        return {"letter.notice_digest": case.notice.digest} if case.notice else {}

    def consult(self, outside: Outside, case: Case, context: CommandContext) -> object:
        """Who knows that the letter is signed: the clerk who saw it, or else the service.

        Nobody, if the case awaits no promise; the table refuses it.
        """
        if case.stage is not Stage.NOTIFIED:
            return Claimed(level=SignatureLevel.SIMPLE_E, verified=False)
        if self.letter.attested and context.channel is Channel.COUNTER:
            return Attested()
        return outside.signing.verified(case, context, self.letter.digest)

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        handed_in = self.letter.model_dump(exclude={"attested"})
        known = {"channel": tools.channel, "verification": tools.consulted}
        code = tools.new_code(case.region, self.letter.signature.signed_on)
        case.commit(f.Letter(**handed_in, **known), code, tools.calendar, **tools.who)


class Decline(
    CaseCommand,
    verb="commit",
    label="不作承诺",
    help="申请人选择不作承诺，案件转原审批程序办理，不是不予准予",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "reason": "申请人不作承诺的原因",
    }
    outcome: Literal["decline"] = "decline"
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {"不作承诺": {"reason": "愿意按原程序提交全部证明"}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.decline(self.reason, tools.letterhead(case), **tools.who)


class Withdraw(
    CaseCommand,
    verb="withdraw",
    label="撤回申请",
    help="申请人撤回信用承诺的申请，案件转原审批程序办理，不是不予准予",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "reason": "撤回的原因",
    }
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {"撤回": {"reason": "不再办理"}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.withdraw(self.reason, tools.letterhead(case), **tools.who)


OPEN = Verb("open", "受理：收到材料，开立案件", (OpenCase,))
VERBS = (
    Verb("query", "查询信用", (Query,)),
    Verb("notify", "一次性告知条件、标准和违诺后果", (Notify,)),
    Verb("commit", "申请人作出承诺，或者不作承诺", (Promise, Decline)),
    substance.CHECK,
    decision.DECIDE,
)
RENOTIFY = Verb("renotify", "更正告知书：原来的告知书和承诺书作废", (Renotify,))
WITHDRAW = Verb("withdraw", "撤回申请，转原审批程序", (Withdraw,))
"""Withdrawal is possible at every stage before the decision; its endpoint comes last."""
