"""HTTP doors to tolerance reviews (容错免责): internal; only the counts by ground are public."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import BaseModel

from api.http.access_log import TheJournal
from api.http.commands import TheCounter
from api.http.dependencies import (
    AtInstant,
    AtVersion,
    Cursor,
    Now,
    Position,
    Reads,
    Reviews,
    Size,
    TheThreads,
    Who,
    Work,
)
from api.http.filters import ReviewFilters
from api.http.page import Page
from api.http.problems import REFUSALS
from api.v1 import examples
from api.v1.cases.views import ActionView, CaseView, case_view
from application.access.access_log import Reading
from application.access.permissions import reviews_of
from application.execution.execute import Done
from application.tolerance import service as c
from domain.tolerance import values as f
from domain.tolerance.grounds import Evidence, Ground, GroundKind, Outcome
from domain.tolerance.lifecycle import ACTIONS
from domain.tolerance.review import ToleranceReview
from domain.tolerance.stages import Stage
from domain.values.parties import Department
from domain.values.workdays import Deadline
from projections.history.entries import HistoryEntry, entries
from projections.tolerance import projection as tolerance

router = APIRouter(prefix="/api/v1", tags=["容错免责"], responses=REFUSALS)
REVIEWS = "/tolerance-reviews"
ONE = REVIEWS + "/{review_id}"
PUBLIC = "public, max-age=60"


class ReviewLine(BaseModel):
    """A review as the trail shows it."""

    review_id: UUID
    ground: GroundKind
    department: str
    department_code: str
    concerned_kind: str
    concerned_department: str
    stage: Stage
    outcome: Outcome | None
    authority: str | None
    authority_kind: str | None
    document_number: str | None
    checked_on: date | None
    decided_on: date | None
    served_on: date | None
    answer_by: date | None
    requested_at: datetime
    updated_at: datetime


class Count(BaseModel):
    """How many decisions there are on this ground with this outcome."""

    ground: GroundKind
    outcome: Outcome
    count: int


@dataclass(slots=True, kw_only=True)
class ReviewView:
    """A review at one version, with what may be done next."""

    id: UUID
    version: int
    stage: Stage
    stage_label: str
    outcome: Outcome | None
    outcome_label: str | None
    department: Department
    requested_at: datetime
    updated_at: datetime
    concerned: f.Concerned
    superiors: tuple[Department, ...]
    plan_followed: Evidence
    ground: Ground
    ground_label: str
    conditions: f.Conditions
    cases: tuple[f.LinkedCase, ...]
    matters: tuple[f.LinkedItem, ...]
    check: f.Check | None
    decision: f.Decision | None
    sign_off: f.SignOff | None
    served_on: date | None
    remedies: str | None
    reconsider_by: Deadline | None
    appeal_by: Deadline | None
    settle_by: Deadline | None
    rulings: tuple[f.Ruling, ...]
    actions: list[ActionView]


# reading ----------------------------------------------------------------------------------------


@router.get("/tolerance-counts", summary="容错免责的决定数：按情形和结果，向社会公开")
async def count_reviews(reads: Reads, reply: Response, position: Position = None) -> list[Count]:
    await reads.wait_for(position, tolerance.TOLERANCE)
    reply.headers["Cache-Control"] = PUBLIC
    return [Count.model_validate(dict(row._mapping)) for row in await reads.all(tolerance.counts())]


@router.get(REVIEWS, summary="容错免责轨迹：按情形、单位、案件、阶段、结果")
async def list_reviews(
    by: Who,
    reads: Reads,
    journal: TheJournal,
    asked: Annotated[ReviewFilters, Query()],
    cursor: Cursor = None,
    size: Size = None,
    position: Position = None,
) -> Page[ReviewLine]:
    await reads.wait_for(position, tolerance.TOLERANCE, tolerance.LINKS)
    rows = asked.rows
    if mine := reviews_of(by):
        rows = rows.where(tolerance.t.department_code == mine)
    await journal.note(by, Reading.REVIEWS, **dict(asked), cursor=cursor)
    return await reads.listed(Page[ReviewLine], rows, tolerance.NEWEST_FIRST, size, cursor)


@router.get(ONE, summary="一项容错审查：现在的，或者某一版、某一时刻的")
async def get_review(
    review_id: UUID,
    by: Who,
    now: Now,
    reviews: Reviews,
    threads: TheThreads,
    journal: TheJournal,
    reply: Response,
    version: AtVersion = None,
    at: AtInstant = None,
) -> ReviewView:
    review = await threads.read(reviews.show, by, review_id, version, at)
    await journal.note(by, Reading.STATE, review_id, version=review.version, at=at)
    reply.headers["ETag"] = f'"{review.version}"'
    return _view(review, reviews.actions(review, by, at or now))


@router.get(f"{ONE}/history", summary="容错审查的完整经过")
async def get_history(
    review_id: UUID, by: Who, reviews: Reviews, threads: TheThreads, journal: TheJournal
) -> list[HistoryEntry]:
    history = await threads.read(reviews.history, by, review_id)
    await journal.note(by, Reading.HISTORY, review_id, version=len(history))
    return list(entries(history))


@router.get(ONE + "/cases/{case_id}", summary="关联的案件：申请时看到的那一版")
async def get_linked_case(
    review_id: UUID,
    case_id: UUID,
    by: Who,
    now: Now,
    reviews: Reviews,
    work: Work,
    threads: TheThreads,
    journal: TheJournal,
) -> CaseView:
    case = await threads.read(reviews.linked_case, by, review_id, case_id)
    await journal.note(by, Reading.STATE, case_id, version=case.version, review=review_id)
    return case_view(case, work, by, now)


# acting -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """Where one command to a review is handed in, and how it is answered."""

    counter: TheCounter
    reviews: Reviews
    reply: Response

    async def act(self, review_id: UUID, command: c.ReviewCommand) -> ReviewView:
        return self.answer(await self.counter.take(self.reviews.act, review_id, command))

    def answer(self, done: Done[ToleranceReview]) -> ReviewView:
        """The review as the command left it; a repeated request gets the same answer again."""
        review, headers = done.aggregate, self.reply.headers
        headers["ETag"] = f'"{review.version}"'
        if done.position is not None:
            headers["X-Position"] = str(done.position)
        if done.repeated:
            headers["Idempotency-Replayed"] = "true"
        return _view(review, self.reviews.actions(review, self.counter.turn.by, done.at))


TheDesk = Annotated[Desk, Depends()]
command = partial(router.post, response_model=ReviewView)


@command(REVIEWS, status_code=201, summary="为本单位或者工作人员申请容错")
async def request_tolerance(
    desk: TheDesk,
    body: Annotated[c.RequestTolerance, Body(openapi_examples=examples.REQUEST_TOLERANCE)],
) -> ReviewView:
    done = await desk.counter.take(desk.reviews.request, body)
    desk.reply.headers["Location"] = f"/api/v1{REVIEWS}/{done.aggregate.id}"
    return desk.answer(done)


@command(f"{ONE}/check", summary="核查：情形的事实和四项条件")
async def check_facts(
    review_id: UUID,
    desk: TheDesk,
    body: Annotated[c.CheckFacts, Body(openapi_examples=examples.CHECK_FACTS)],
) -> ReviewView:
    return await desk.act(review_id, body)


@command(f"{ONE}/decide", summary="记录任免机关或者纪检监察机关的决定")
async def record_decision(
    review_id: UUID,
    desk: TheDesk,
    body: Annotated[
        c.Exempt | c.Mitigate | c.RefuseExemption,
        Body(discriminator="outcome", openapi_examples=examples.DECIDE_TOLERANCE),
    ],
) -> ReviewView:
    return await desk.act(review_id, body)


@command(f"{ONE}/notify", summary="记录决定的送达，告知复核和申诉的权利")
async def notify_decision(
    review_id: UUID,
    desk: TheDesk,
    body: Annotated[c.NotifyDecision, Body(openapi_examples=examples.NOTIFY_DECISION)],
) -> ReviewView:
    return await desk.act(review_id, body)


@command(f"{ONE}/reconsider", summary="记录复核申请")
async def reconsider(review_id: UUID, desk: TheDesk, body: c.Reconsider) -> ReviewView:
    return await desk.act(review_id, body)


@command(f"{ONE}/appeal", summary="记录申诉")
async def file_appeal(review_id: UUID, desk: TheDesk, body: c.FileAppeal) -> ReviewView:
    return await desk.act(review_id, body)


@command(f"{ONE}/settle", summary="记录复核或者申诉的结果")
async def settle(
    review_id: UUID,
    desk: TheDesk,
    body: Annotated[
        c.KeepDecision | c.ChangeDecision,
        Body(discriminator="outcome", openapi_examples=examples.SETTLE_TOLERANCE),
    ],
) -> ReviewView:
    return await desk.act(review_id, body)


@command(f"{ONE}/withdraw", summary="撤回容错申请")
async def withdraw_request(review_id: UUID, desk: TheDesk, body: c.WithdrawRequest) -> ReviewView:
    return await desk.act(review_id, body)


def _view(review: ToleranceReview, actions: list[str]) -> ReviewView:
    asked, told, outcome = review.requested, review.notice, review.outcome
    return ReviewView(
        id=review.id,
        version=review.version,
        stage=review.stage,
        stage_label=review.stage.label,
        outcome=outcome,
        outcome_label=outcome.label if outcome else None,
        department=review.department,
        requested_at=review.created_on,
        updated_at=review.modified_on,
        **asked.facts,
        ground_label=GroundKind(asked.ground.ground).label,
        check=review.checked.check if review.checked else None,
        decision=review.decision,
        sign_off=review.sign_off,
        served_on=told.served_on if told else None,
        remedies=told.remedies if told else None,
        reconsider_by=review.reconsider_by,
        appeal_by=review.appeal_by,
        settle_by=review.settle_by,
        rulings=review.rulings,
        actions=[_action(review.id, name) for name in actions],
    )


def _action(review_id: UUID, name: str) -> ActionView:
    return ActionView(name=name, label=ACTIONS[name], href=f"/api/v1{REVIEWS}/{review_id}/{name}")
