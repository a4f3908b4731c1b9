"""The access log at the endpoints: a read is logged before anything is shown."""

from collections.abc import Iterable
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
from projections.read_model.keyset import require_ours


@dataclass(frozen=True, slots=True)
class AccessLogger:
    """Logs the reads of one request: `await access_log.note(by, ReadSubject.STATE, case_id)`."""

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
        **details: Any,
    ) -> None:
        """Logs the read if `is_noted` requires it; otherwise does nothing.

        Raises DatabaseAway if logging fails; then nothing may be shown.  Raises BadCursor.
        """
        await self.note_each(by, what, (stream_id,), purpose=purpose, **details)

    async def note_each(
        self,
        by: Actor,
        what: ReadSubject,
        streams: Iterable[UUID | None],
        /,
        *,
        purpose: str | None = None,
        **details: Any,
    ) -> None:
        """Logs one read of several streams, as `note` does, under each of them: all or none."""
        if not is_noted(by, what):
            return
        require_ours(details.get("cursor"))
        require_ours(getattr(details.get("search"), "cursor", None))
        given = {name: plain(value) for name, value in details.items() if value is not None}
        why = purpose or usual_purpose(by)
        entries = [
            ReadEntry(self.at, by, what, each, why, self.request_id, given) for each in streams
        ]
        await self.threads.write(self.log.add, *entries)


async def _access_logger(
    request: Request, container: TheContainer, threads: TheThreads, now: Now
) -> AccessLogger:
    return AccessLogger(container.access_log, threads, UUID(request.state.request_id), now)


TheAccessLog = Annotated[AccessLogger, Depends(_access_logger)]
