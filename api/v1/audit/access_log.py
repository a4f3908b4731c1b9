"""Endpoints of the access log, for auditors; reading it is logged as well."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Row

from api.http.access_log import TheAccessLog
from api.http.dependencies import Cursor, ReadDb, Size, Who
from api.http.page import Page
from api.http.parameters.moments import Instant
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import Role, permit
from domain.kernel.record_ids import RecordId
from domain.values.texts import ShortText
from infrastructure.privacy.access_log import NEWEST_FIRST, noted, read_by, readers
from projections.read_model.keyset import Place, Rows

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], responses=REFUSALS)


class ReadView(BaseModel):
    """One reading.  Role and subject may be ones that only a newer release knows."""

    number: int
    at: datetime
    person: str
    role: str
    role_label: str
    department: str
    department_code: str
    what: str
    what_label: str
    stream_id: UUID | None
    purpose: str
    request_id: UUID
    details: dict[str, Any]


@router.get("/reads", summary="查阅记录：谁、何时、为何看了什么，最近的在前")
async def list_reads(
    by: Who,
    read_db: ReadDb,
    access_log: TheAccessLog,
    stream: Annotated[RecordId | None, Query(description="案件或者事项的编号")] = None,
    person: Annotated[ShortText | None, Query(description="查阅人员")] = None,
    what: Annotated[ReadSubject | None, Query(description="查阅的内容")] = None,
    since: Annotated[Instant | None, Query(description="从某一时刻起，须带时区")] = None,
    until: Annotated[Instant | None, Query(description="到某一时刻前，须带时区")] = None,
    cursor: Cursor = None,
    size: Size = None,
) -> Page[ReadView]:
    permit(by, "audit")
    first = since.begins if since else None
    end = until.begins if until else None
    filters: dict[str, Any] = {"what": what, "since": first, "until": end, "cursor": cursor}
    await access_log.note(by, ReadSubject.READS, stream, person=person, **filters)
    found = noted(stream, what, first, end)
    everybody = [row.person for row in await read_db.all(readers())] if person else []
    rows: Rows = read_by(person, everybody, found) if person else found
    asked = {"stream": stream, "person": person, "what": what, "since": first, "until": end}
    place = Place.of("reads", cursor, asked)
    return await read_db.listed(Page[ReadView], rows, NEWEST_FIRST, size, place, _facts)


@router.get("/streams/{stream_id}/reads", summary="谁看过这一卷宗的什么，最近的在前")
async def list_reads_of_a_stream(
    stream_id: RecordId,
    by: Who,
    read_db: ReadDb,
    access_log: TheAccessLog,
    cursor: Cursor = None,
    size: Size = None,
) -> Page[ReadView]:
    return await list_reads(by, read_db, access_log, stream=stream_id, cursor=cursor, size=size)


def _facts(row: Row[Any]) -> dict[str, Any]:
    labels = {"role_label": Role.label_of(row.role), "what_label": ReadSubject.label_of(row.what)}
    return dict(row._mapping) | labels
