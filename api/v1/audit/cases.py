"""Endpoint of the list of all cases, by applicant and stage, for auditors."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.downloads.audit_lists import AuditedCase, case_list
from api.http.access_log import TheAccessLog
from api.http.dependencies import Position, ReadDb, Who
from api.http.page import Page
from api.http.parameters.filters import CaseFilters
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import permit
from projections.audit_trail.cases import AUDITED

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], responses=REFUSALS)


class CaseListFilters(CaseFilters):
    """The filters of the list of cases, and its page size."""

    limit: Annotated[int | None, Field(ge=1, le=200, description="每页条数")] = None


@router.get("/cases", summary="案件目录：按申请单位、阶段查询，最近的在前")
async def list_audited_cases(
    by: Who,
    read_db: ReadDb,
    access_log: TheAccessLog,
    filters: Annotated[CaseListFilters, Query()],
    position: Position = None,
) -> Page[AuditedCase]:
    permit(by, "audit")
    await access_log.note(by, ReadSubject.CASES, search=filters)
    await read_db.wait_for(position, AUDITED)
    return await case_list(read_db, filters, filters.limit)
