"""The identity track, at any stage: correct the applicant's name, agree to messages or not."""

from datetime import datetime
from uuid import UUID

from domain.case.identity import events as e
from domain.case.identity.values import IdentityField, Whose
from domain.case.promise.events import CaseOpened
from domain.case.promise.guardians import Guardian
from domain.case.stages import Messages
from domain.case.state import CaseState
from domain.values.parties import Actor, Organisation


class IdentityVerbs(CaseState):
    """The verbs that correct a name (个人信息保护法 46) and tell who may be told by message."""

    def correct(
        self,
        name: str | None,
        reason: str,
        evidence: str,
        name_version: int | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Corrects an organisation to `name`; of a person, `name_version` is the right one."""
        who = self.applicant
        self._record(
            e.IdentityCorrected,
            corrected=IdentityField.NAME,
            former=who.name if isinstance(who, Organisation) else None,
            name=name,
            name_version=name_version,
            reason=reason,
            evidence=evidence,
            by=by,
            at=at,
        )

    def agree_to_messages(self, contact: UUID, *, by: Actor, at: datetime) -> None:
        """Records the consent to be told by message; `contact` is the reference in the vault."""
        self._record(e.MessagesAgreed, contact=contact, by=by, at=at)

    def withdraw_messages(self, *, by: Actor, at: datetime) -> None:
        self._record(e.MessagesWithdrawn, by=by, at=at)

    def correct_guardian(
        self, reason: str, evidence: str, name_version: int, *, by: Actor, at: datetime
    ) -> None:
        """Corrects the guardian's name; `name_version` is the right one in the vault."""
        self._record(
            e.IdentityCorrected,
            corrected=IdentityField.NAME,
            whose=Whose.GUARDIAN,
            name_version=name_version,
            reason=reason,
            evidence=evidence,
            by=by,
            at=at,
        )

    # reading ------------------------------------------------------------------------------------

    @property
    def guardian(self) -> Guardian | None:
        opened = self.last(CaseOpened)
        return opened.guardian if opened else None

    @property
    def contact(self) -> UUID | None:
        """The reference of whom to tell by message.  Returns None without a consent."""
        agreed = self.last(e.MessagesAgreed)
        return agreed.contact if agreed and self.messages is Messages.AGREED else None

    @property
    def name_given_by(self) -> str | None:
        """The member of staff who gave the applicant the name that the case has now."""
        given = self.last(e.IdentityCorrected) or self.last(CaseOpened)
        return given.by.person if given else None
