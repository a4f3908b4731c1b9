"""Endpoints of cases: one POST for each verb; `If-Match` carries the version seen."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.http.access_log import TheAccessLog
from api.http.commands import CommandDoors
from api.http.dependencies import (
    Cursor,
    Now,
    ReadDb,
    Size,
    TheCasework,
    TheThreads,
    Who,
)
from api.http.page import Page
from api.http.parameters.moments import Earlier, Later, TheMoment, as_of_point
from api.http.problems import REFUSALS
from api.v1.cases.views import ApplicantView, CaseView, ContactView, applicant_view, case_view
from application.access.access_log import ReadSubject
from application.access.permissions import cases_of
from application.case.commands import promise
from application.case.service import VERBS
from application.execution.execute import Executed
from domain.case.case import Case
from domain.case.stages import Stage
from domain.kernel.record_ids import RecordId
from domain.values.parties import Actor
from domain.values.texts import ShortText
from infrastructure.container import Container
from projections.history.comparison import DifferenceView, difference
from projections.history.entries import HistoryEntry, entries
from projections.read_model.keyset import Place
from projections.worklist import lists as worklist

router = APIRouter(prefix="/api/v1/cases", tags=["cases"], responses=REFUSALS)


def _executed_view(container: Container, executed: Executed[Case], by: Actor) -> CaseView:
    return case_view(executed.aggregate, container.casework, by, executed.at)


doors = CommandDoors(router, _executed_view, CaseView)

OPERATIONS = {
    "accept": "examine_application",
    "complete": "receive_correction",
    "query": "query_credit",
    "notify": "notify_applicant",
    "commit": "record_commitment",
    "check": "record_substantive_check",
    "decide": "decide_application",
    "deliver": "deliver_decision",
    "amend": "correct_decision",
    "supply": "supply_material",
    "review": "review_material",
    "inspect": "record_inspection",
    "rectify": "record_rectification",
    "forewarn": "forewarn_party",
    "hear": "record_hearing",
    "penalize": "conclude_sanction",
    "renotify": "correct_notice",
    "withdraw": "withdraw_application",
    "correct": "correct_name",
    "contact": "agree_on_messages",
    "retime": "correct_case_instants",
}
"""The operation of each verb; clients are generated from these names."""


class CaseLine(BaseModel):
    """A case as lists show it."""

    case_id: UUID
    version: int
    stage: Stage
    kind: str
    code: str | None
    item_code: str
    item_name: str
    applicant: str
    opened_at: datetime
    updated_at: datetime


doors.add(
    "",
    promise.OPEN,
    lambda container: container.casework.open,
    name="open_case",
    location=lambda case: f"/api/v1/cases/{case.id}",
)


@router.get("", summary="案件列表：本单位的，审计和督查人员可见全部")
async def list_cases(
    by: Who,
    read_db: ReadDb,
    access_log: TheAccessLog,
    stage: Stage | None = None,
    cursor: Cursor = None,
    size: Size = None,
) -> Page[CaseLine]:
    rows = worklist.cases(cases_of(by), by.department.code, stage)
    await access_log.note(by, ReadSubject.CASES, stage=stage, cursor=cursor)
    place = Place.of("cases", cursor, {"stage": stage})
    return await read_db.listed(Page[CaseLine], rows, worklist.NEWEST_FIRST, size, place)


@router.get("/{case_id}", summary="一个案件：现在的，或者某一版、某一时刻的")
async def get_case(
    case_id: RecordId,
    by: Who,
    as_of: TheMoment,
    casework: TheCasework,
    threads: TheThreads,
    access_log: TheAccessLog,
    reply: Response,
) -> CaseView:
    case = await threads.read(casework.show, by, case_id, as_of)
    await access_log.note(by, ReadSubject.STATE, case_id, version=case.version, at=as_of.until)
    reply.headers["ETag"] = f'"{case.version}"'
    return case_view(case, casework, by, as_of.instant(case.modified_on))


@router.get("/{case_id}/history", summary="完整经过：每一步由谁、何时、因何、说了什么、改变了什么")
async def get_case_history(
    case_id: RecordId, by: Who, casework: TheCasework, threads: TheThreads, access_log: TheAccessLog
) -> list[HistoryEntry]:
    history = await threads.read(casework.history, by, case_id)
    await access_log.note(by, ReadSubject.HISTORY, case_id, version=len(history))
    return list(entries(history))


@router.get("/{case_id}/diff", summary="两个版本或者两个时刻之间，案件有什么变化")
async def get_case_difference(
    case_id: RecordId,
    by: Who,
    casework: TheCasework,
    threads: TheThreads,
    access_log: TheAccessLog,
    earlier: Earlier,
    later: Later,
    now: Now,
) -> DifferenceView:
    history = await threads.read(casework.history, by, case_id)
    view = difference(history, as_of_point(now, earlier), as_of_point(now, later))
    first, last = view.from_version, view.to_version
    await access_log.note(by, ReadSubject.DIFF, case_id, earlier=first, later=last)
    return view


@router.get(
    "/{case_id}/applicant",
    summary="申请人身份：现在或者当时登记的；仅限自然人案件的经办人员，须有用途",
)
async def get_applicant(
    case_id: RecordId,
    by: Who,
    casework: TheCasework,
    threads: TheThreads,
    access_log: TheAccessLog,
    as_of: TheMoment,
    purpose: Annotated[ShortText, Query(description="查阅的用途")] = "办理本案",
) -> ApplicantView:
    person = await threads.read(casework.identify, by, case_id, as_of)
    asked = {"version": as_of.version, "at": as_of.until}
    await access_log.note(by, ReadSubject.IDENTITY, case_id, purpose=purpose, **asked)
    return applicant_view(person)


@router.get(
    "/{case_id}/contact",
    summary="短信告知的联系人；仅限本案的经办人员，须有用途",
)
async def get_contact(
    case_id: RecordId,
    by: Who,
    casework: TheCasework,
    threads: TheThreads,
    access_log: TheAccessLog,
    purpose: Annotated[ShortText, Query(description="查阅的用途")] = "告知办理进展",
) -> ContactView:
    contact = await threads.read(casework.contact, by, case_id)
    await access_log.note(by, ReadSubject.IDENTITY, case_id, purpose=purpose)
    return ContactView(name=contact.name, phone=contact.phone)


for verb in VERBS:
    doors.add(
        f"/{{case_id}}/{verb.name}",
        verb,
        lambda container: container.casework.act,
        name=OPERATIONS[verb.name],
        case_id=RecordId,
    )
