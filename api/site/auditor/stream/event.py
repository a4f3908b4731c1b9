"""The page of one event: what happened, its place in the log, its proof; and the same as JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import TypeAdapter

from api.http.access_log import TheAccessLog
from api.http.dependencies import TheContainer, TheThreads
from api.http.parameters.moments import MAX_VERSION
from api.site.auditor.stream.event_proof import proof_of
from api.site.auditor.stream.outlined import outlined_events
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SignedInAuditor
from application.access.access_log import ReadSubject
from application.aggregates import replayed, type_of
from application.execution.ports import Recorded
from domain.kernel.errors import NotFound
from domain.kernel.record_ids import RecordId
from projections.history.differences import plain
from projections.history.entries import HistoryEntry, entries
from projections.history.outline import outline
from projections.history.subject import subject_of

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
_entry = TypeAdapter(HistoryEntry)


async def _history(
    stream_id: RecordId,
    n: Annotated[int, Path(le=MAX_VERSION)],
    by: SignedInAuditor,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> list[Recorded]:
    """The whole stream, once the reading of this event is on record.  Raises NotFound."""
    history = await threads.read(container.auditing.history, by, stream_id)
    if not 1 <= n <= len(history):
        raise NotFound(f"没有第 {n} 步，目前到第 {len(history)} 步")
    await access_log.note(by, ReadSubject.PROOF, stream_id, version=n)
    return [*history]


NotedHistory = Annotated[list[Recorded], Depends(_history)]


@router.get("/audit/streams/{stream_id}/{n:int}.json")
async def take_event(n: int, history: NotedHistory) -> Response:
    """The event as the API shows it."""
    return JSONResponse(_entry.dump_python([*entries(history)][n - 1], mode="json"), 200, PRIVATE)


@router.get("/audit/streams/{stream_id}/{n:int}")
async def show_event(
    request: Request,
    stream_id: RecordId,
    n: int,
    by: SignedInAuditor,
    history: NotedHistory,
    container: TheContainer,
    threads: TheThreads,
) -> Response:
    events = [each.event for each in history]
    type = type_of(events)
    shown = [*outlined_events([*entries(history)], type)][n - 1]
    context = {
        "id": stream_id,
        "kind": type.label,
        "subject": subject_of(replayed(events)),
        "event": shown,
        "facts": outline(plain(dict(events[n - 1].facts)), type),
        "last": len(events),
        "proof": await threads.read(proof_of, container, stream_id, n),
    }
    return office_page(request, by, "auditor/event.html", context)
