"""The ArticleEntry aggregate: one article of a revised act, entered by one, approved by another."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from domain.values.parties import Actor
from domain.wording import events as e
from domain.wording.lifecycle import ENTRY
from domain.wording.state import EntryState


class ArticleEntry(EntryState):
    TOPIC = "article"
    LIFECYCLES = (ENTRY,)

    @classmethod
    def enter(cls, *, id: UUID, by: Actor, at: datetime, **facts: Any) -> Self:
        """Enters an article; `facts` are the fields of ArticleEntered."""
        return cls._begin(e.ArticleEntered, id, **facts, by=by, timestamp=at)

    def approve(self, *, by: Actor, at: datetime) -> None:
        self._record(e.ArticleApproved, by=by, at=at)

    def hand_back(self, reason: str, *, by: Actor, at: datetime) -> None:
        self._record(e.ArticleReturned, reason=reason, by=by, at=at)
