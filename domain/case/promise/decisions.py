"""What is decided on an application: the document, what was issued with it, why it is refused."""

from typing import Annotated

from domain.values.identifiers import Sha256
from domain.values.labels import Labelled
from domain.values.parties import ONLY_IF_SET, Value
from domain.values.texts import PublicLine
from domain.values.workdays import Day


class ResultKind(Labelled):
    LICENCE = "licence", "证照"
    APPROVAL = "approval", "批文"
    OTHER = "other", "其他办理结果"


class NumberedDocument(Value):
    """A decision as its organ issued it: its number, and what came of it."""

    number: PublicLine
    kind: ResultKind
    title: PublicLine


class DecisionDocument(NumberedDocument):
    """The administrative decision and what was issued with it (工作方案 四·四).

    The day of issue is that of the event.  A validity that is not given is not limited.
    """

    valid_from: Annotated[Day | None, ONLY_IF_SET] = None
    valid_until: Annotated[Day | None, ONLY_IF_SET] = None
    result: Annotated[Sha256 | None, ONLY_IF_SET] = None
    """Of the issued licence or approval."""

    @property
    def is_of_a_licence(self) -> bool:
        """True if it tells a validity or a licence, which only a grant issues."""
        return any((self.valid_from, self.valid_until, self.result))


class RefusalGround(Labelled):
    """Why the law lets an application be refused; who is on record for bad credit is none of them:
    such a case goes the ordinary way."""

    CONDITIONS = "conditions", "不符合法定条件、标准"
    UNTRUE = "untrue", "隐瞒有关情况或者提供虚假材料"
    QUOTA = "quota", "有数量限制，名额已满"
