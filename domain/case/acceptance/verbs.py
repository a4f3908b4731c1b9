"""The acceptance track, before the credit query: ask once, receive what was asked, accept."""

from datetime import date, datetime
from typing import Any

from domain.case.acceptance import events as e
from domain.case.acceptance.values import ToPutRight
from domain.case.promise.materials import Scan
from domain.case.promise.verbs import PromiseVerbs
from domain.documents.content import Letterhead
from domain.values.parties import Actor
from domain.values.workdays import WorkCalendar


class AcceptanceVerbs(PromiseVerbs):
    """The verbs between the receipt of an application and its acceptance (行政许可法 32)."""

    def ask_for_correction(
        self,
        asked: tuple[ToPutRight, ...],
        calendar: WorkCalendar,
        letterhead: Letterhead | None = None,
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Tells the applicant of everything that must be put right, once."""
        facts: dict[str, Any] = {"asked": asked, "calendar": calendar, "letterhead": letterhead}
        self._record(e.CorrectionAsked, **facts, by=by, at=at)

    def receive_correction(
        self,
        received_on: date,
        submitted: tuple[str, ...],
        calendar: WorkCalendar,
        *,
        scans: tuple[Scan, ...] = (),
        form: str | None = None,
        by: Actor,
        at: datetime,
    ) -> None:
        """Records what came; `form` is the SHA-256 of the application form, if it was among it."""
        facts: dict[str, Any] = {"received_on": received_on, "submitted": submitted}
        facts |= {"scans": scans, "form": form, "calendar": calendar}
        self._record(e.CorrectionReceived, **facts, by=by, at=at)

    def accept_application(
        self, letterhead: Letterhead | None = None, *, by: Actor, at: datetime
    ) -> None:
        self._record(e.ApplicationAccepted, letterhead=letterhead, by=by, at=at)

    # reading ------------------------------------------------------------------------------------

    @property
    def accepted_at(self) -> datetime | None:
        """When the application was accepted, at the opening or later.  Returns None before."""
        if later := self.last(e.ApplicationAccepted):
            return later.timestamp
        return None if self.is_accepted_later else self.created_on
