"""Endpoints of the outbox, for operators: list undelivered messages, deliver them again."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Row

from api.http.dependencies import Cursor, Now, ReadDb, Size, TheContainer, TheThreads, Who
from api.http.page import Page
from api.http.problems import REFUSALS
from application.access.permissions import permit
from infrastructure.outbox.outbox import OLDEST_FIRST, Entry, MessageState, entries
from projections.read_model.keyset import Place

router = APIRouter(prefix="/api/v1/outbox", tags=["operations"], responses=REFUSALS)


class MessageView(BaseModel):
    position: int
    case_id: UUID
    topic: str
    state: MessageState
    state_label: str
    tries: int
    due_at: datetime
    tried_at: datetime | None
    answer: str | None


class Renewed(BaseModel):
    renewed: int


@router.get("", summary="还没有告知信用平台的消息：等待告知、被退回、已放弃")
async def list_untold(
    by: Who,
    read_db: ReadDb,
    state: Annotated[MessageState | None, Query(description="只看这个状态的")] = None,
    cursor: Cursor = None,
    size: Size = None,
) -> Page[MessageView]:
    permit(by, "operate")
    rows = entries(state)
    place = Place.of("outbox", cursor, {"state": state})
    return await read_db.listed(Page[MessageView], rows, OLDEST_FIRST, size, place, _facts)


@router.post("/retry", summary="重新告知被退回或者已放弃的消息")
async def retry_untold(
    by: Who,
    now: Now,
    container: TheContainer,
    threads: TheThreads,
    position: Annotated[int | None, Query(ge=1, description="事件的位置，不填则全部")] = None,
) -> Renewed:
    permit(by, "operate")
    return Renewed(renewed=await threads.write(container.outbox.renew, now, position))


def _facts(row: Row[Any]) -> dict[str, Any]:
    message = Entry.of(row)
    return message._asdict() | {"state_label": message.state.label}
