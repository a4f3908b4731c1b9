"""The identity track: correct the applicant's name, at any stage (个人信息保护法 46)."""

from datetime import datetime

from domain.case.identity import events as e
from domain.case.identity.values import IdentityField
from domain.case.promise.events import CaseOpened
from domain.case.state import CaseState
from domain.values.parties import Actor, Organisation


class IdentityVerbs(CaseState):
    """The verb that corrects a name."""

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

    # reading ------------------------------------------------------------------------------------

    @property
    def name_given_by(self) -> str | None:
        """The member of staff who gave the applicant the name that the case has now."""
        given = self.last(e.IdentityCorrected) or self.last(CaseOpened)
        return given.by.person if given else None
