"""The supplement track: supply, review; once for each deferred material (工作方案 二·一, 四·七)."""

from datetime import datetime

from domain.case.stages import Stage
from domain.case.supervision.verbs import SupervisionVerbs
from domain.case.supplement import events as e
from domain.documents.content import Letterhead
from domain.values.parties import Actor
from domain.values.workdays import WorkCalendar


class SupplementVerbs(SupervisionVerbs):
    """Verbs of supply and review; after a breach they need a running rectification order."""

    def supply(
        self, material: str, digest: str, calendar: WorkCalendar, *, by: Actor, at: datetime
    ) -> None:
        facts = {"material": material, "digest": digest}
        self._record(e.MaterialSupplied, **facts, calendar=calendar, by=by, at=at)

    def accept(self, material: str, *, by: Actor, at: datetime) -> None:
        self._record(e.MaterialAccepted, material=material, by=by, at=at)

    def hand_back(
        self,
        material: str,
        reason: str,
        letterhead: Letterhead | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Sends an inadequate material back; its date stays, or is that of the running order."""
        facts = {"material": material, "reason": reason, "letterhead": letterhead}
        self._record(e.MaterialReturned, **facts, by=by, at=at)

    # reading ------------------------------------------------------------------------------------

    @property
    def takes_supplies(self) -> bool:
        return self.stage in (Stage.COMMITTED, Stage.GRANTED, Stage.RECTIFYING)
