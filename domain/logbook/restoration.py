"""The Restoration aggregate: the log came back from a backup, and says so itself."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import Staged
from domain.logbook import events as e
from domain.logbook.lifecycle import RESTORATION
from domain.logbook.stages import Outcome
from domain.values.parties import Actor


class Restoration(Staged):
    TOPIC = "restoration"
    LIFECYCLES = (RESTORATION,)

    restored: e.LogRestored

    def __init__(self, **_: Any) -> None:
        self.outcome = Outcome.RESTORED

    @classmethod
    def restore(cls, *, id: UUID, by: Actor, at: datetime, **facts: Any) -> Self:
        """Records a restoration; `facts` are the fields of LogRestored."""
        return cls._begin(e.LogRestored, id, **facts, by=by, timestamp=at)

    def remember(self, event: Event) -> None:
        assert isinstance(event, e.LogRestored)
        self.restored = event
