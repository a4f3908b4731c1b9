"""The aggregate for this project's side of the flow: three small events and a table of steps."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from domain.kernel.aggregate import Created, Event
from domain.kernel.lifecycle import Lifecycle, Staged, Step
from domain.values.labels import Labelled
from domain.values.parties import Actor
from domain.values.texts import ShortText


class Opened(Created, topic="permit/opened"):
    note: ShortText


class Submitted(Event, topic="permit/submitted"):
    note: ShortText


class Approved(Event, topic="permit/approved"):
    note: ShortText


class Stage(Labelled):
    OPENED = "opened", "已受理"
    SUBMITTED = "submitted", "已提交"
    APPROVED = "approved", "已批准"


ACTIONS = {"open": "受理", "submit": "提交", "approve": "批准"}
LIFE = Lifecycle(
    "stage",
    Stage,
    ACTIONS,
    Step("open", (), Stage.OPENED, Opened),
    Step("submit", (Stage.OPENED,), Stage.SUBMITTED, Submitted),
    Step("approve", (Stage.SUBMITTED,), Stage.APPROVED, Approved),
)


class Permit(Staged):
    TOPIC = "permit"
    LIFECYCLES = (LIFE,)

    def __init__(self, note: str) -> None:
        self.stage = Stage.OPENED

    @classmethod
    def open(cls, note: str, *, by: Actor, at: datetime) -> Self:
        return cls._begin(Opened, uuid4(), note=note, by=by, timestamp=at)

    def submit(self, note: str, *, by: Actor, at: datetime) -> None:
        self._record(Submitted, note=note, by=by, at=at)

    def approve(self, note: str, *, by: Actor, at: datetime) -> None:
        self._record(Approved, note=note, by=by, at=at)
