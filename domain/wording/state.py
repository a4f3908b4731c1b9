"""The state of an entered article."""

from typing import Any

from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import Staged
from domain.wording import events as e
from domain.wording.stages import Stage


class EntryState(Staged):
    entered: e.ArticleEntered

    def __init__(self, **_: Any) -> None:
        self.stage = Stage.ENTERED

    def remember(self, event: Event) -> None:
        if isinstance(event, e.ArticleEntered):
            self.entered = event
