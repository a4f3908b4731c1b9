"""Endpoint of the audit trail across all streams, for auditors."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.downloads.audit_lists import TrailEntry, trail_list
from api.http.access_log import TheAccessLog
from api.http.dependencies import Position, ReadDb, Who
from api.http.page import Page
from api.http.parameters.filters import TrailFilters
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import permit
from projections.audit_trail import cases, documents
from projections.audit_trail import projection as audit

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], responses=REFUSALS)


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
    await read_db.wait_for(position, audit.AUDIT, documents.NAMED, cases.AUDITED)
    return await trail_list(read_db, filters, filters.sequence, filters.limit)
