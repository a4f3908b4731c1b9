"""Endpoint of the audit trail across all streams, for auditors."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.http.access_log import TheAccessLog
from api.http.dependencies import Position, ReadDb, Who
from api.http.page import Page
from api.http.parameters.filters import TrailFilters
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import permit
from projections.audit_trail import documents
from projections.audit_trail import projection as audit

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], responses=REFUSALS)


class TrailEntry(BaseModel):
    position: int
    stream_id: UUID
    version: int
    topic: str
    at: datetime
    person: str
    role: str
    department: str
    department_code: str
    action: str
    ground: str | None
    documents: list[str]
    sentence: str


@router.get("", summary="审计轨迹：每个事件一句话，可按人员、岗位、单位、操作、文书号等查询")
async def list_trail(
    by: Who,
    read_db: ReadDb,
    access_log: TheAccessLog,
    filters: Annotated[TrailFilters, Query()],
    position: Position = None,
) -> Page[TrailEntry]:
    permit(by, "audit")
    await access_log.note(by, ReadSubject.TRAIL, filters.stream, search=filters)
    await read_db.wait_for(position, audit.AUDIT, documents.NAMED)
    rows, page = await read_db.trail(filters.query), Page[TrailEntry]
    place = filters.place("trail")
    return await read_db.listed(page, rows, filters.sequence, filters.limit, place)
