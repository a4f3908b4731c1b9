"""The answer to a credit query: clean, or excluded for coded reasons (工作方案 四·一).

“信用状况较好” means that a fresh query finds no exclusion; there is no score.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from domain.values.folding import number_key
from domain.values.identifiers import BrokenCheck, confirmed_credit_code, credit_code
from domain.values.identity.documents import IdentityDocument, identity_of, number_of
from domain.values.labels import Labelled
from domain.values.parties import ONLY_IF_SET, Confirmed, Value, as_confirmed
from domain.values.staff import StaffId
from domain.values.texts import RecordedText, ShortText
from domain.values.workdays import Day


class CreditExclusion(Labelled):
    """Reasons for exclusion: E1–E3 by the plan, E4 by 国办发〔2020〕42号.

    Nobody can override an exclusion.
    """

    SERIOUS_DISHONESTY = "E1", "有严重失信行为"
    SERIOUS_LIST = "E2", "被列入严重失信主体名单（黑名单）"
    PENALTY_UNFULFILLED = "E3", "有行政处罚失信行为且未履行相关义务"
    FALSE_COMMITMENT_UNREPAIRED = "E4", "曾作出虚假承诺且信用尚未修复"


class CreditFinding(Value):
    """One reason for exclusion, with the document that proves it."""

    exclusion: CreditExclusion
    document: RecordedText
    """As the credit platform gives it."""


class CreditAnswer(Value):
    """A successful answer; only the hash of the report is stored (个人信息保护法 34)."""

    source: RecordedText
    report_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    findings: tuple[CreditFinding, ...] = ()


class CreditRecordKind(Labelled):
    """Kinds of credit record that may exclude a subject from making a commitment."""

    SERIOUS_DISHONESTY = "serious_dishonesty", "严重失信行为"
    SERIOUS_LIST = "serious_list", "严重失信主体名单"
    PENALTY = "penalty", "行政处罚"
    FALSE_COMMITMENT = "false_commitment", "虚假承诺"


class CreditSubject(Labelled):
    """Kinds of subject: a unit is identified by its credit code, a person by citizen's number."""

    ORGANISATION = "organisation", "单位"
    PERSON = "person", "自然人"


class PenaltyProcedure(Labelled):
    """The procedure in which a penalty was imposed (行政处罚法 51, 54)."""

    SIMPLE = "simple", "简易程序"
    ORDINARY = "ordinary", "普通程序"


def fits_the_subject(code: str, entry: ValidationInfo) -> str:
    """Validates the code by what stands before it: the kind, the document, the confirmation."""
    match entry.data.get("subject_kind"):
        case CreditSubject.ORGANISATION:
            return as_confirmed(code, entry.data)
        case CreditSubject.PERSON if entry.data.get("code_confirmed"):
            raise ValueError("只有统一社会信用代码可以经核对确认，公民身份号码不可以")
        case CreditSubject.PERSON:
            return number_of(entry.data.get("subject_document"), code)
        case _:
            return code  # the entry is refused already, for its subject_kind


def _names_a_subject(code: str, name: ValidationInfo) -> str:
    if name.data.get("subject_kind") is not CreditSubject.ORGANISATION:
        return fits_the_subject(code, name)
    try:
        return credit_code(code)
    except BrokenCheck:
        return confirmed_credit_code(code)


def _only_of_a_penalty(
    procedure: PenaltyProcedure | None, entry: ValidationInfo
) -> PenaltyProcedure | None:
    if procedure and entry.data.get("kind") not in (None, CreditRecordKind.PENALTY):
        raise ValueError("只有行政处罚才有处罚程序")
    return procedure


SubjectCode = Annotated[str, AfterValidator(fits_the_subject), Field(repr=False)]
"""A code that fits its subject, which fields before it in the same model describe."""
ONLY_OF_A_PENALTY = AfterValidator(_only_of_a_penalty)
"""The rule of a procedure: it needs `kind`, a field before it in the same model."""


class RecordName(Value):
    """What makes a credit record the same: its subject, its kind and its document number."""

    kind: CreditRecordKind
    subject_kind: CreditSubject
    code_confirmed: Confirmed = None
    subject_document: Annotated[IdentityDocument | None, ONLY_IF_SET] = None
    """Of a person whose number is not one of 18 digits."""
    subject_code: SubjectCode
    document: ShortText

    @property
    def key(self) -> tuple[str, ...]:
        subject = identity_of(self.subject_document, self.subject_code)
        return (self.subject_kind, subject, self.kind, number_key(self.document))


class Withdrawal(RecordName):
    """One record is withdrawn: it stays in the register and excludes nobody any more."""

    subject_code: Annotated[str, AfterValidator(_names_a_subject), Field(repr=False)]
    """Its check digit was confirmed, if need be, when the record was imported."""
    because: ShortText
    by: StaffId
    """Staff id of the person who withdraws it."""


class CreditEntry(RecordName):
    """One record of the credit platform: one row of an imported table."""

    decided_on: Day
    procedure: Annotated[PenaltyProcedure | None, ONLY_OF_A_PENALTY] = None
    """Set for penalties only; a penalty without it counts as ordinary procedure."""
    duty_fulfilled: bool
    repaired: bool
    withdrawn_because: ShortText | None = None
    """Why the record was withdrawn; None while it stands."""


def exclusion_of(entry: CreditEntry) -> CreditExclusion | None:
    """The exclusion that this record causes.  Returns None if it causes none."""
    match entry:
        case CreditEntry(withdrawn_because=str()):
            return None
        case CreditEntry(kind=CreditRecordKind.PENALTY):
            counts = not entry.duty_fulfilled and _is_reportable(entry)
            return CreditExclusion.PENALTY_UNFULFILLED if counts else None
        case CreditEntry(repaired=True):
            return None
        case CreditEntry(kind=CreditRecordKind.SERIOUS_DISHONESTY):
            return CreditExclusion.SERIOUS_DISHONESTY
        case CreditEntry(kind=CreditRecordKind.SERIOUS_LIST):
            return CreditExclusion.SERIOUS_LIST
        case _:
            return CreditExclusion.FALSE_COMMITMENT_UNREPAIRED


def _is_reportable(penalty: CreditEntry) -> bool:
    """False for a simple-procedure penalty on a natural person (河南省社会信用条例 13)."""
    return not (
        penalty.subject_kind is CreditSubject.PERSON
        and penalty.procedure is PenaltyProcedure.SIMPLE
    )
