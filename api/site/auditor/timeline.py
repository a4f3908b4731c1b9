"""A stream for auditors to look at: every event, the state then, who could do what, who read it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator

from api.http.access_log import TheAccessLog
from api.http.dependencies import Now, Nth, ReadDb, TheContainer, TheThreads
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedInAuditor
from application.access.access_log import ReadSubject
from application.access.permissions import Role
from application.aggregates import AggregateType, replayed, type_of
from application.audit.queries import possibilities, up_to
from application.execution.ports import Recorded
from domain.values.workdays import SHANGHAI
from infrastructure.privacy.access_log import NEWEST_FIRST, noted
from projections.history.entries import ChangeView, HistoryEntry, entries, state_of
from projections.history.outline import OutlineNode, node, outline
from projections.read_model.filters import Filters

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
_READINGS = 20


def _here(at: datetime | None) -> datetime | None:
    """What was filled in without a zone is the time in 义马."""
    return at.replace(tzinfo=SHANGHAI) if at and not at.tzinfo else at


class Asked(Filters):
    """Which moment is looked at, and whether every event lies open."""

    version: Nth | None = None
    at: Annotated[datetime | None, AfterValidator(_here)] = None
    all: bool = False


class Changed(NamedTuple):
    """One change, for a person to read."""

    change: ChangeView
    before: OutlineNode
    after: OutlineNode


class Told(NamedTuple):
    """One event with its changes, for a person to read."""

    entry: HistoryEntry
    changes: list[Changed]


@router.get("/audit/streams/{stream_id}")
async def show_stream(
    request: Request,
    stream_id: UUID,
    by: SignedInAuditor,
    container: TheContainer,
    threads: TheThreads,
    read_db: ReadDb,
    access_log: TheAccessLog,
    now: Now,
    asked: Annotated[Asked, Query()],
) -> Response:
    history = await threads.read(container.auditing.history, by, stream_id)
    context = await threads.read(_context, history, asked, now)
    await access_log.note(
        by, ReadSubject.HISTORY, stream_id, version=context["version"], at=asked.at
    )
    readings, _ = await read_db.page(noted(stream_id), NEWEST_FIRST, _READINGS, None)
    words = {"readings": readings, "Role": Role, "ReadSubject": ReadSubject, "asked": asked}
    return office_page(request, by, "timeline.html", context | words)


def _context(history: Sequence[Recorded], asked: Asked, now: datetime) -> dict[str, Any]:
    """All that the page shows of the stream itself.  Raises NotFound: nothing was there then."""
    told = up_to(history, asked.version, asked.at)
    kind, aggregate = type_of(told), replayed(told)
    at = asked.at or (told[-1].timestamp if asked.version else now)
    return {
        "id": aggregate.id,
        "kind": kind.label,
        "events": list(_told(history, kind)),
        "version": aggregate.version,
        "at": at,
        "state": outline(state_of(aggregate), kind),
        "possible": possibilities(told, at),
    }


def _told(history: Sequence[Recorded], kind: AggregateType) -> Iterator[Told]:
    for entry in entries(history):
        changes = [_changed(change, kind) for change in entry.changes]
        yield Told(entry, changes)


def _changed(change: ChangeView, kind: AggregateType) -> Changed:
    key = change.path.rpartition("/")[2]
    both = (node(change.label, value, kind, key) for value in (change.before, change.after))
    return Changed(change, *both)
