"""Endpoints of the worklist: who owes what by when, and how many things in each group."""

from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.http.access_log import TheAccessLog
from api.http.dependencies import Position, ReadDb, Size, Who
from api.http.page import Page
from api.http.parameters.filters import WorklistFilters
from api.http.parameters.worklist import TheWorklists
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import duties_of
from domain.case.lifecycle import ACTIONS
from domain.case.stages import Stage
from projections.audit_trail import projection as audit
from projections.catalogue.projection import CATALOGUE
from projections.worklist import lists
from projections.worklist.lists import Group
from projections.worklist.projection import WORKLIST

router = APIRouter(prefix="/api/v1/worklist", tags=["worklist"], responses=REFUSALS)
Filters = Annotated[WorklistFilters, Query()]


class DutyLine(BaseModel):
    case_id: UUID
    action: str
    label: str
    about: str | None
    due_on: date
    provisional: bool
    overdue: bool
    workdays_left: int
    """Negative if it is late."""
    group: Group
    yours: bool
    """True if the reader can do it; supervision sees the duties of all and does none."""
    holder: str
    """The applicant, or the roles and the department that owe it."""
    claimed_by: str | None
    stage: Stage
    item_code: str
    item_name: str
    applicant: str
    code: str | None
    version: int


class GroupCount(BaseModel):
    group: Group
    label: str
    count: int


@router.get("", summary="待办列表：自己的；指定分组时，也有等待别人办理的")
async def list_duties(
    by: Who,
    read_db: ReadDb,
    worklists: TheWorklists,
    access_log: TheAccessLog,
    filters: Filters,
    size: Size = None,
    position: Position = None,
) -> Page[DutyLine]:
    duties_of(by, ACTIONS)  # who may read none waits for none
    await read_db.wait_for(position, WORKLIST, CATALOGUE, audit.AUDIT)
    reader = await worklists.of(by)
    await access_log.note(by, ReadSubject.WORKLIST, search=filters)
    rows, order = lists.to_do(reader, filters.asked), lists.MOST_URGENT_FIRST
    facts, place = partial(worklists.line, by), filters.place("worklist")
    return await read_db.listed(Page[DutyLine], rows, order, size, place, facts)


@router.get("/counts", summary="待办的件数，按分组")
async def count_duties(
    by: Who,
    read_db: ReadDb,
    worklists: TheWorklists,
    access_log: TheAccessLog,
    filters: Filters,
    position: Position = None,
) -> list[GroupCount]:
    duties_of(by, ACTIONS)  # who may read none waits for none
    await read_db.wait_for(position, WORKLIST, CATALOGUE, audit.AUDIT)
    reader = await worklists.of(by)
    await access_log.note(by, ReadSubject.WORKLIST, search=filters)
    rows = await read_db.all(lists.counts(reader, filters.asked))
    found = {row.group: row.total for row in rows}
    return [GroupCount(group=g, label=g.label, count=found.get(g, 0)) for g in Group]
