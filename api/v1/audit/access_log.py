"""Endpoints of the access log, for auditors; reading it is logged as well."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.downloads.audit_lists import ReadView, read_list, reads_by
from api.http.access_log import TheAccessLog
from api.http.dependencies import Cursor, ReadDb, Size, Who
from api.http.page import Page
from api.http.parameters.moments import Instant
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import permit
from domain.kernel.record_ids import RecordId
from domain.values.texts import ShortText
from infrastructure.privacy.access_log import noted
from projections.read_model.keyset import Place

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], responses=REFUSALS)


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
    purpose: Annotated[ShortText | None, Query(description="用途，可以只填一部分")] = None,
    cursor: Cursor = None,
    size: Size = None,
) -> Page[ReadView]:
    permit(by, "audit")
    first = since.begins if since else None
    end = until.begins if until else None
    asked: dict[str, Any] = {"person": person, "what": what, "since": first, "until": end}
    asked["stated_purpose"] = purpose
    await access_log.note(by, ReadSubject.READS, stream, cursor=cursor, **asked)
    rows = await reads_by(read_db, person, noted(stream, what, first, end, purpose))
    place = Place.of("reads", cursor, {"stream": stream, **asked})
    return await read_list(read_db, rows, place, size)


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
