"""The search of the audit trail: a page, and the same content as data."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from api.downloads.audit_lists import TrailEntry, trail_list
from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import ReadDatabase, ReadDb
from api.http.page import Page
from api.http.parameters.filters import SearchFilters
from api.site.auditor.lists.conditions import TRAIL_LABELS, conditions, in_words, told_apart
from api.site.auditor.lists.listing import NOTHING, PAGE_SIZE, listed
from api.site.auditor.lists.matters import matters_of
from api.site.layout.asked import Asked, asked
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SignedInAuditor
from application.access.access_log import ReadSubject
from domain.values.parties import Actor
from projections.audit_trail.descriptors import ACTIONS, FAMILIES, GROUND_WORDS
from projections.audit_trail.queries import organisations

SEARCH = "/audit/search"
FORM_LABELS = TRAIL_LABELS | {"oldest": "从早到晚", "limit": "每页条数", "cursor": "翻页"}

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
TheSearch = Annotated[Asked[SearchFilters], Depends(asked(SearchFilters))]


@router.get(SEARCH)
async def search(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    asked: TheSearch,
) -> Response:
    found = NOTHING
    if not asked.wrong:
        found = await _found(read_db, access_log, by, asked.filters)
    context = found | {
        "filters": asked.filters,
        "matters": await matters_of(read_db, [row.stream_id for row in found["rows"]]),
        "conditions": conditions(asked.filters, SEARCH, TRAIL_LABELS),
        "told_apart": told_apart(in_words(asked.filters.query)),
    }
    choices = await _choices(read_db, asked)
    return office_page(request, by, "audit.html", context | choices, asked.status)


@router.get(f"{SEARCH}.json", response_class=JSONResponse)
async def search_as_data(
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    filters: Annotated[SearchFilters, Query()],
    reply: Response,
) -> Page[TrailEntry]:
    await access_log.note(by, ReadSubject.TRAIL, filters.stream, search=filters)
    reply.headers.update(PRIVATE)
    return await trail_list(read_db, filters, filters.sequence, filters.limit or PAGE_SIZE)


async def _found(
    read_db: ReadDatabase, access_log: AccessLogger, by: Actor, filters: SearchFilters
) -> dict[str, Any]:
    """Logs the search and returns one page of its results."""
    await access_log.note(by, ReadSubject.SEARCH, filters.stream, search=filters)
    matching, place = await read_db.trail(filters.query), filters.place("trail")
    return await listed(read_db, matching, filters.sequence, place, filters.limit)


async def _choices(read_db: ReadDatabase, asked: Asked[SearchFilters]) -> dict[str, Any]:
    """What the form offers to choose from, and what was asked."""
    offices = await read_db.all(organisations())
    return {
        "asked": asked,
        "labels": FORM_LABELS,
        "families": FAMILIES,
        "actions": ACTIONS,
        "grounds": GROUND_WORDS,
        "offices": [row.organisation.partition(" ")[2] for row in offices],
    }
