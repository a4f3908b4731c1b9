"""Endpoints of exports of the audit trail: request, follow, download, list all of them."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from api.downloads.exports import export_file, export_of, request_export
from api.http.access_log import TheAccessLog
from api.http.commands import SAME_KEY, RequestKey
from api.http.dependencies import Cursor, ReadDb, Size, TheContainer, TheThreads, Who
from api.http.page import Page
from api.http.problems import REFUSALS
from api.http.semantics.promises import IDEMPOTENCY_KEY, keeps
from api.openapi.files import file_of
from application.access.access_log import ReadSubject
from application.access.permissions import permit
from domain.kernel.record_ids import RecordId
from infrastructure.exports.records import (
    NEWEST_FIRST,
    Export,
    Exports,
    ExportState,
    newest,
)
from infrastructure.spreadsheets.writers import MEDIA, Format
from projections.audit_trail.queries import TrailQuery
from projections.read_model.keyset import Place

EXPORTS = "/api/v1/audit/exports"
router = APIRouter(prefix=EXPORTS, tags=["audit"], responses=REFUSALS)


class ExportRequest(BaseModel):
    """What to export, and as what."""

    model_config = ConfigDict(extra="forbid")

    format: Format
    search: TrailQuery = TrailQuery()


class ExportView(BaseModel):
    id: UUID
    state: ExportState
    state_label: str
    format: Format
    done: int
    total: int | None
    sha256: str | None
    reason: str | None
    search: dict[str, Any]
    person: str
    role: str
    department: str
    asked_at: datetime
    touched_at: datetime


@router.post("", status_code=202, summary="导出一次查询的全部结果，在后台进行")
@keeps(IDEMPOTENCY_KEY)
async def ask_for_export(
    by: Who,
    body: ExportRequest,
    container: TheContainer,
    threads: TheThreads,
    reply: Response,
    key: Annotated[RequestKey | None, Header(alias=IDEMPOTENCY_KEY, description=SAME_KEY)] = None,
) -> ExportView:
    permit(by, "audit")
    requested = await threads.write(request_export, container, by, body.search, body.format, key)
    reply.headers["Location"] = f"{EXPORTS}/{requested.export.id}"
    if requested.repeated:
        reply.headers["Idempotency-Replayed"] = "true"
    return _view(requested.export)


@router.get("", summary="全部导出的记录，从新到旧")
async def list_exports(
    by: Who,
    read_db: ReadDb,
    container: TheContainer,
    access_log: TheAccessLog,
    cursor: Cursor = None,
    size: Size = None,
) -> Page[ExportView]:
    permit(by, "audit")
    await access_log.note(by, ReadSubject.EXPORT, cursor=cursor)
    place, facts = Place.of("exports", cursor, {}), partial(_facts_of_row, container.exports)
    return await read_db.listed(Page[ExportView], newest(), NEWEST_FIRST, size, place, facts)


@router.get("/{export_id}", summary="一个导出：进行到哪里，结果如何")
async def get_export(
    by: Who,
    export_id: RecordId,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> ExportView:
    permit(by, "audit")
    export = await threads.read(export_of, container, export_id)
    await access_log.note(by, ReadSubject.EXPORT, export=export_id)
    return _view(export)


@router.get(
    "/{export_id}/file",
    summary="导出的文件",
    response_class=FileResponse,
    responses={200: file_of(*MEDIA.values())},
)
async def get_export_file(
    by: Who,
    export_id: RecordId,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> FileResponse:
    permit(by, "audit")
    await access_log.note(by, ReadSubject.EXPORT, export=export_id)
    return await threads.read(export_file, container, export_id)


def _view(export: Export) -> ExportView:
    return ExportView.model_validate(_facts(export))


def _facts_of_row(records: Exports, row: Row[Any]) -> dict[str, Any]:
    return _facts(records.of(row))


def _facts(export: Export) -> dict[str, Any]:
    return vars(export) | {"state_label": export.state.label}
