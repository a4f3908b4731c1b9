"""Value objects in the events of a case."""

from typing import Annotated, NamedTuple

from pydantic import Field

from domain.catalogue.terms import SanctionMeasure
from domain.kernel.documents import IssuedNumber, issued_number
from domain.signatures.verification import Evidence
from domain.values.folding import fold
from domain.values.identifiers import CreditCode, MaterialCode, Sha256
from domain.values.labels import Labelled
from domain.values.lists import each_once
from domain.values.parties import ONLY_IF_SET, PersonsChannel, Value
from domain.values.texts import LongText, PublicLine, PublicText, RecordedText, ShortText
from domain.values.workdays import Day, Deadline

Texts = Annotated[tuple[LongText, ...], Field(min_length=1, max_length=60)]
Demands = Annotated[Texts, each_once()]
"""What an order demands: typed texts, unlike those that are copied from the item's terms."""
Submitted = Annotated[tuple[MaterialCode, ...], Field(max_length=60), each_once()]
Measures = Annotated[tuple[SanctionMeasure, ...], Field(min_length=1, max_length=7), each_once()]


class RecordType(Labelled):
    """承诺类型 of the collection record (domain standard: 20 fields, 7 types)."""

    OTHER = "0", "其他"
    APPROVAL_SUBSTITUTE = "1", "审批替代型"
    DEFERRED_MATERIALS = "2", "容缺受理型"
    CERTIFICATION_SUBSTITUTE = "3", "证明事项型"
    CREDIT_REPAIR = "4", "信用修复型"
    INDUSTRY_SELF_DISCIPLINE = "5", "行业自律型"
    VOLUNTARY = "6", "主动型"


class Mark(Labelled):
    """What stands under the letter: persons sign, organisations seal (工作方案 四·三)."""

    SIGNATURE = "signature", "签字"
    SEAL = "seal", "盖章"
    AUTHORISED_SIGNATURE = "authorised_signature", "授权代理人签字"


class Signature(Value):
    mark: Mark
    signed_on: Day


class AgentAct(Labelled):
    """What an agent may do for the applicant (民法典 165: 代理权限)."""

    PROMISE = "promise", "签署信用承诺书"
    SUPPLY = "supply", "补交材料"
    RECEIVE = "receive", "领取文书和证照"


class Agency(Value):
    """A power of attorney (授权委托书); who the agent is stands on it, and in no event."""

    digest: Sha256
    scope: Annotated[tuple[AgentAct, ...], Field(min_length=1, max_length=3), each_once()]
    valid_until: Day


class Letter(Value):
    """The signed commitment letter (信用承诺书) as received."""

    notice_digest: Sha256
    digest: Sha256
    channel: PersonsChannel
    signature: Signature
    verification: Evidence
    agency: Annotated[Agency | None, ONLY_IF_SET] = None
    """Given if an agent signed."""


class DeferredMaterial(Value):
    """A secondary material that may be handed in by a date."""

    code: MaterialCode
    name: RecordedText
    due: Deadline


class InspectionConclusion(Labelled):
    """What the public reads of an inspection that found the promise kept."""

    KEPT = "kept", "经核查，承诺属实、已经履行"
    KEPT_ON_SITE = "kept_on_site", "经现场核查，承诺属实、已经履行"
    KEPT_ON_PAPER = "kept_on_paper", "经书面核查，承诺属实、已经履行"
    KEPT_BY_DATA = "kept_by_data", "经数据比对，承诺属实、已经履行"


class RectificationConclusion(Labelled):
    """What the public reads of a breach that was put right."""

    PUT_RIGHT = "put_right", "经整改，承诺已经履行"
    SUPPLIED = "supplied", "经整改，所缺材料已经补齐"


class BreachKind(Labelled):
    FALSE_STATEMENT = "false_statement", "虚假承诺"
    NON_PERFORMANCE = "non_performance", "违反承诺"
    SUPPLEMENT_OVERDUE = "supplement_overdue", "逾期未补齐材料"
    SUPPLEMENT_INADEQUATE = "supplement_inadequate", "补正材料不合格"


class Shortfall(Labelled):
    """Why a rectification failed (工作方案 四·七 “整改不到位”)."""

    INADEQUATE = "inadequate", "整改不到位"
    OVERDUE = "overdue", "逾期未整改"


class RefusalProof(Labelled):
    """Silence is no refusal: it is in writing, or two officers recorded it."""

    SIGNED = "signed", "当事人书面拒绝"
    RECORDED_BY_TWO = "recorded_by_two", "两名以上执法人员记录"


class RefusalEvidence(Value):
    proof: RefusalProof
    officers: Annotated[tuple[ShortText, ...], Field(max_length=10)] = ()
    digest: Sha256


class Severity(Labelled):
    """失信行为等级 (国家发展改革委令第36号): decides whether and how long it is public."""

    MINOR = "minor", "轻微"
    GENERAL = "general", "一般"
    SERIOUS = "serious", "严重"


class BasisKind(Labelled):
    """Legal documents that can ground a finding of dishonesty (国办发〔2020〕49号)."""

    JUDGMENT = "judgment", "生效裁判文书"
    ARBITRAL_AWARD = "arbitral_award", "仲裁裁决书"
    PENALTY_DECISION = "penalty_decision", "行政处罚决定书"
    ADMIN_RULING = "admin_ruling", "行政裁决书"
    OTHER_ADMIN_DECISION = "other_admin_decision", "其他行政决定书"

    @property
    def is_of_an_administrative_organ(self) -> bool:
        return self not in (BasisKind.JUDGMENT, BasisKind.ARBITRAL_AWARD)


class Issuer(Value):
    """Who issued a document.  A court or an arbitral body is known by its name alone."""

    code: CreditCode | None = None
    name: ShortText


class BasisDocument(Value):
    """The document on which a sanction rests; the door demands its issuer and its hash.

    Both are None in events recorded before they were demanded.
    """

    kind: BasisKind
    number: PublicLine
    issued_on: Day
    served_on: Day
    issuer: Issuer | None = None
    digest: Sha256 | None = None
    breach_quoted: LongText | None = None
    """What a judgment or an award says of the breach by this party."""

    @property
    def issued_number(self) -> IssuedNumber | None:
        """The number as its issuer gave it.  Returns None if the issuer is not known."""
        if self.issuer is None:
            return None
        by_code = self.kind.is_of_an_administrative_organ and self.issuer.code
        return issued_number(by_code or fold(self.issuer.name), self.number, self.issued_on)


class FulfilmentStatus(Labelled):
    """承诺履行状态 of the collection record."""

    FULLY_FULFILLED = "1", "全部履行"
    PARTLY_FULFILLED = "2", "部分履行"
    UNFULFILLED = "3", "全部未履行"


class Verdict(Value):
    """How the promise was kept, as determined by the supervising organ."""

    status: FulfilmentStatus
    unfulfilled_content: PublicText | None = None
    breach_consequence: PublicText | None = None


class SparedReason(Labelled):
    """Why a broken promise is not sanctioned (行政处罚法 33, 36)."""

    MINOR_AND_CORRECTED = "minor_and_corrected", "违诺轻微并及时改正，没有造成危害后果"
    FIRST_AND_SLIGHT = "first_and_slight", "初次违诺且危害后果轻微并及时改正"
    NO_FAULT = "no_fault", "当事人有证据足以证明没有主观过错"
    TIME_BARRED = "time_barred", "超过追究时效"


class SparingProof(Value):
    """What proves the reason for sparing: the document, and the day on which it turns."""

    digest: Sha256
    corrected_on: Day | None = None
    """When the breach was put right (行政处罚法 33)."""
    ended_on: Day | None = None
    """When the breach ended; the period of prosecution runs from this day (行政处罚法 36)."""


class Duty(NamedTuple):
    """An action owed by a date; `about` is the code of its material, empty if it has none."""

    action: str
    due: Deadline
    about: str = ""
