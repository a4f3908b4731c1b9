"""Endpoint of the worklist: the duties of the actor's role and department, most urgent first."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Row

from api.http.access_log import TheAccessLog
from api.http.dependencies import Cursor, Position, ReadDatabase, ReadDb, Size, Today, Who
from api.http.page import Page
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import Where, duties_of
from application.case.separation import barring_topics
from domain.case.lifecycle import ACTIONS
from domain.case.stages import Stage
from domain.values.parties import Actor
from projections.audit_trail import projection as audit
from projections.read_model.keyset import Place
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
    reach = duties_of(by, ACTIONS)
    await access_log.note(by, ReadSubject.WORKLIST, cursor=cursor)
    await read_db.wait_for(position, worklist.WORKLIST, audit.AUDIT)
    rows = worklist.to_do(reach, by.department.code, await _bars(read_db, by, reach))
    order, facts = worklist.MOST_URGENT_FIRST, partial(_facts, today)
    place = Place.of("worklist", cursor, {})
    return await read_db.listed(Page[DutyLine], rows, order, size, place, facts)


async def _bars(
    read_db: ReadDatabase, by: Actor, reach: Mapping[str, Where]
) -> dict[str, worklist.Bars]:
    """Returns the events that bar the reader from each action; supervision is barred from none."""
    topics = {
        name: barring_topics(name) for name, where in reach.items() if where is not Where.ANYWHERE
    }
    if not any(topics.values()):
        return {}
    mine = await read_db.spellings_of(by.person)
    return {name: (mine, barring) for name, barring in topics.items() if barring}


def _facts(today: date, row: Row[Any]) -> dict[str, Any]:
    labels = {"label": ACTIONS[row.action], "about": row.about or None}
    return dict(row._mapping) | labels | {"overdue": row.due_on < today}
