"""Events of the identity track: a name was corrected, messages were agreed to or not any more."""

from typing import Annotated, Literal
from uuid import UUID

from domain.case.identity.values import IdentityField, Whose
from domain.kernel.aggregate import Event
from domain.values.identifiers import Sha256
from domain.values.parties import ONLY_IF_SET
from domain.values.texts import LongText, RecordedText


class IdentityCorrected(
    Event,
    topic="case/identity-corrected",
    shows={"evidence": "更正依据的证明材料"},
    published=True,
    words={
        "corrected": "更正的项目",
        "former": "更正前",
        "name_version": "姓名的版次",
        "whose": "更正谁的姓名",
    },
):
    """The name was wrong from the start (个人信息保护法 46).

    An organisation is shown under `name` from now on.  A person's names are in the vault only;
    `name_version` is the number of the corrected one.
    """

    corrected: IdentityField
    whose: Annotated[Literal[Whose.GUARDIAN] | None, ONLY_IF_SET] = None
    """None for the applicant, as it was before guardians were recorded."""
    former: RecordedText | None = None
    name: RecordedText | None = None
    name_version: int | None = None
    reason: LongText
    evidence: Sha256


class MessagesAgreed(Event, topic="case/messages-agreed", words={"contact": "联系人编号"}):
    """The applicant agreed to be told by message (个人信息保护法 13, 14).

    Whom to tell, and at which number, stands in the vault under a key of this case alone.
    """

    contact: UUID


class MessagesWithdrawn(Event, topic="case/messages-withdrawn"):
    """The consent was withdrawn (个人信息保护法 15); the key of the contact is destroyed."""
