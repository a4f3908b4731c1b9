"""Value objects of the identity track."""

from domain.case.values import Sha256
from domain.values.labels import Labelled
from domain.values.parties import Value
from domain.values.texts import LongText, ShortText


class IdentityField(Labelled):
    """What a correction of an identity corrects."""

    NAME = "name", "姓名（名称）"


class NameChange(Value):
    """A lawful change of a registered name (企业名称变更, 公民变更姓名) and its evidence.

    Only an organisation's former name stands here.  For a person, `name_version` is the number of
    the new name in the vault.
    """

    reason: LongText
    evidence: Sha256
    former: ShortText | None = None
    name_version: int | None = None
