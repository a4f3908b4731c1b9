"""Commands of sanctioning: from the advance notice to the sanction or its waiver."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from application.case.case_command import CaseCommand, CommandTools
from application.execution.command import EXAMPLE_HASH, Choices, Examples, Verb
from domain.case import values as f
from domain.case.case import Case
from domain.case.values import Measures
from domain.catalogue.terms import SanctionMeasure
from domain.values.identifiers import Sha256
from domain.values.personal.screen import without_personal_data
from domain.values.texts import PARAGRAPHS_FORM, LongText, paragraphs


def _labels(measures: Sequence[SanctionMeasure]) -> Mapping[str, str]:
    return {each.value: f"{each.value} {each.label}" for each in measures}


class Forewarn(
    CaseCommand,
    verb="forewarn",
    label="惩戒事先告知",
    help="送达拟实施的惩戒措施和理由，从这时起计算陈述申辩的期限",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "measures": "拟实施的惩戒措施",
        "reason": "理由",
    }
    measures: Measures
    reason: LongText
    EXAMPLES: ClassVar[Examples] = {"事先告知": {"measures": ["H1", "H5"], "reason": "整改不到位"}}

    @classmethod
    def choices(cls, case: Case) -> Choices:
        return {"measures": _labels(case.terms.measures)}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.forewarn(self.measures, self.reason, tools.calendar, **tools.who)


def _screened_unless_verbatim(statement: str, command: ValidationInfo) -> str:
    """Returns the statement, the only text for which the screen can be lifted, with a reason."""
    statement = paragraphs(statement)
    return statement if command.data.get("verbatim_because") else without_personal_data(statement)


class Hear(
    CaseCommand,
    verb="hear",
    label="听取陈述申辩",
    help="记录当事人的陈述和对它的意见，随后可以作出惩戒的决定",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "statement": "当事人的陈述申辩",
        "opinion": "对陈述申辩的意见",
        "verbatim_because": "须照录个人信息的理由（一般不填）",
    }
    outcome: Literal["heard"] = "heard"
    verbatim_because: LongText | None = None
    """Why the statement must be recorded with the personal data in it (行政处罚法 45, 64)."""
    statement: Annotated[
        str,
        AfterValidator(_screened_unless_verbatim),
        Field(json_schema_extra=PARAGRAPHS_FORM),
    ]
    opinion: LongText
    EXAMPLES: ClassVar[Examples] = {
        "听取陈述申辩": {"statement": "当事人请求从轻", "opinion": "理由不成立"},
        "照录陈述原文": {
            "verbatim_because": "当事人要求将证人的联系方式记入笔录，用于核实",
            "statement": "请向证人核实，其电话、住址如下……",
            "opinion": "已经核实，理由不成立",
        },
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.hear(self.statement, self.opinion, self.verbatim_because, **tools.who)


class WaiveHearing(
    CaseCommand,
    verb="hear",
    label="书面放弃",
    help="记录当事人书面放弃陈述申辩，随后可以作出惩戒的决定",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "digest": "书面放弃的文件",
    }
    outcome: Literal["waived"] = "waived"
    digest: Sha256
    EXAMPLES: ClassVar[Examples] = {"书面放弃": {"digest": EXAMPLE_HASH}}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.waive_hearing(self.digest, **tools.who)


class FiledBasis(f.BasisDocument):
    """A basis document as it is filed now: with its issuer and its hash."""

    issuer: f.Issuer
    digest: Sha256

    @property
    def document(self) -> f.BasisDocument:
        return f.BasisDocument(**dict(self))


class Impose(
    CaseCommand,
    verb="penalize",
    label="实施惩戒",
    help="记录惩戒的措施、等级和依据的生效文书，案件办结；依法应当公示的，惩戒随即向社会公示",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "basis.kind": "文书种类",
        "basis.number": "文书号",
        "issuer.code": "统一社会信用代码（法院、仲裁机构不填）",
        "basis.digest": "文书文件",
    }
    outcome: Literal["impose"] = "impose"
    measures: Measures
    severity: f.Severity
    basis: FiledBasis
    verdict: f.Verdict
    EXAMPLES: ClassVar[Examples] = {
        "实施惩戒": {
            "measures": ["H1"],
            "severity": "general",
            "basis": {
                "kind": "other_admin_decision",
                "number": "义市监信〔2026〕1号",
                "issued_on": "2026-11-23",
                "served_on": "2026-11-24",
                "issuer": {"code": "114112810058000150", "name": "义马市市场监督管理局"},
                "digest": EXAMPLE_HASH,
            },
            "verdict": {
                "status": "3",
                "unfulfilled_content": "经营场所与承诺不符",
                "breach_consequence": "撤销许可，实施信用惩戒",
            },
        }
    }

    @classmethod
    def choices(cls, case: Case) -> Choices:
        return {"measures": _labels(case.forewarned_measures)}

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        basis = self.basis.document
        case.penalize(self.measures, self.severity, basis, self.verdict, **tools.who)


class Spare(
    CaseCommand,
    verb="penalize",
    label="不予惩戒",
    help="记录依法不予惩戒的理由和证明，案件办结",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "reason": "不予惩戒的理由",
        "explanation": "说明",
        "proof": "证明",
        "proof.digest": "证明文件",
        "corrected_on": "改正日期",
    }
    outcome: Literal["spare"] = "spare"
    reason: f.SparedReason
    explanation: LongText
    verdict: f.Verdict
    proof: f.SparingProof | None = None
    EXAMPLES: ClassVar[Examples] = {
        "不予惩戒": {
            "reason": "minor_and_corrected",
            "explanation": "已经改正，没有危害后果",
            "verdict": {"status": "1"},
            "proof": {"digest": EXAMPLE_HASH, "corrected_on": "2026-11-20"},
        }
    }

    def apply_to(self, case: Case, tools: CommandTools) -> None:
        case.spare(self.reason, self.explanation, self.verdict, self.proof, **tools.who)


VERBS = (
    Verb("forewarn", "送达惩戒事先告知", (Forewarn,)),
    Verb("hear", "听取陈述申辩，或者收到书面放弃", (Hear, WaiveHearing)),
    Verb("penalize", "实施信用惩戒，或者决定不予惩戒", (Impose, Spare)),
)
