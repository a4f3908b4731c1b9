"""The audit trail across all cases and items, for auditors."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.http.access_log import TheJournal
from api.http.dependencies import Position, Reads, Who
from api.http.filters import TrailFilters
from api.http.page import Page
from api.http.problems import REFUSALS
from application.access.access_log import Reading
from application.access.permissions import permit
from projections.audit_trail import documents
from projections.audit_trail import projection as audit

router = APIRouter(prefix="/api/v1/audit", tags=["审计"], responses=REFUSALS)


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
    reads: Reads,
    journal: TheJournal,
    asked: Annotated[TrailFilters, Query()],
    position: Position = None,
) -> Page[TrailEntry]:
    permit(by, "audit")
    await journal.note(by, Reading.TRAIL, asked.stream, search=asked)
    await reads.wait_for(position, audit.AUDIT, documents.NAMED)
    rows, page = await reads.trail(asked.sought), Page[TrailEntry]
    return await reads.listed(page, rows, asked.sequence, asked.limit, asked.cursor)
