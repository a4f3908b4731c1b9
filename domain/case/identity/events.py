"""The event of the identity track: the applicant's name was corrected."""

from domain.case.values import IdentityField, Sha256
from domain.kernel.aggregate import Event
from domain.values.texts import LongText, ShortText


class IdentityCorrected(
    Event,
    topic="case/identity-corrected",
    shows={"evidence": "更正依据的证明材料"},
    published=True,
    words={"corrected": "更正的项目", "former": "更正前", "name_version": "姓名的版次"},
):
    """The name was wrong from the start (个人信息保护法 46).

    An organisation is shown under `name` from now on.  A person's names are in the vault only;
    `name_version` is the number of the corrected one.
    """

    corrected: IdentityField
    former: ShortText | None = None
    name: ShortText | None = None
    name_version: int | None = None
    reason: LongText
    evidence: Sha256
