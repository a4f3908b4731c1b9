"""Who acts for a minor: the guardian, or nobody because the minor lives on own income."""

from typing import Annotated, Literal
from uuid import UUID

from domain.values.identifiers import Sha256
from domain.values.labels import Labelled
from domain.values.parties import ONLY_IF_SET, Value
from domain.values.texts import LongText


class Relation(Labelled):
    """What a guardian is to the applicant (民法典 27, 28, 31)."""

    PARENT = "parent", "父母"
    GRANDPARENT = "grandparent", "祖父母、外祖父母"
    SIBLING = "sibling", "兄、姐"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    OTHER_RELATIVE = "other_relative", "其他近亲属"
    DESIGNATED = "designated", "经同意或者指定的其他个人"


class GuardiansPart(Labelled):
    """How a guardian takes part (民法典 19 to 23)."""

    REPRESENTS = "represents", "代理申请人办理"
    CONSENTS = "consents", "同意申请人自己办理"


class Guardian(Value):
    """A guardian, known here by reference only: name and number stay in the vault."""

    ref: UUID
    relation: Relation
    part: GuardiansPart
    evidence: Sha256
    """Of the document that proves the relation and the consent."""
    agrees_to_processing: Annotated[Literal[True] | None, ONLY_IF_SET] = None
    """The guardian agreed to the processing of the ward's personal data (个人信息保护法 31)."""


class OwnIncome(Value):
    """A minor from 16 on lives mainly on the income of their own work (民法典 18)."""

    finding: LongText
    evidence: Sha256
