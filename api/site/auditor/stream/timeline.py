"""The page of one stream: its events, its state at a moment, the possible actions, its readers."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.http.access_log import TheAccessLog
from api.http.dependencies import Now, ReadDb, TheContainer, TheThreads
from api.http.parameters.moments import LocalMoment, Nth
from api.site.auditor.stream.outlined import outlined_events
from api.site.layout.asked import Asked, asked
from api.site.layout.office import office_page
from api.site.session.dependencies import SEE_OTHER, SignedInAuditor
from application.access.access_log import ReadSubject
from application.access.permissions import Role
from application.aggregates import AggregateType, replayed, type_of
from application.as_of import AsOf
from application.audit.queries import possibilities
from application.execution.ports import Recorded
from domain.kernel.aggregate import Event
from domain.kernel.errors import NotBegun, NotYet
from domain.kernel.record_ids import RecordId
from infrastructure.privacy.access_log import NEWEST_FIRST, noted
from projections.history.entries import entries, state_of
from projections.history.outline import outline
from projections.history.subject import subject_of
from projections.read_model.filters import Filters
from projections.read_model.keyset import Place

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
_MAX_READINGS = 20
FIELD_LABELS = {"version": "看哪一步", "at": "看哪一时刻", "all": "全部展开"}
"""The names of the fields of the form."""


class TimelineFilters(Filters):
    """The moment whose state is shown, by version or by time."""

    version: Nth | None = None
    at: LocalMoment | None = None
    all: bool = False
    """True if the details of every event are open."""


@router.get("/audit/streams/{stream_id}")
async def show_stream(
    request: Request,
    stream_id: RecordId,
    by: SignedInAuditor,
    container: TheContainer,
    threads: TheThreads,
    read_db: ReadDb,
    access_log: TheAccessLog,
    now: Now,
    asked: Annotated[Asked[TimelineFilters], Depends(asked(TimelineFilters))],
) -> Response:
    if {"from", "to"} & request.query_params.keys():
        return RedirectResponse(f"{request.url.path}/compare?{request.url.query}", SEE_OTHER)
    history = await threads.read(container.auditing.history, by, stream_id)
    as_of = AsOf(now, asked.filters.version, asked.filters.at)
    stream, status = await threads.read(_stream_context, history, as_of, asked)
    version, at = stream["version"], as_of.until
    await access_log.note(by, ReadSubject.HISTORY, stream_id, version=version, at=at)
    newest = Place.of("reads", None, {})
    readings, _ = await read_db.page(noted(stream_id), NEWEST_FIRST, _MAX_READINGS, newest)
    others = {"readings": readings, "Role": Role, "ReadSubject": ReadSubject}
    return office_page(request, by, "timeline.html", stream | others, status)


def _stream_context(
    history: Sequence[Recorded], as_of: AsOf, asked: Asked[TimelineFilters]
) -> tuple[dict[str, Any], int]:
    """The part of the template's context that comes from the stream, and the status of the page.

    If nothing can be known of the moment, the page says so at its field and shows no state.
    """
    events = [each.event for each in history]
    type, wrong, status = type_of(events), dict(asked.wrong), asked.status
    context = {
        "id": events[0].originator_id,
        "kind": type.label,
        "subject": subject_of(replayed(events)),
        "events": [*outlined_events([*entries(history)], type)],
        "asked": asked,
        "labels": FIELD_LABELS,
    }
    try:
        then = None if wrong else _then(as_of, events, type)
    except (NotBegun, NotYet) as error:
        wrong["version" if as_of.moment is None else "at"] = str(error)
        then, status = None, HTTPStatus.NOT_FOUND
    shown = then or {"version": len(events), "state": None}
    is_now = as_of.version is None and as_of.moment is None
    return context | shown | {"wrong": wrong, "is_now": is_now}, status


def _then(as_of: AsOf, events: Sequence[Event], type: AggregateType) -> dict[str, Any]:
    """The stream as it was: version, state, and what could be done.  Raises NotBegun or NotYet."""
    happened = as_of.of(events)
    aggregate, at = replayed(happened), as_of.occasion(happened)
    return {
        "version": aggregate.version,
        "at": at,
        "state": outline(state_of(aggregate), type),
        "possible": possibilities(happened, at),
    }
