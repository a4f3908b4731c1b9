"""Endpoint of the worklist: the duties of the actor's role and department, most urgent first."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Row

from api.http.access_log import TheAccessLog
from api.http.dependencies import Cursor, Position, ReadDb, Size, Today, Who
from api.http.page import Page
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import RIGHTS, allowed
from domain.case.lifecycle import ACTIONS
from domain.case.stages import Stage
from projections.worklist import projection as worklist

router = APIRouter(prefix="/api/v1/worklist", tags=["worklist"], responses=REFUSALS)


class DutyLine(BaseModel):
    case_id: UUID
    action: str
    label: str
    about: str | None
    due_on: date
    provisional: bool
    overdue: bool
    stage: Stage
    item_name: str
    applicant: str
    code: str | None
    version: int


@router.get("", summary="待办列表")
async def list_duties(
    by: Who,
    read_db: ReadDb,
    today: Today,
    access_log: TheAccessLog,
    cursor: Cursor = None,
    size: Size = None,
    position: Position = None,
) -> Page[DutyLine]:
    await access_log.note(by, ReadSubject.WORKLIST, cursor=cursor)
    await read_db.wait_for(position, worklist.WORKLIST)
    everything = allowed(by, "read_all")
    mine = [name for name in ACTIONS if everything or by.role in RIGHTS[name].roles]
    rows = worklist.to_do(mine, None if everything else by.department.code)
    order, facts = worklist.MOST_URGENT_FIRST, partial(_facts, today)
    return await read_db.listed(Page[DutyLine], rows, order, size, cursor, facts)


def _facts(today: date, row: Row[Any]) -> dict[str, Any]:
    labels = {"label": ACTIONS[row.action], "about": row.about or None}
    return dict(row._mapping) | labels | {"overdue": row.due_on < today}
