"""The five grounds on which the city's plan forgives an error (工作方案 五).

The fields of a ground are the facts that it must state: all are required, no others are accepted.
"""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from domain.values.identifiers import Sha256
from domain.values.labels import Labelled, among
from domain.values.parties import Value
from domain.values.texts import LongText, ShortText
from domain.values.workdays import Day


class GroundKind(Labelled):
    REFORM_BREAKTHROUGH = "reform_breakthrough", "创新突破规定，事后及时补正"
    DEFERRED_HANDLING_ERROR = "deferred_handling_error", "容缺受理、容缺审查中的失误或者偏差"
    NOVEL_METHOD = "novel_method", "探索新机制新方法，无先例或者政策界限不明确"
    ACCIDENT_OR_FALSE_ACCUSATION = "accident_or_false_accusation", "意外、诬告陷害或者不被理解"
    LAW_AT_THE_TIME = "law_at_the_time", "按照当时规定不应追究或者从轻追究"


class Outcome(Labelled):
    """What the authority decided, the most favourable first."""

    EXEMPTED = "exempted", "免责"
    MITIGATED = "mitigated", "从轻或者减轻"
    NOT_EXEMPTED = "not_exempted", "不予免责"

    @property
    def burden(self) -> int:
        """The rank of severity for the officer or unit concerned; 0 is the mildest."""
        return list(Outcome).index(self)


class Evidence(Value):
    """What is claimed, and the document that shows it."""

    shows: LongText
    digest: Sha256


class ReformBreakthrough(Value):
    """(一) 出于公心，积极采取创新措施，对现行制度规定有所突破，事后及时补正."""

    ground: Literal[GroundKind.REFORM_BREAKTHROUGH]
    rule_broken: LongText
    public_motive: Evidence
    effect: LongText
    effect_on: Day
    correction: LongText
    corrected_on: Day


class CaseLink(Value):
    """A case, at the version that the department looked at."""

    id: UUID
    version: Annotated[int, Field(strict=True, ge=1, le=999_999_999)]


class DeferredHandlingError(Value):
    """(二) 着眼提高效率，进行容缺受理、容缺审查，出现一定失误或偏差."""

    ground: Literal[GroundKind.DEFERRED_HANDLING_ERROR]
    error: LongText
    cases: Annotated[tuple[CaseLink, ...], Field(min_length=1, max_length=50)]
    """The deferred-materials cases in which it happened."""


class Gap(Labelled):
    """What there was nothing to go by."""

    NO_PRECEDENT = "no_precedent", "无先例可循"
    UNCLEAR_POLICY = "unclear_policy", "政策界限不明确"


def _in_plain_digits(amount: Decimal) -> Decimal:
    """Refuses an exponent, which is shown as it is stored: 1E+3."""
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > 0:
        raise ValueError("应为数字，写成1200.50的形式")
    return amount


class NovelMethod(Value):
    """(三) 积极探索使用新机制、新方法、新模式、新技术，发生一定偏差或造成一定损失."""

    ground: Literal[GroundKind.NOVEL_METHOD]
    novelty: LongText
    gap: Gap
    deviation: LongText
    loss: Annotated[
        Decimal,
        Field(ge=0, max_digits=15, decimal_places=2, description="损失金额，元"),
        AfterValidator(_in_plain_digits),
    ]


class Mishap(Labelled):
    ACCIDENT = "accident", "意外情况"
    FALSE_ACCUSATION = "false_accusation", "受到工作对象诬告、陷害"
    MISUNDERSTOOD = "misunderstood", "没有得到工作对象的理解"


class Harm(Labelled):
    MINOR = "minor", "轻微"
    GENERAL = "general", "一般"
    SEVERE = "severe", "严重"


def _below_severe(harm: Harm) -> Harm:
    if harm is Harm.SEVERE:
        raise ValueError("造成严重损失或者恶劣社会影响的，不能以此申请容错")
    return harm


class AccidentOrFalseAccusation(Value):
    """(四) 依法依规办理，出现意外或者不良后果，但未造成严重损失或恶劣社会影响."""

    ground: Literal[GroundKind.ACCIDENT_OR_FALSE_ACCUSATION]
    kind: Mishap
    consequence: LongText
    harm: Annotated[Harm, AfterValidator(_below_severe), among((Harm.MINOR, Harm.GENERAL))]


class LawAtTheTime(Value):
    """(五) 按照事发当时法律、法规和有关规定，不应追究责任或从轻追究责任."""

    ground: Literal[GroundKind.LAW_AT_THE_TIME]
    citation: ShortText
    as_of: Day
    text: LongText
    """The wording of the law at that time."""
    provides: Literal[Outcome.EXEMPTED, Outcome.MITIGATED]


Ground = Annotated[
    ReformBreakthrough
    | DeferredHandlingError
    | NovelMethod
    | AccidentOrFalseAccusation
    | LawAtTheTime,
    Field(discriminator="ground"),
]
