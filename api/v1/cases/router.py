"""HTTP doors to a case: one POST per verb, `If-Match` carries the version seen."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel

from api.http.access_log import TheJournal
from api.http.commands import CommandRoute, TheCounter
from api.http.dependencies import (
    AtInstant,
    AtVersion,
    Cursor,
    Earlier,
    Later,
    Now,
    Reads,
    Size,
    TheThreads,
    Who,
    Work,
)
from api.http.page import Page
from api.http.problems import REFUSALS
from api.v1 import examples
from api.v1.audit.streams import DifferenceView, difference
from api.v1.cases import answers
from api.v1.cases.views import CaseView, case_view
from application.access.access_log import Reading
from application.access.permissions import allowed
from application.case import commands as c
from application.execution.ports import PersonDetails
from domain.case.stages import Stage
from domain.values.parties import ShortText
from projections.history.entries import HistoryEntry, entries
from projections.worklist import projection as worklist

router = APIRouter(
    prefix="/api/v1/cases", tags=["案件"], responses=REFUSALS, route_class=CommandRoute
)
command = partial(router.post, response_model=CaseView)


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


@command("", status_code=201, summary="受理：收到材料，开立案件")
async def open_case(
    counter: TheCounter,
    body: Annotated[c.OpenCase, Body(openapi_examples=examples.OPEN)],
) -> Response:
    return await answers.open_case(counter, body)


@router.get("", summary="案件列表：本单位的，审计和督查人员可见全部")
async def list_cases(
    by: Who,
    reads: Reads,
    journal: TheJournal,
    stage: Stage | None = None,
    cursor: Cursor = None,
    size: Size = None,
) -> Page[CaseLine]:
    await journal.note(by, Reading.CASES, stage=stage, cursor=cursor)
    everything = allowed(by, "read_all")
    rows = worklist.cases(None if everything else by.department.code, stage)
    return await reads.listed(Page[CaseLine], rows, worklist.NEWEST_FIRST, size, cursor)


@router.get("/{case_id}", summary="一个案件：现在的，或者某一版、某一时刻的")
async def get_case(
    case_id: UUID,
    by: Who,
    now: Now,
    work: Work,
    threads: TheThreads,
    journal: TheJournal,
    reply: Response,
    version: AtVersion = None,
    at: AtInstant = None,
) -> CaseView:
    case = await threads.read(work.show, by, case_id, version, at)
    await journal.note(by, Reading.STATE, case_id, version=case.version, at=at)
    reply.headers["ETag"] = f'"{case.version}"'
    return case_view(case, work, by, at or now)


@router.get("/{case_id}/history", summary="完整经过：每一步由谁、何时、因何、说了什么、改变了什么")
async def get_history(
    case_id: UUID, by: Who, work: Work, threads: TheThreads, journal: TheJournal
) -> list[HistoryEntry]:
    history = await threads.read(work.history, by, case_id)
    await journal.note(by, Reading.HISTORY, case_id, version=len(history))
    return list(entries(history))


@router.get("/{case_id}/diff", summary="两个版本或者两个时刻之间，案件有什么变化")
async def get_difference(
    case_id: UUID,
    by: Who,
    work: Work,
    threads: TheThreads,
    journal: TheJournal,
    earlier: Earlier,
    later: Later,
) -> DifferenceView:
    shown = difference(await threads.read(work.history, by, case_id), earlier, later)
    await journal.note(by, Reading.DIFF, case_id, earlier=earlier, later=later)
    return shown


@router.get("/{case_id}/applicant", summary="申请人身份：仅限自然人案件的经办人员，须有用途")
async def get_applicant(
    case_id: UUID,
    by: Who,
    work: Work,
    threads: TheThreads,
    journal: TheJournal,
    purpose: Annotated[ShortText, Query(description="查阅的用途")] = "办理本案",
) -> PersonDetails:
    found = await threads.read(work.identify, by, case_id)
    await journal.note(by, Reading.IDENTITY, case_id, purpose=purpose)
    return found


@command("/{case_id}/query", summary="查询信用")
async def query(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[c.Query | None, Body()] = None,
) -> Response:
    return await answers.act(counter, case_id, body or c.Query())


@command("/{case_id}/notify", summary="一次性告知条件、标准和违诺后果")
async def notify(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[c.Notify | None, Body()] = None,
) -> Response:
    return await answers.act(counter, case_id, body or c.Notify())


@command("/{case_id}/commit", summary="申请人作出承诺，或者不作承诺")
async def commit(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[
        c.Promise | c.Decline, Body(discriminator="outcome", openapi_examples=examples.COMMIT)
    ],
) -> Response:
    return await answers.act(counter, case_id, body)


@command("/{case_id}/decide", summary="作出准予或者不予准予的决定")
async def decide(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[
        c.Grant | c.Refuse, Body(discriminator="outcome", openapi_examples=examples.DECIDE)
    ],
) -> Response:
    return await answers.act(counter, case_id, body)


@command("/{case_id}/supply", summary="补交容缺的材料")
async def supply(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[c.Supply, Body(openapi_examples=examples.SUPPLY)],
) -> Response:
    return await answers.act(counter, case_id, body)


@command("/{case_id}/review", summary="审核补交的材料：符合，或者退回")
async def review(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[
        c.AcceptMaterial | c.ReturnMaterial,
        Body(discriminator="outcome", openapi_examples=examples.REVIEW),
    ],
) -> Response:
    return await answers.act(counter, case_id, body)


@command("/{case_id}/inspect", summary="履约核查：属实，或者发现违诺")
async def inspect(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[
        c.PassInspection | c.FindBreach,
        Body(discriminator="outcome", openapi_examples=examples.INSPECT),
    ],
) -> Response:
    return await answers.act(counter, case_id, body)


@router.post(
    "/{case_id}/rectify",
    response_model=CaseView,
    summary="责令整改，认定整改完成、不到位或者被拒绝",
)
async def rectify(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[
        (
            c.OrderRectification
            | c.AcceptRectification
            | c.FailRectification
            | c.RefuseRectification
        ),
        Body(discriminator="outcome", openapi_examples=examples.RECTIFY),
    ],
) -> Response:
    return await answers.act(counter, case_id, body)


@command("/{case_id}/forewarn", summary="送达惩戒事先告知")
async def forewarn(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[c.Forewarn, Body(openapi_examples=examples.FOREWARN)],
) -> Response:
    return await answers.act(counter, case_id, body)


@command("/{case_id}/hear", summary="听取陈述申辩，或者收到书面放弃")
async def hear(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[
        c.Hear | c.WaiveHearing, Body(discriminator="outcome", openapi_examples=examples.HEAR)
    ],
) -> Response:
    return await answers.act(counter, case_id, body)


@router.post(
    "/{case_id}/penalize", response_model=CaseView, summary="实施信用惩戒，或者决定不予惩戒"
)
async def penalize(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[
        c.Impose | c.Spare, Body(discriminator="outcome", openapi_examples=examples.PENALIZE)
    ],
) -> Response:
    return await answers.act(counter, case_id, body)


@command("/{case_id}/withdraw", summary="撤回申请，转原审批程序")
async def withdraw(
    case_id: UUID,
    counter: TheCounter,
    body: Annotated[c.Withdraw, Body(openapi_examples=examples.WITHDRAW)],
) -> Response:
    return await answers.act(counter, case_id, body)
