"""The page of one stream: its events, its state at a moment, the possible actions, its readers."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator

from api.http.access_log import TheAccessLog
from api.http.dependencies import NO_BARE_NUMBER, Now, Nth, ReadDb, TheContainer, TheThreads
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedInAuditor
from application.access.access_log import ReadSubject
from application.access.permissions import Role
from application.aggregates import AggregateType, replayed, type_of
from application.audit.queries import possibilities, up_to
from application.execution.ports import Recorded
from domain.values.workdays import PLAUSIBLE_YEAR, SHANGHAI
from infrastructure.privacy.access_log import NEWEST_FIRST, noted
from projections.history.entries import ChangeView, HistoryEntry, entries, state_of
from projections.history.outline import OutlineNode, node, outline
from projections.read_model.filters import Filters

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
_MAX_READINGS = 20


def _in_local_time(at: datetime | None) -> datetime | None:
    """A time without a zone is the local time of 义马."""
    return at.replace(tzinfo=SHANGHAI) if at and not at.tzinfo else at


class TimelineFilters(Filters):
    """The moment whose state is shown, by version or by time."""

    version: Nth | None = None
    at: Annotated[
        datetime | None, NO_BARE_NUMBER, PLAUSIBLE_YEAR, AfterValidator(_in_local_time)
    ] = None
    all: bool = False
    """True if the details of every event are open."""


class OutlinedChange(NamedTuple):
    """One change with both values as trees of Chinese text."""

    change: ChangeView
    before: OutlineNode
    after: OutlineNode


class TimelineEvent(NamedTuple):
    """One event with its changes."""

    entry: HistoryEntry
    changes: list[OutlinedChange]


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
    filters: Annotated[TimelineFilters, Query()],
) -> Response:
    history = await threads.read(container.auditing.history, by, stream_id)
    stream = await threads.read(_stream_context, history, filters, now)
    at, version = filters.at, stream["version"]
    await access_log.note(by, ReadSubject.HISTORY, stream_id, version=version, at=at)
    readings, _ = await read_db.page(noted(stream_id), NEWEST_FIRST, _MAX_READINGS, None)
    others = {"readings": readings, "Role": Role, "ReadSubject": ReadSubject, "filters": filters}
    return office_page(request, by, "timeline.html", stream | others)


def _stream_context(
    history: Sequence[Recorded], filters: TimelineFilters, now: datetime
) -> dict[str, Any]:
    """The part of the template's context that comes from the stream.

    Raises NotFound if the stream had no event yet at that moment.
    """
    events = up_to(history, filters.version, filters.at)
    type, aggregate = type_of(events), replayed(events)
    at = filters.at or (events[-1].timestamp if filters.version else now)
    return {
        "id": aggregate.id,
        "kind": type.label,
        "events": list(_timeline(history, type)),
        "version": aggregate.version,
        "at": at,
        "state": outline(state_of(aggregate), type),
        "possible": possibilities(events, at),
    }


def _timeline(history: Sequence[Recorded], type: AggregateType) -> Iterator[TimelineEvent]:
    for entry in entries(history):
        changes = [_outlined(change, type) for change in entry.changes]
        yield TimelineEvent(entry, changes)


def _outlined(change: ChangeView, type: AggregateType) -> OutlinedChange:
    key = change.path.rpartition("/")[2]
    both = (node(change.label, value, type, key) for value in (change.before, change.after))
    return OutlinedChange(change, *both)
