"""The access log as a page: who read what, when and why, the newest first."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy import Select

from api.downloads.audit_lists import ReadView, read_list, reads_by
from api.http.access_log import TheAccessLog
from api.http.dependencies import ReadDatabase, ReadDb
from api.http.page import Page
from api.http.parameters.filters import ReadFilters
from api.site.auditor.lists.conditions import conditions, details_in_words
from api.site.auditor.lists.listing import NOTHING, PAGE_SIZE, listed
from api.site.auditor.lists.matters import matters_of
from api.site.layout.asked import Asked, asked
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SignedInAuditor
from application.access.access_log import PERSONAL, ReadSubject
from application.access.permissions import Role
from domain.values.workdays import midnight
from infrastructure.privacy.access_log import NEWEST_FIRST, noted
from projections.read_model.keyset import Rows

READS = "/audit/reads"
LABELS = {
    "person": "查阅人员",
    "stream": "案件或者事项的编号",
    "what": "内容",
    "purpose": "用途",
    "since": "从这一天起",
    "until": "到这一天止",
    "personal": "只看个人信息",
}
"""Chinese names of the filters, in the order of the form."""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get(READS)
async def show_reads(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    asked: Annotated[Asked[ReadFilters], Depends(asked(ReadFilters))],
) -> Response:
    filters, found = asked.filters, NOTHING
    if not asked.wrong:
        await access_log.note(by, ReadSubject.READS, filters.stream, search=filters)
        matching, place = await _found(read_db, filters), filters.place("reads of a page")
        found = await listed(read_db, matching, NEWEST_FIRST, place)
    context = found | {
        "filters": filters,
        "matters": await matters_of(read_db, [row.stream_id for row in found["rows"]]),
        "details": {row.number: [*details_in_words(row.details)] for row in found["rows"]},
        "conditions": conditions(filters, READS, LABELS),
    }
    return office_page(request, by, "auditor/reads.html", context | _words(asked), asked.status)


def _words(asked: Asked[ReadFilters]) -> dict[str, Any]:
    """What was asked, and the words for roles and kinds of reading."""
    labels = LABELS | {"cursor": "翻页"}
    return {"asked": asked, "labels": labels, "Role": Role, "ReadSubject": ReadSubject}


@router.get(f"{READS}.json", response_class=JSONResponse)
async def reads_as_data(
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    filters: Annotated[ReadFilters, Query()],
    reply: Response,
) -> Page[ReadView]:
    await access_log.note(by, ReadSubject.READS, filters.stream, search=filters)
    reply.headers.update(PRIVATE)
    place = filters.place("reads of a page")
    return await read_list(read_db, await _found(read_db, filters), place, PAGE_SIZE)


async def _found(read_db: ReadDatabase, filters: ReadFilters) -> Rows:
    """Returns the recorded reads that match, each day from midnight to midnight in Yima."""
    since = midnight(filters.since) if filters.since else None
    until = midnight(filters.until + timedelta(days=1)) if filters.until else None
    found = noted(filters.stream, filters.what, since, until, filters.purpose)
    return await reads_by(read_db, filters.person, _personal(found) if filters.personal else found)


def _personal(found: Select[Any]) -> Select[Any]:
    return found.where(found.selected_columns["what"].in_(PERSONAL))
