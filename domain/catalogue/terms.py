"""The terms of a catalogue item, under which a matter may be handled on a promise."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from domain.catalogue import composed_texts as composed
from domain.values.contacts import OrganContact
from domain.values.identifiers import ItemCode, MaterialCode
from domain.values.labels import Labelled
from domain.values.parties import ONLY_IF_ANY, ONLY_IF_SET, Department, Value
from domain.values.personal.screen import without_personal_data
from domain.values.texts import PublicLine, PublicText


class CommitmentType(Labelled):
    """The two types of the city's plan (工作方案 二·一)."""

    NOTICE_COMMITMENT = "notice_commitment", "告知承诺型"
    DEFERRED_MATERIALS = "deferred_materials", "容缺受理型"


class ItemField(Labelled):
    """The fields in which the reform runs, with the sub-fields of the plan (工作方案 二·二)."""

    CITIZEN = "citizen", "便民服务"
    COMPANY_SETUP = "company_setup", "便企服务·企业开办"
    CONSTRUCTION = "construction", "便企服务·工程建设"
    SIMPLE_DEREGISTRATION = "simple_deregistration", "便企服务·简易注销"
    SOCIAL_ORGANISATIONS = "social_organisations", "其他高频·社会组织"
    OTHER_HIGH_FREQUENCY = "other_high_frequency", "其他高频"


class Weight(Labelled):
    """Only a secondary material may be handed in later (容缺受理, domain/law)."""

    PRIMARY = "primary", "主要材料"
    SECONDARY = "secondary", "次要材料"


class Replaces(Labelled):
    """What the promise stands in for; decides the type of the collection record."""

    APPROVAL = "approval", "审批"
    CERTIFICATE = "certificate", "证明"


class DecisionGate(Labelled):
    """When a deferred-materials case is decided (工作方案 四·四, 四·七)."""

    BEFORE_SUPPLEMENT = "before_supplement", "先作决定后补材料"
    AFTER_SUPPLEMENT = "after_supplement", "补齐材料后作决定"


class SanctionMeasure(Labelled):
    """Credit sanctions a city organ may take (河南省社会信用条例 32)."""

    KEY_REVIEW = "H1", "列为重点审查对象，不适用告知承诺等简化程序"
    FUNDING_LIMITS = "H2", "限制申请财政性资金项目"
    NO_FACILITATION = "H3", "限制享受相关便利化措施"
    TENDER_POINTS = "H4", "公共资源交易中给予减分"
    KEY_SUPERVISION = "H5", "列为重点监管对象，增加检查频次"
    NO_HONOURS = "H6", "限制参加表彰奖励"
    OTHER_LAWFUL = "H7", "法律法规规定的其他措施"


class Disposition(Labelled):
    """What the reform has done to a material (工作方案: 取消一批、规范一批、内部共享调用一批)."""

    REQUIRED = "required", "由申请人提交"
    STANDARDISED = "standardised", "统一格式"
    CANCELLED = "cancelled", "已取消"
    SHARED_INTERNALLY = "shared_internally", "内部共享"

    @property
    def is_asked(self) -> bool:
        """False if nobody may ask the applicant for it."""
        return self in (Disposition.REQUIRED, Disposition.STANDARDISED)


class Material(Value):
    code: Annotated[MaterialCode, AfterValidator(without_personal_data)]
    name: PublicLine
    weight: Weight
    disposition: Annotated[
        Disposition, Field(exclude_if=lambda value: value is Disposition.REQUIRED)
    ] = Disposition.REQUIRED
    replaced_by_promise: Annotated[bool, ONLY_IF_ANY] = False
    """True if a 告知承诺 may stand in for it."""
    shareable: Annotated[bool, ONLY_IF_ANY] = False
    """True if what one department holds of it serves every other one, under the same name."""


Workdays = Annotated[int, Field(ge=1, le=250)]


class Periods(Value):
    """Set by the management measure, in working days; there is no silent default."""

    supplement: Workdays
    inspection: Workdays
    rectification: Workdays


MAX_MATERIALS = 60
TYPES = Field(min_length=1, max_length=2)
STATEMENTS = Field(min_length=1, max_length=40)
MEASURES = Field(min_length=1, max_length=7)
LEGAL_BASES = Field(min_length=1, max_length=20)


def material_faults(
    types: Sequence[CommitmentType], materials: Sequence[Material]
) -> dict[Weight, str]:
    """Returns the reason by weight, for faults that no material shows alone."""
    faults: dict[Weight, str] = {}
    codes: set[str] = set()
    for material in materials:
        if material.code in codes:
            faults[material.weight] = "材料编号有重复"
        codes.add(material.code)
        if material.replaced_by_promise and not material.disposition.is_asked:
            faults[material.weight] = "已取消或者内部共享的材料不需要承诺替代"
    secondary = any(m.weight is Weight.SECONDARY and m.disposition.is_asked for m in materials)
    if CommitmentType.DEFERRED_MATERIALS in types and not secondary:
        faults[Weight.SECONDARY] = "容缺受理型须至少有一份次要材料"
    return faults


def check_content(
    conditions: Sequence[str], types: Sequence[CommitmentType], materials: Sequence[Material]
) -> None:
    """Raises ValueError if 承诺内容 cannot hold these conditions and every material it may name."""
    deferrable, replaceable = [], []
    if CommitmentType.DEFERRED_MATERIALS in types:
        deferrable = [m.name for m in materials if m.weight is Weight.SECONDARY]
    if CommitmentType.NOTICE_COMMITMENT in types:
        replaceable = [m.name for m in materials if m.replaced_by_promise]
    for text in composed.longest_contents(conditions, deferrable, replaceable):
        composed.CONTENT.hold(text)


def check_liability(stated: Sequence[str], replaces: Replaces | None) -> None:
    """Raises ValueError if 违诺责任 cannot hold these consequences."""
    approval = replaces is Replaces.APPROVAL
    told = composed.consequences(stated, composed.LONGEST_DAY, of_an_approval=approval)
    composed.LIABILITY.hold(composed.liability(told))


class Terms(Value):
    """One version of an item: what may be asked, what is told, what may follow (R18, R25)."""

    types: Annotated[tuple[CommitmentType, ...], TYPES]
    replaces: Replaces
    gate: DecisionGate
    materials: Annotated[tuple[Material, ...], Field(max_length=MAX_MATERIALS)]
    conditions: Annotated[tuple[PublicText, ...], STATEMENTS]
    standards: Annotated[tuple[PublicText, ...], STATEMENTS]
    consequences: Annotated[tuple[PublicText, ...], STATEMENTS]
    periods: Periods
    measures: Annotated[tuple[SanctionMeasure, ...], MEASURES]
    measure_document: PublicLine
    legal_basis: Annotated[tuple[PublicLine, ...], LEGAL_BASES]
    substantive_check: Annotated[bool, ONLY_IF_ANY] = False
    """True if two officers check the substance of the materials before a grant."""
    contact: Annotated[OrganContact | None, ONLY_IF_SET] = None
    """Where applicants ask and complain; None if the department has not said it."""

    @field_validator("conditions")
    @classmethod
    def _content_fits(cls, conditions: tuple[str, ...], of: ValidationInfo) -> tuple[str, ...]:
        check_content(conditions, of.data.get("types", ()), of.data.get("materials", ()))
        return conditions

    @field_validator("consequences")
    @classmethod
    def _liability_fits(cls, stated: tuple[str, ...], of: ValidationInfo) -> tuple[str, ...]:
        check_liability(stated, of.data.get("replaces"))
        return stated

    @model_validator(mode="after")
    def _each_once(self) -> "Terms":
        for name in ("types", "measures"):
            if len(set(getattr(self, name))) != len(getattr(self, name)):
                raise ValueError(f"{name} 有重复")
        for reason in material_faults(self.types, self.materials).values():
            raise ValueError(reason)
        return self

    def keeping_contact_of(self, earlier: "Terms | None") -> "Terms":
        """Returns these terms, with the contact of the earlier ones if they have none.

        A table has no columns for the contact, so its rows leave it as it is.
        """
        if self.contact or earlier is None:
            return self
        return self.model_copy(update={"contact": earlier.contact})

    def keeping_check_of(self, earlier: "Terms") -> "Terms":
        """Returns these terms, with a substantive check exactly if the earlier ones have it."""
        return self.model_copy(update={"substantive_check": earlier.substantive_check})

    @property
    def asked(self) -> tuple[Material, ...]:
        """The materials for which an applicant may be asked."""
        return tuple(m for m in self.materials if m.disposition.is_asked)

    def of(self, weight: Weight) -> tuple[Material, ...]:
        """Those of this weight."""
        return tuple(m for m in self.asked if m.weight is weight)

    def consequences_told(self, day: date) -> tuple[str, ...]:
        """违诺后果 as a notice of this day states them, with those that the law adds."""
        approval = self.replaces is Replaces.APPROVAL
        return composed.consequences(self.consequences, day, of_an_approval=approval)

    @property
    def fit_the_record(self) -> bool:
        """False for terms written before the limits of composed texts were checked."""
        try:
            check_content(self.conditions, self.types, self.materials)
            check_liability(self.consequences, self.replaces)
        except ValueError:
            return False
        return True


class ListedItem(Value):
    """The identity of an item: it never changes; the terms do."""

    code: ItemCode
    name: PublicLine
    field: ItemField
    department: Department
    """The department that accepts and decides (承诺受理单位, R48)."""
    supervisor: Department
    """The department that inspects afterwards; it may be another one (审批与监管分离)."""


class PinnedItem(Value):
    """The item at the opening of a case; the case keeps these terms."""

    item: ListedItem
    version: int
    terms: Terms
