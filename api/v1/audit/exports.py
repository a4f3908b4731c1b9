"""Exports of the audit trail: asked for, followed, fetched; every one stays on record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict

from api.http.access_log import TheJournal
from api.http.dependencies import Cursor, Reads, Size, TheService, TheThreads, Who
from api.http.problems import REFUSALS
from application.access.access_log import Reading
from application.access.permissions import permit
from domain.kernel.errors import NotFound
from domain.values.workdays import local_date
from infrastructure.container import Service
from infrastructure.exports.records import NEWEST_FIRST, Asker, Export, State, newest
from infrastructure.spreadsheets.writers import MEDIA, Format
from projections.audit_trail.queries import Sought

EXPORTS = "/api/v1/audit/exports"
router = APIRouter(prefix=EXPORTS, tags=["审计"], responses=REFUSALS)
NOT_THERE = "没有这个导出，或者它的文件不在这里"


class ExportRequest(BaseModel):
    """What to export, and as what."""

    model_config = ConfigDict(extra="forbid")

    format: Format
    search: Sought = Sought()


class ExportView(BaseModel):
    id: UUID
    state: State
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


class ExportPage(BaseModel):
    items: list[ExportView]
    next: str | None


@router.post("", status_code=202, summary="导出一次查询的全部结果，在后台进行")
async def ask_for_export(
    by: Who, asked: ExportRequest, service: TheService, threads: TheThreads, reply: Response
) -> ExportView:
    permit(by, "audit")
    export = await threads.write(enter, service, Asker.of(by), asked.search, asked.format)
    reply.headers["Location"] = f"{EXPORTS}/{export.id}"
    return _view(export)


@router.get("", summary="全部导出的记录，从新到旧")
async def list_exports(
    by: Who,
    reads: Reads,
    service: TheService,
    journal: TheJournal,
    cursor: Cursor = None,
    size: Size = None,
) -> ExportPage:
    permit(by, "audit")
    await journal.note(by, Reading.EXPORT, cursor=cursor)
    size = size or service.settings.page_size
    page, following = await reads.page(newest(), NEWEST_FIRST, size, cursor)
    items = [_view(service.exports.of(row)) for row in page]
    return ExportPage(items=items, next=following)


@router.get("/{export_id}", summary="一个导出：进行到哪里，结果如何")
async def get_export(
    by: Who, export_id: UUID, service: TheService, threads: TheThreads, journal: TheJournal
) -> ExportView:
    permit(by, "audit")
    export = await threads.read(recorded, service, export_id)
    await journal.note(by, Reading.EXPORT, export=export_id)
    return _view(export)


@router.get("/{export_id}/file", summary="导出的文件", response_class=FileResponse)
async def get_file(
    by: Who, export_id: UUID, service: TheService, threads: TheThreads, journal: TheJournal
) -> FileResponse:
    permit(by, "audit")
    await journal.note(by, Reading.EXPORT, export=export_id)
    return await threads.read(file_of, service, export_id)


def enter(service: Service, asker: Asker, sought: Sought, format: Format) -> Export:
    """A new export; whoever makes exports is told at once."""
    id = service.exports.ask(asker, sought, format)
    service.growth.announce()
    return recorded(service, id)


def recorded(service: Service, id: UUID) -> Export:
    """The export with this id.  Raises NotFound."""
    if (export := service.exports.one(id)) is None:
        raise NotFound(NOT_THERE)
    return export


def file_of(service: Service, id: UUID) -> FileResponse:
    """The file of a finished export.  Raises NotFound; what was made elsewhere lies elsewhere."""
    export = recorded(service, id)
    path = service.exporter.file(export)
    if export.state is not State.FINISHED or not path.exists():
        raise NotFound(NOT_THERE)
    name = f"audit-{local_date(export.asked_at):%Y%m%d}-{str(id)[:8]}.{export.format}"
    return FileResponse(path, media_type=MEDIA[export.format], filename=name)


def _view(export: Export) -> ExportView:
    said = {name: value for name, value in vars(export).items() if name != "upto"}
    return ExportView(**said, state_label=export.state.label)
