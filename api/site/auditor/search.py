"""The pages of auditors: search in the audit trail, and exports of its results."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Row

from api.downloads.exports import export_file, request_export
from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import ReadDatabase, ReadDb, TheContainer, TheThreads
from api.http.parameters.filters import PageFilters, TrailFilters
from api.site.layout.asked import Asked, asked
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, Form, SignedInAuditor, form_key
from application.access.access_log import ReadSubject
from domain.kernel.record_ids import RecordId
from domain.values.parties import Actor
from infrastructure.exports.records import NEWEST_FIRST, newest
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.descriptors import ACTIONS, FAMILIES, GROUND_WORDS
from projections.audit_trail.queries import TrailQuery, organisations
from projections.read_model.keyset import Place

PAGE_SIZE = 50
EXPORTS = "/audit/exports"
FILTER_LABELS = {
    "person": "经办人员",
    "role": "岗位",
    "organisation": "单位",
    "action": "操作",
    "ground": "容错情形",
    "document": "文书号",
    "stream": "案件或者事项",
    "since": "起",
    "until": "止",
    "topic": "事件类型",
}
"""Chinese names of the filters, in the order of the form."""
FORM_LABELS = FILTER_LABELS | {"newest": "从晚到早", "limit": "每页条数", "cursor": "翻页"}

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get("/audit")
async def search(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    asked: Annotated[Asked[TrailFilters], Depends(asked(TrailFilters))],
) -> Response:
    rows: list[Row[Any]] = []
    after = None
    if not asked.wrong:
        rows, after = await _found(read_db, access_log, by, asked.filters)
    words = list(in_words(asked.filters.query))
    result = {"filters": asked.filters, "rows": rows, "after": after, "words": words}
    choices = {
        "asked": asked,
        "labels": FORM_LABELS,
        "families": FAMILIES,
        "actions": ACTIONS,
        "grounds": GROUND_WORDS,
        "offices": [
            row.organisation.partition(" ")[2] for row in await read_db.all(organisations())
        ],
    }
    return office_page(request, by, "audit.html", result | choices, asked.status)


async def _found(
    read_db: ReadDatabase, access_log: AccessLogger, by: Actor, filters: TrailFilters
) -> tuple[list[Row[Any]], str | None]:
    """Logs the search; returns one page of its results and the cursor of the next."""
    await access_log.note(by, ReadSubject.SEARCH, filters.stream, search=filters)
    matching, size = await read_db.trail(filters.query), filters.limit or PAGE_SIZE
    return await read_db.page(matching, filters.sequence, size, filters.place("trail"))


@router.get(EXPORTS)
async def show_exports(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    container: TheContainer,
    access_log: TheAccessLog,
    asked: Annotated[Asked[PageFilters], Depends(asked(PageFilters))],
) -> Response:
    filters = asked.filters
    await access_log.note(by, ReadSubject.EXPORT, cursor=filters.cursor)
    place = Place.of("exports", filters.cursor, {})
    rows, after = await read_db.page(newest(), NEWEST_FIRST, PAGE_SIZE, place)
    exports = [container.exports.of(row) for row in rows]
    context = {
        "filters": filters,
        "after": after,
        "sought": filters.search,
        "words": list(in_words(filters.query)),
        "exports": [(each, list(in_words(each.readable_query))) for each in exports],
        "busy": any(each.under_way for each in exports),
        "formats": Format,
        "form_key": uuid4(),
    } | {"asked": asked, "labels": FORM_LABELS}
    return office_page(request, by, "exports.html", context, asked.status)


@router.post(EXPORTS)
async def start_export(
    by: SignedInAuditor, form: Form, container: TheContainer, threads: TheThreads
) -> Response:
    format = Format(chosen) if (chosen := form.pop("format", "")) in set(Format) else Format.XLSX
    key, sought = form_key(form), TrailQuery.model_validate(form)
    await threads.write(request_export, container, by, sought, format, key)
    return RedirectResponse(EXPORTS, SEE_OTHER, PRIVATE)


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


def in_words(sought: TrailQuery) -> Iterator[tuple[str, str]]:
    """Each chosen filter as its Chinese name and value, e.g. 岗位 and 审计."""
    for name, label in FILTER_LABELS.items():
        if (value := getattr(sought, name)) is not None:
            yield label, _value_label(name, value)


def _value_label(name: str, value: Any) -> str:
    match name:
        case "role":
            return str(value.label)
        case "action":
            return f"{FAMILIES[value.partition('/')[0]]}：{ACTIONS[value]}"
        case "ground":
            return GROUND_WORDS.get(str(value), str(value))
        case _:
            return str(value)
