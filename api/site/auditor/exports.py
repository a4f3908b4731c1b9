"""Exports of the audit trail: started, followed and downloaded without scripts."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.downloads.exports import export_file, request_export
from api.http.access_log import TheAccessLog
from api.http.dependencies import ReadDb, TheContainer, TheThreads
from api.http.parameters.filters import ExportFilters
from api.site.auditor.lists.conditions import TRAIL_LABELS, conditions, in_words, told_apart
from api.site.auditor.lists.listing import listed
from api.site.layout.asked import Asked, asked
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, Form, SignedInAuditor, form_key
from application.access.access_log import ReadSubject
from domain.kernel.record_ids import RecordId
from infrastructure.exports.records import NEWEST_FIRST, newest
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.queries import TrailQuery

EXPORTS = "/audit/exports"
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
    matching = newest(filters.asked.begins if filters.asked else None)
    found = await listed(read_db, matching, NEWEST_FIRST, filters.place("exports"))
    exports = [container.exports.of(row) for row in found["rows"]]
    context = (
        found
        | _search_of(asked)
        | {
            "conditions": conditions(filters, EXPORTS, LIST_LABELS),
            "exports": [(each, in_words(each.readable_query)) for each in exports],
            "busy": any(each.under_way for each in exports),
        }
    )
    return office_page(request, by, "exports.html", context, asked.status)


def _search_of(asked: Asked[ExportFilters]) -> dict[str, Any]:
    """The form that exports a search: the search, in words and as fields, and the formats."""
    words = in_words(asked.filters.query)
    return {
        "filters": asked.filters,
        "sought": asked.filters.search,
        "words": words,
        "told_apart": told_apart(words),
        "formats": Format,
        "form_key": uuid4(),
        "asked": asked,
        "labels": FORM_LABELS,
    }


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
