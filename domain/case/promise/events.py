"""Events of the promise track, from the opening of a case to its decision or early end."""

from typing import Annotated, Any, ClassVar

from domain.case.promise.decisions import DecisionDocument, NumberedDocument, RefusalGround
from domain.case.promise.guardians import Guardian, OwnIncome
from domain.case.promise.materials import Reused, Scan
from domain.case.values import DeferredMaterial, Letter, RecordType, Submitted
from domain.catalogue.terms import CommitmentType, PinnedItem
from domain.documents.served import SERVED, Serving
from domain.kernel.aggregate import Created, Event, Upcaster
from domain.kernel.documents import IssuedNumber, issued_number
from domain.values.credit import CreditAnswer
from domain.values.identifiers import CommitmentCode, Sha256
from domain.values.parties import ONLY_IF_ANY, ONLY_IF_SET, NameChange, Subject
from domain.values.texts import LongText, PublicLine, RecordedText
from domain.values.workdays import Deadline

NOTICE = {"digest": "告知书"} | SERVED
CREDIT_REPORT = {"answer.report_sha256": "信用报告"}


def _was_claimed(facts: dict[str, Any]) -> dict[str, Any]:
    """Lifts a letter from before the service verified: what was said of it is a claim."""
    letter = dict(facts["letter"])
    said = dict(letter["signature"])
    claim = {"by": "claimed", "level": said.pop("level"), "verified": said.pop("verified")}
    return facts | {"letter": letter | {"signature": said, "verification": claim}}


class CaseOpened(
    Created,
    Serving,
    topic="case/case-opened",
    shows={
        "renamed.evidence": "姓名（名称）变更的证明文件",
        "guardian.evidence": "监护关系和同意的证明文件",
        "own_income.evidence": "劳动收入的证明文件",
        "scans.digest": "提交的材料",
        "reused.digest": "本市已经持有的材料",
    }
    | SERVED,
    made_here=("reused.digest", *SERVED),
    names=("pinned.terms.measure_document",),
    words={
        "submitted": "收到的材料",
        "query_by": "查询期限",
        "accept_by": "决定是否受理的期限",
        "renamed": "姓名（名称）变更",
        "guardian": "监护人",
        "relation": "与申请人的关系",
        "part": "监护人怎样参与",
        "agrees_to_processing": "同意处理申请人的个人信息",
        "own_income": "以自己的劳动收入为主要生活来源",
        "legal_representative": "法定代表人（负责人）",
        "scans": "提交的材料的电子件",
        "reused": "本市已经持有、不再索要的材料",
        "holder": "持有单位",
    },
):
    """Materials were received for an active item; the event pins the terms of the item."""

    kind: CommitmentType
    applicant: Subject
    pinned: PinnedItem
    submitted: Submitted
    query_by: Annotated[Deadline | None, ONLY_IF_SET] = None
    renamed: Annotated[NameChange | None, ONLY_IF_SET] = None
    """The lawful change of name since the applicant's last case; None if the name is the same."""
    guardian: Annotated[Guardian | None, ONLY_IF_SET] = None
    own_income: Annotated[OwnIncome | None, ONLY_IF_SET] = None
    legal_representative: Annotated[PublicLine | None, ONLY_IF_SET] = None
    """法定代表人 or 负责人 of an organisation, as the public register has it."""
    scans: Annotated[tuple[Scan, ...], ONLY_IF_ANY] = ()
    """The files of what was submitted, as far as it was scanned."""
    reused: Annotated[tuple[Reused, ...], ONLY_IF_ANY] = ()
    """What the city held already, so that nobody was asked for it."""
    accept_by: Annotated[Deadline | None, ONLY_IF_SET] = None
    """None if the application was accepted on the spot, as all were; else the query is not due."""


class CreditCleared(
    Event,
    topic="case/credit-cleared",
    shows=CREDIT_REPORT,
    made_here=(*CREDIT_REPORT,),
    words={"notify_by": "告知期限"},
):
    """The credit answer contains no exclusion (信用记录良好)."""

    answer: CreditAnswer
    fresh_until: Deadline
    notify_by: Deadline


class CreditReconfirmed(
    Event, topic="case/credit-reconfirmed", shows=CREDIT_REPORT, made_here=(*CREDIT_REPORT,)
):
    """A second query, made because the first answer was stale, found no exclusion either."""

    answer: CreditAnswer
    fresh_until: Deadline


class CreditExcluded(
    Event,
    Serving,
    topic="case/credit-excluded",
    shows=CREDIT_REPORT | SERVED,
    made_here=(*CREDIT_REPORT, *SERVED),
    names=("answer.findings.document",),
):
    """The answer contains an exclusion: the ordinary procedure applies (仍按照原审批程序办理)."""

    answer: CreditAnswer


class NoticeServed(
    Event,
    Serving,
    topic="case/notice-served",
    shows=NOTICE,
    made_here=(*NOTICE,),
    words={"commit_by": "答复期限"},
):
    """The one-time notice (一次性告知): conditions, standards, consequences, deferred materials."""

    conditions: tuple[RecordedText, ...]
    standards: tuple[RecordedText, ...]
    consequences: tuple[RecordedText, ...]
    deferred: tuple[DeferredMaterial, ...]
    digest: Sha256
    commit_by: Deadline


class NoticeReplaced(
    NoticeServed,
    topic="case/notice-replaced",
    shows={"replaces": "所替换的告知书"} | NOTICE,
    made_here=("replaces", *NOTICE),
):
    """A corrected notice: one is in force at a time (R25).

    The letter served with the notice before ends with it, and so does any signature on it.
    """

    replaces: Sha256
    """The digest of the notice before."""
    reason: LongText
    """What was wrong with it."""


class CommitmentMade(
    Event,
    topic="case/commitment-made",
    shows={
        "letter.notice_digest": "所引的告知书",
        "letter.digest": "信用承诺书",
        "letter.agency.digest": "授权委托书",
    },
    made_here=("letter.notice_digest",),
    names=("code",),
    published=True,
    words={
        "record_type": "承诺类型",
        "content": "承诺内容",
        "liability": "违诺责任",
        "letter": "承诺书",
        "decide_by": "决定期限",
    },
):
    """The applicant promised in writing (信用承诺书)."""

    UPCASTERS: ClassVar[tuple[Upcaster, ...]] = (_was_claimed,)

    code: CommitmentCode
    record_type: RecordType
    reason: RecordedText
    content: RecordedText
    liability: RecordedText
    deferred: tuple[DeferredMaterial, ...]
    """Materials promised for later, each by its due date (书面承诺在规定期限内提供)."""
    substantive_check: Annotated[bool, ONLY_IF_ANY] = False
    """True if two officers check the substance of the materials before a grant."""
    letter: Letter
    decide_by: Deadline


class CommitmentDeclined(
    Event, Serving, topic="case/commitment-declined", shows=SERVED, made_here=(*SERVED,)
):
    """The applicant chose the ordinary procedure instead."""

    reason: LongText


class ApplicationGranted(
    Event,
    Serving,
    topic="case/application-granted",
    shows={"document.result": "核发的证照、批文"} | SERVED,
    made_here=(*SERVED,),
    names=("document.number",),
    published=True,
    words={
        "inspect_by": "核查期限",
        "deliver_by": "送达期限",
        "valid_from": "有效期起始日期",
        "result": "所发证照、批文的文件",
    },
):
    document: DecisionDocument
    inspect_by: Deadline
    deliver_by: Annotated[Deadline | None, ONLY_IF_SET] = None
    """None in an event of before delivery was recorded: then nobody owes it."""

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        return (issued_number(self.by.department.code, self.document.number, self.day),)


class ApplicationRefused(
    Event,
    Serving,
    topic="case/application-refused",
    shows=SERVED,
    made_here=(*SERVED,),
    names=("document.number",),
    words={"ground": "不予准予的法定情形"},
):
    document: NumberedDocument
    ground: Annotated[RefusalGround | None, ONLY_IF_SET] = None
    """None in an event of before grounds were recorded."""
    reason: LongText
    """The facts that were found."""
    deliver_by: Annotated[Deadline | None, ONLY_IF_SET] = None
    """As that of a grant."""

    @property
    def numbers_issued(self) -> tuple[IssuedNumber, ...]:
        return (issued_number(self.by.department.code, self.document.number, self.day),)


class CaseWithdrawn(
    Event, Serving, topic="case/case-withdrawn", shows=SERVED, made_here=(*SERVED,)
):
    """The applicant withdrew before the decision (撤回), which leaves no bad record."""

    reason: LongText
