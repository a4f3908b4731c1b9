"""Histories of cases that tests start from, each one step longer than the last.

A story is a tuple of facts: `given(*GRANTED)` starts from it, `history(*GRANTED)` returns its
events, `told(*GRANTED)` its case.  The aggregate recorded it, so dates and digests are right.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from application.case.signing import SignedLetter
from domain.case import values as f
from domain.case.acceptance.values import ToPutRight
from domain.case.case import Case
from domain.case.delivery.values import DeliveryManner
from domain.case.promise.decisions import (
    DecisionDocument,
    NumberedDocument,
    RefusalGround,
    ResultKind,
)
from domain.case.promise.materials import Scan
from domain.catalogue.terms import (
    CommitmentType,
    DecisionGate,
    ItemField,
    ListedItem,
    Material,
    Periods,
    PinnedItem,
    Replaces,
    SanctionMeasure,
    Terms,
    Weight,
)
from domain.kernel.aggregate import Event
from domain.signatures.verification import Attested
from domain.values.credit import CreditAnswer, CreditExclusion, CreditFinding
from domain.values.identifiers import commitment_code
from domain.values.parties import Channel, Organisation, Person
from domain.values.workdays import local_date
from tests.given import (
    CHAIR,
    CLERK,
    DAY_1,
    DECIDER,
    INSPECTOR,
    MARKET_OFFICE,
    PROPOSER,
    Fact,
    after,
    on,
    told,
)
from tests.papers import digest

Story = tuple[Fact, ...]


def events_of(case: Case) -> list[Event]:
    """The events that a case has recorded since it was opened or replayed."""
    return list(case.pending_events)


# the item and the applicants --------------------------------------------------------------------

FORM = Material(code="M-01", name="食品经营许可申请书", weight=Weight.PRIMARY)
HEALTH = Material(code="M-02", name="从业人员健康证明", weight=Weight.SECONDARY)
PLAN = Material(code="M-03", name="经营场所布局图", weight=Weight.SECONDARY)

KEY_REVIEW, KEY_SUPERVISION = SanctionMeasure.KEY_REVIEW, SanctionMeasure.KEY_SUPERVISION

TERMS = Terms(
    types=(CommitmentType.NOTICE_COMMITMENT, CommitmentType.DEFERRED_MATERIALS),
    replaces=Replaces.APPROVAL,
    gate=DecisionGate.BEFORE_SUPPLEMENT,
    materials=(FORM, HEALTH, PLAN),
    conditions=("经营场所与有毒、有害场所保持规定的距离", "设有专职食品安全管理人员"),
    standards=("符合《食品经营许可审查通则》",),
    consequences=("撤销食品经营许可",),
    periods=Periods(supplement=5, inspection=20, rectification=10),
    measures=(KEY_REVIEW, SanctionMeasure.NO_FACILITATION, KEY_SUPERVISION),
    measure_document="义市监〔2021〕12号",
    legal_basis=("《优化营商环境条例》第十九条",),
)
ITEM = ListedItem(
    code="000131001001",
    name="食品经营许可",
    field=ItemField.OTHER_HIGH_FREQUENCY,
    department=MARKET_OFFICE,
    supervisor=MARKET_OFFICE,
)
PINNED = PinnedItem(item=ITEM, version=1, terms=TERMS)
DECIDED_LAST = PINNED.model_copy(
    update={"terms": TERMS.model_copy(update={"gate": DecisionGate.AFTER_SUPPLEMENT})}
)
"""The same item, but a case is decided only when every material has been accepted."""
TO_CHECK = PINNED.model_copy(update={"terms": TERMS.model_copy(update={"substantive_check": True})})
"""The same item, but two officers check the substance of the materials before a grant."""

APPLICANT = Organisation(code="91411281MA9KXNT179", name="义马市千秋食品有限公司")
PERSON = Person(ref=UUID("00000000-0000-0000-0000-0000000000a1"))

# what is said in them ---------------------------------------------------------------------------

NOTICE, DEFERRED = CommitmentType.NOTICE_COMMITMENT, CommitmentType.DEFERRED_MATERIALS
ALL_IN = ("M-01", "M-02", "M-03")

CLEAN = CreditAnswer(source="三门峡市信用信息共享平台", report_sha256=digest("report"))
EXCLUDED = CLEAN.model_copy(
    update={
        "findings": (
            CreditFinding(exclusion=CreditExclusion.SERIOUS_LIST, document="豫税公告〔2026〕3号"),
        )
    }
)
PERMIT = DecisionDocument(
    number="义市监许〔2026〕108号", kind=ResultKind.LICENCE, title="食品经营许可证"
)
DATED_PERMIT = DecisionDocument(
    **dict(PERMIT)
    | {"valid_from": date(2026, 9, 28), "valid_until": date(2031, 9, 27)}
    | {"result": digest("permit")}
)
RECEIPT = digest("receipt")
FOUND_TRUE = ("wu", date(2026, 9, 28), "现场核对经营场所，与布局图一致", True, digest("record"))
FOUND_UNTRUE = ("wu", date(2026, 9, 28), "布局图所示的场所另租他人", False, digest("record"))
"""What the second officer, the day, the finding, the conclusion and the record of a check are."""
REJECTION = NumberedDocument(
    number="义市监不许〔2026〕9号", kind=ResultKind.OTHER, title="不予行政许可决定书"
)
UNFIT = RefusalGround.CONDITIONS
SIGNED_REFUSAL = f.RefusalEvidence(proof=f.RefusalProof.SIGNED, digest=digest("refusal"))
BASIS = f.BasisDocument(
    kind=f.BasisKind.PENALTY_DECISION,
    number="义市监罚〔2026〕31号",
    issued_on=date(2026, 11, 24),
    served_on=date(2026, 11, 24),
    issuer=f.Issuer(code=MARKET_OFFICE.code, name=MARKET_OFFICE.name),
    digest=digest("penalty decision"),
)
EVIDENCE = f.SparingProof(digest=digest("evidence"))
"""What proves that the party is not at fault."""
BROKEN = f.Verdict(
    status=f.FulfilmentStatus.UNFULFILLED,
    unfulfilled_content="没有设专职食品安全管理人员",
    breach_consequence="撤销食品经营许可证",
)


KEPT = {"conclusion": f.InspectionConclusion.KEPT, "public_note": None}
PUT_RIGHT = {"conclusion": f.RectificationConclusion.PUT_RIGHT, "public_note": None}
"""What the public reads unless the inspector says more."""


def letter(story: Iterable[Fact], signed_on: datetime = DAY_1, **otherwise: Any) -> f.Letter:
    """The letter that the applicant of a story signs at the counter; `otherwise` changes fields."""
    return letter_for(told(*story), signed_on, **otherwise)


def letter_for(case: Case, signed_on: datetime = DAY_1, **otherwise: Any) -> f.Letter:
    """The letter that the applicant of a case signs; the case must have been notified."""
    signature = {
        "mark": f.Mark.SIGNATURE if isinstance(case.applicant, Person) else f.Mark.SEAL,
        "signed_on": local_date(signed_on),
    }
    letter = {
        "notice_digest": case.notice and case.notice.digest,
        "digest": digest("letter"),
        "channel": Channel.COUNTER,
        "verification": Attested(),
    }
    letter |= {name: otherwise.pop(name) for name in f.Letter.model_fields if name in otherwise}
    return f.Letter(**letter, signature=f.Signature(**signature | otherwise))


def handed_in(letter: f.Letter) -> SignedLetter:
    """The letter as the command names it: what the service knows of the signature is not said."""
    facts = letter.model_dump(exclude={"channel", "verification"})
    return SignedLetter(**facts, attested=isinstance(letter.verification, Attested))


def code(signed_on: datetime = DAY_1, serial: int = 1) -> str:
    return commitment_code("411281", local_date(signed_on), serial)


def promised(story: Story) -> Story:
    """Returns the story extended by query, notice and promise on the first day."""
    notified = after(after(story, "query", CLEAN), "notify")
    return after(notified, "commit", letter(notified), code())


# a notice-commitment case, to the sanction ------------------------------------------------------

INSPECTION_DAY = on("2026-10-30")
AHEAD = on("2027-07-25")
SANCTION_DAY = on("2026-11-16")
VERDICT_DAY = on("2026-11-24")
_BY_INSPECTOR = {"by": INSPECTOR, "at": INSPECTION_DAY}

OPENED = after((), "open", NOTICE, APPLICANT, PINNED, ALL_IN)
CLEARED = after(OPENED, "query", CLEAN)
EXCLUDED_CASE = after(OPENED, "query", EXCLUDED)
NOTIFIED = after(CLEARED, "notify")
NOTICE_REPLACED = after(NOTIFIED, "renotify", "补交期限告知有误")
COMMITTED = after(NOTIFIED, "commit", letter(NOTIFIED), code())
GRANTED = after(COMMITTED, "grant", PERMIT, by=DECIDER)
REFUSED = after(COMMITTED, "refuse", REJECTION, UNFIT, "经营场所与学校的距离不符合规定", by=DECIDER)
DELIVERED = after(
    GRANTED, "deliver", DeliveryManner.AT_COUNTER, date(2026, 9, 29), RECEIPT, at=on("2026-09-30")
)
AMENDMENT = ("amend", DATED_PERMIT, "决定书漏写了有效期", "wu")
AMENDED = after(DELIVERED, *AMENDMENT, by=DECIDER, at=on("2026-10-09"))
REFUSAL_DELIVERED = after(
    REFUSED, "deliver", DeliveryManner.BY_POST, date(2026, 9, 30), RECEIPT, at=on("2026-10-09")
)
REFUSAL_AMENDED = after(
    REFUSED,
    "amend",
    DecisionDocument(**dict(REJECTION) | {"number": "义市监不许〔2026〕19号"}),
    "文书号误写为9号，应为19号",
    "wu",
    by=DECIDER,
    at=on("2026-10-09"),
)
FULFILLED = after(GRANTED, "pass_inspection", "现场核查与承诺一致", **_BY_INSPECTOR)
BREACHED = after(
    GRANTED, "find_breach", f.BreachKind.NON_PERFORMANCE, "没有专职管理人员", **_BY_INSPECTOR
)
RECTIFYING = after(BREACHED, "order_rectification", ("配备专职管理人员",), **_BY_INSPECTOR)
RECTIFIED = after(
    RECTIFYING,
    "accept_rectification",
    "任命文件",
    date(2026, 11, 12),
    by=INSPECTOR,
    at=on("2026-11-13"),
)
UNRECTIFIED = after(
    RECTIFYING,
    "fail_rectification",
    f.Shortfall.OVERDUE,
    "期限届满仍未配备",
    by=INSPECTOR,
    at=SANCTION_DAY,
)
FOREWARNED = after(
    UNRECTIFIED,
    "forewarn",
    (KEY_REVIEW, KEY_SUPERVISION),
    "逾期未整改",
    by=PROPOSER,
    at=SANCTION_DAY,
)
HEARD = after(FOREWARNED, "hear", "正在招聘", "不采纳", by=CHAIR, at=on("2026-11-18"))
WAIVED = after(FOREWARNED, "waive_hearing", digest("waiver"), by=CHAIR, at=on("2026-11-18"))
PENALIZED = after(
    HEARD,
    "penalize",
    (KEY_REVIEW, KEY_SUPERVISION),
    f.Severity.GENERAL,
    BASIS,
    BROKEN,
    by=DECIDER,
    at=VERDICT_DAY,
)
SPARED = after(
    HEARD,
    "spare",
    f.SparedReason.NO_FAULT,
    "用工备案系统故障，非当事人过错",
    BROKEN,
    EVIDENCE,
    by=DECIDER,
    at=VERDICT_DAY,
)
CORRECTED = after(
    GRANTED,
    "correct",
    "义马市千秋食品销售有限公司",
    "受理时录入有误，已与营业执照核对",
    digest("licence"),
    by=DECIDER,
    at=INSPECTION_DAY,
)
TOLD_BY_MESSAGE = after(NOTIFIED, "agree_to_messages", UUID(int=0xC0))
NOT_TOLD_ANY_MORE = after(TOLD_BY_MESSAGE, "withdraw_messages")
POISONED = after(after(OPENED, "query", CLEAN, at=AHEAD), "notify", at=on("2026-09-28", 10))
"""A clock 300 days ahead recorded the query; the notice, at ten, bears the same instant."""
SUPERVISOR = CLERK.model_copy(update={"person": "he", "role": "supervisor"})
RETIMED = after(
    POISONED,
    "retime",
    {2: on("2026-09-28")},
    "服务器时钟快了三百天，已校准",
    digest("clock"),
    "wu",
    by=SUPERVISOR,
    at=on("2026-09-28", 11),
)
UNCHECKED = promised(after((), "open", NOTICE, APPLICANT, TO_CHECK, ALL_IN))
CHECKED = after(UNCHECKED, "check", *FOUND_TRUE, by=DECIDER)
DOUBTED = after(UNCHECKED, "check", *FOUND_UNTRUE, by=DECIDER)
CHECKED_AND_GRANTED = after(CHECKED, "grant", PERMIT, by=DECIDER)
WITHDRAWN = after(COMMITTED, "withdraw", "暂缓开店")
DECLINED = after(NOTIFIED, "decline", "改走一般程序")

# an application that is received first, put right, and accepted then ------------------------------

HEALTH_IS_MISSING = ToPutRight(material="M-02", what="没有提交，请补交")
FORM_IS_INCOMPLETE = ToPutRight(what="申请书第二页没有填写经营场所的面积")
RECEIVED = after((), "open", NOTICE, APPLICANT, PINNED, ("M-01", "M-03"), accept_later=True)
ASK = ("ask_for_correction", (HEALTH_IS_MISSING, FORM_IS_INCOMPLETE))
ASKED = after(RECEIVED, *ASK, at=on("2026-09-30"))
CAME = ("receive_correction", date(2026, 10, 9), ("M-02",))
WITH = {"scans": (Scan(material="M-02", digest=digest("health")),), "form": digest("form")}
COMPLETED = after(ASKED, *CAME, **WITH, at=on("2026-10-10"))
ACCEPTED = after(COMPLETED, "accept_application", at=on("2026-10-12"))

# a deferred-materials case: two secondary materials follow ---------------------------------------

DEFERRED_OPENED = after((), "open", DEFERRED, APPLICANT, PINNED, ("M-01",))
DEFERRED_CLEARED = after(DEFERRED_OPENED, "query", CLEAN)
DEFERRED_NOTIFIED = after(DEFERRED_CLEARED, "notify")
DEFERRED_COMMITTED = promised(DEFERRED_OPENED)
DEFERRED_GRANTED = after(DEFERRED_COMMITTED, "grant", PERMIT, by=DECIDER)
DEFERRED_SUPPLIED = after(DEFERRED_GRANTED, "supply", "M-02", digest("health"), at=on("2026-10-09"))
DEFERRED_ACCEPTED = after(DEFERRED_SUPPLIED, "accept", "M-02", at=on("2026-10-10"))
DEFERRED_RETURNED = after(
    DEFERRED_SUPPLIED, "hand_back", "M-02", "证明已过有效期", at=on("2026-10-10")
)
DEFERRED_BREACHED = after(
    DEFERRED_ACCEPTED,
    "find_breach",
    f.BreachKind.SUPPLEMENT_OVERDUE,
    "逾期未补交布局图",
    by=INSPECTOR,
    at=on("2026-10-12"),
)
DEFERRED_RECTIFYING = after(
    DEFERRED_BREACHED,
    "order_rectification",
    ("补交布局图",),
    by=INSPECTOR,
    at=on("2026-10-12"),
)
