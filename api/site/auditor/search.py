"""The pages of auditors: searching the trail, and exports of what was found."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.downloads.exports import export_file, request_export
from api.http.access_log import TheAccessLog
from api.http.dependencies import ReadDb, TheContainer, TheThreads
from api.http.filters import PageFilters, TrailFilters
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, Form, SignedInAuditor
from application.access.access_log import ReadSubject
from infrastructure.exports.records import NEWEST_FIRST, Requester, newest
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.descriptors import ACTIONS, FAMILIES, GROUND_WORDS
from projections.audit_trail.queries import TrailQuery, organisations

ROWS = 50
EXPORTS = "/audit/exports"
ASKED = {
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
"""The words for what can be asked, in the order of the form."""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get("/audit")
async def search(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    asked: Annotated[TrailFilters, Query()],
) -> Response:
    await access_log.note(by, ReadSubject.SEARCH, asked.stream, search=asked)
    found = await read_db.trail(asked.query)
    rows, after = await read_db.page(found, asked.sequence, asked.limit or ROWS, asked.cursor)
    said = {"asked": asked, "rows": rows, "after": after, "words": list(in_words(asked.query))}
    choices = {
        "families": FAMILIES,
        "actions": ACTIONS,
        "grounds": GROUND_WORDS,
        "offices": [
            row.organisation.partition(" ")[2] for row in await read_db.all(organisations())
        ],
    }
    return office_page(request, by, "audit.html", said | choices)


@router.get(EXPORTS)
async def show_exports(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    container: TheContainer,
    access_log: TheAccessLog,
    asked: Annotated[PageFilters, Query()],
) -> Response:
    await access_log.note(by, ReadSubject.EXPORT, cursor=asked.cursor)
    rows, after = await read_db.page(newest(), NEWEST_FIRST, ROWS, asked.cursor)
    exports = [container.exports.of(row) for row in rows]
    said = {
        "asked": asked,
        "after": after,
        "sought": asked.search,
        "words": list(in_words(asked.query)),
        "exports": [(each, list(in_words(each.query))) for each in exports],
        "busy": any(each.under_way for each in exports),
        "formats": Format,
    }
    return office_page(request, by, "exports.html", said)


@router.post(EXPORTS)
async def start_export(
    by: SignedInAuditor, form: Form, container: TheContainer, threads: TheThreads
) -> Response:
    format = Format(chosen) if (chosen := form.pop("format", "")) in set(Format) else Format.XLSX
    sought = TrailQuery.model_validate(form)
    await threads.write(request_export, container, Requester.of(by), sought, format)
    return RedirectResponse(EXPORTS, SEE_OTHER, PRIVATE)


@router.get(f"{EXPORTS}/{{export_id}}/file")
async def download(
    by: SignedInAuditor,
    export_id: UUID,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> Response:
    await access_log.note(by, ReadSubject.EXPORT, export=export_id)
    return await threads.read(export_file, container, export_id)


def in_words(sought: TrailQuery) -> Iterator[tuple[str, str]]:
    """What was asked, as it is shown: 岗位 审计."""
    for name, word in ASKED.items():
        if (value := getattr(sought, name)) is not None:
            yield word, _shown(name, value)


def _shown(name: str, value: Any) -> str:
    match name:
        case "role":
            return str(value.label)
        case "action":
            return f"{FAMILIES[value.partition('/')[0]]}：{ACTIONS[value]}"
        case "ground":
            return GROUND_WORDS.get(str(value), str(value))
        case _:
            return str(value)
