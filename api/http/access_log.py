"""The access log at the doors: a reading is logged before anything is shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from api.http.dependencies import Now, TheContainer, TheThreads
from api.http.thread_pools import Threads
from application.access.access_log import AccessLog, ReadEntry, ReadSubject, is_noted, usual_purpose
from domain.values.parties import Actor
from projections.history.differences import plain


@dataclass(frozen=True, slots=True)
class AccessLogger:
    """Logs the readings of one request: `await journal.note(by, ReadSubject.STATE, case_id)`."""

    log: AccessLog
    threads: Threads
    request_id: UUID
    at: datetime

    async def note(
        self,
        by: Actor,
        what: ReadSubject,
        stream_id: UUID | None = None,
        /,
        *,
        purpose: str | None = None,
        **asked: Any,
    ) -> None:
        """Log who is about to be shown what.  Raises DatabaseAway, and nothing may be shown."""
        if not is_noted(by, what):
            return
        details = {name: plain(value) for name, value in asked.items() if value is not None}
        why = purpose or usual_purpose(by)
        read = ReadEntry(self.at, by, what, stream_id, why, self.request_id, details)
        await self.threads.write(self.log.add, read)


async def _journal(
    request: Request, container: TheContainer, threads: TheThreads, now: Now
) -> AccessLogger:
    return AccessLogger(container.access_log, threads, UUID(request.state.request_id), now)


TheAccessLog = Annotated[AccessLogger, Depends(_journal)]
