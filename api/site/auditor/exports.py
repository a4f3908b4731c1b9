"""Exports of the audit trail: started, followed and downloaded without scripts."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.downloads.exports import export_file, request_export
from api.http.access_log import TheAccessLog
from api.http.dependencies import COUNTED, ReadDb, TheContainer, TheThreads
from api.http.parameters.filters import ExportFilters
from api.site.auditor.conditions import TRAIL_LABELS, conditions, in_words, told_apart
from api.site.layout.asked import Asked, asked
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, Form, SignedInAuditor, form_key
from application.access.access_log import ReadSubject
from domain.kernel.record_ids import RecordId
from infrastructure.exports.records import NEWEST_FIRST, newest
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.queries import TrailQuery

EXPORTS = "/audit/exports"
PAGE_SIZE = 50
LIST_LABELS = {"asked": "导出时间"}
FORM_LABELS = TRAIL_LABELS | LIST_LABELS | {"cursor": "翻页"}

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get(EXPORTS)
async def show_exports(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    container: TheContainer,
    access_log: TheAccessLog,
    asked: Annotated[Asked[ExportFilters], Depends(asked(ExportFilters))],
) -> Response:
    filters = asked.filters
    await access_log.note(by, ReadSubject.EXPORT, cursor=filters.cursor)
    listed = newest(filters.asked.begins if filters.asked else None)
    rows, after = await read_db.page(listed, NEWEST_FIRST, PAGE_SIZE, filters.place("exports"))
    exports = [container.exports.of(row) for row in rows]
    words = in_words(filters.query)
    context = {
        "filters": filters,
        "after": after,
        "total": await read_db.count(listed),
        "counted": COUNTED,
        "sought": filters.search,
        "words": words,
        "told_apart": told_apart(words),
        "conditions": conditions(filters, EXPORTS, LIST_LABELS),
        "exports": [(each, in_words(each.readable_query)) for each in exports],
        "busy": any(each.under_way for each in exports),
        "formats": Format,
        "form_key": uuid4(),
    } | {"asked": asked, "labels": FORM_LABELS}
    return office_page(request, by, "exports.html", context, asked.status)


@router.post(EXPORTS)
async def start_export(
    by: SignedInAuditor, form: Form, container: TheContainer, threads: TheThreads
) -> Response:
    """Starts an export and shows the page of exports again, with the same search."""
    format = Format(chosen) if (chosen := form.pop("format", "")) in set(Format) else Format.XLSX
    key, sought = form_key(form), TrailQuery.model_validate(form)
    await threads.write(request_export, container, by, sought, format, key)
    search = urlencode(sought.model_dump(mode="json", exclude_none=True))
    return RedirectResponse(f"{EXPORTS}?{search}" if search else EXPORTS, SEE_OTHER, PRIVATE)


@router.get(f"{EXPORTS}/{{export_id}}/file")
async def download(
    by: SignedInAuditor,
    export_id: RecordId,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> Response:
    await access_log.note(by, ReadSubject.EXPORT, export=export_id)
    return await threads.read(export_file, container, export_id)
