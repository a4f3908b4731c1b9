"""The audit trail across all cases and items, for auditors."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.deps import Cursor, Position, Reads, Size, TheService, Who
from api.journal import TheJournal
from api.problems import REFUSALS
from application.permissions import permit
from application.reading import Reading
from domain.values import ShortText
from projections import audit

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
    sentence: str


class TrailPage(BaseModel):
    items: list[TrailEntry]
    next: str | None


@router.get("", summary="审计轨迹：每个事件一句话，先后有序")
async def list_trail(
    by: Who,
    reads: Reads,
    service: TheService,
    journal: TheJournal,
    stream: Annotated[UUID | None, Query(description="案件、事项或者容错审查的编号")] = None,
    person: Annotated[ShortText | None, Query(description="经办人员")] = None,
    cursor: Cursor = None,
    size: Size = None,
    position: Position = None,
) -> TrailPage:
    permit(by, "audit")
    await journal.note(by, Reading.TRAIL, stream, person=person, cursor=cursor)
    await reads.wait_for(audit.AUDIT.name, position)
    size = size or service.settings.page_size
    rows = audit.trail(stream, person)
    page, following = await reads.page(rows, audit.OLDEST_FIRST, size, cursor)
    return TrailPage(
        items=[TrailEntry.model_validate(dict(row._mapping)) for row in page], next=following
    )
