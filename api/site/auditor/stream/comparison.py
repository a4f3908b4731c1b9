"""The page that compares two moments of one stream: two columns, only what differs."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field, PlainValidator

from api.http.access_log import TheAccessLog
from api.http.dependencies import Now, TheContainer, TheThreads
from api.http.parameters.moments import as_of_point, local_moment, nth
from api.site.auditor.stream.outlined import outlined
from api.site.layout.asked import Asked, asked
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedInAuditor
from application.access.access_log import ReadSubject
from application.aggregates import replayed, type_of
from application.as_of import AsOf, Moment
from application.execution.ports import Recorded
from domain.kernel.errors import NotBegun, NotYet
from domain.kernel.record_ids import RecordId
from projections.history.comparison import DifferenceView, difference
from projections.history.entries import entries
from projections.history.subject import subject_of
from projections.read_model.filters import Filters

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
LABELS = {"from": "从哪一步", "to": "到哪一步"}


def _point(text: object) -> int | Moment:
    """Reads the number of a step, or a moment; without a time zone it is local time."""
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal()
    return nth(text) if is_number else local_moment(text)


LocalPoint = Annotated[int | Moment, PlainValidator(_point)]


class Span(Filters):
    """The two moments; without one, the first step and the newest."""

    from_: Annotated[LocalPoint | None, Field(alias="from")] = None
    to: LocalPoint | None = None


@router.get("/audit/streams/{stream_id}/compare")
async def compare(
    request: Request,
    stream_id: RecordId,
    by: SignedInAuditor,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
    now: Now,
    asked: Annotated[Asked[Span], Depends(asked(Span))],
) -> Response:
    history = await threads.read(container.auditing.history, by, stream_id)
    wrong, view = dict(asked.wrong), None
    if not wrong:
        view, wrong = _difference(history, asked.filters, now)
    shown = (view.from_version, view.to_version) if view else (None, None)
    await access_log.note(by, ReadSubject.DIFF, stream_id, earlier=shown[0], later=shown[1])
    status = asked.status if asked.wrong or view else HTTPStatus.NOT_FOUND
    context = await threads.read(_context, history, view)
    return office_page(
        request, by, "auditor/compare.html", context | {"wrong": wrong, "asked": asked}, status
    )


def _difference(
    history: Sequence[Recorded], span: Span, now: datetime
) -> tuple[DifferenceView | None, dict[str, str]]:
    """The differences, or the message at the moment of which nothing can be known."""
    earlier, later = (as_of_point(now, each) for each in (span.from_ or 1, span.to or len(history)))
    wrong = {name: _unknown(history, as_of) for name, as_of in (("from", earlier), ("to", later))}
    wrong = {name: message for name, message in wrong.items() if message}
    return (None, wrong) if wrong else (difference(history, earlier, later), {})


def _unknown(history: Sequence[Recorded], as_of: AsOf) -> str:
    """Says why nothing can be known of this moment; empty if it can."""
    try:
        as_of.of([each.event for each in history])
    except (NotBegun, NotYet) as error:
        return str(error)
    return ""


def _context(history: Sequence[Recorded], view: DifferenceView | None) -> dict[str, Any]:
    events = [each.event for each in history]
    type, steps = type_of(events), [*entries(history)]
    return {
        "id": events[0].originator_id,
        "kind": type.label,
        "subject": subject_of(replayed(events)),
        "labels": LABELS,
        "steps": steps,
        "view": view,
        "earlier": steps[view.from_version - 1] if view else None,
        "later": steps[view.to_version - 1] if view else None,
        "changes": outlined(view.changes, type) if view else [],
    }
