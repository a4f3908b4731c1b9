"""The FiledDocument aggregate: one file in the file of one case or review."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid5

from domain.files import events as e
from domain.files.lifecycle import FILING
from domain.files.stages import Keeping
from domain.files.values import FileFacts
from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import Staged
from domain.values.parties import Actor

_NAMESPACE = UUID("6c0e7a52-0d3b-5b5c-9d52-6b6f2f1f7f10")


def file_id(owner: UUID, sha256: str) -> UUID:
    """The id of the file with this digest in the file of this case or review."""
    return uuid5(_NAMESPACE, f"{owner}/{sha256}")


class FiledDocument(Staged):
    TOPIC = "file"
    LIFECYCLES = (FILING,)

    received: e.FileReceived

    def __init__(self, **_: Any) -> None:
        self.keeping = Keeping.FILED

    @classmethod
    def file(cls, owner: UUID, title: str, facts: FileFacts, *, by: Actor, at: datetime) -> Self:
        """Records that this file came into the file of its owner."""
        known = {"owner": owner, "title": title, **dict(facts)}
        id = file_id(owner, facts.sha256)
        return cls._begin(e.FileReceived, id, **known, by=by, timestamp=at)

    def remember(self, event: Event) -> None:
        assert isinstance(event, e.FileReceived)
        self.received = event
