"""Endpoints of tolerance reviews (容错免责): internal, except the public counts by ground."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.http.access_log import TheAccessLog
from api.http.commands import CommandDoors
from api.http.dependencies import (
    Cursor,
    Now,
    Position,
    ReadDb,
    Size,
    TheCasework,
    TheThreads,
    TheTolerance,
    Who,
)
from api.http.page import Page
from api.http.parameters.filters import ReviewFilters
from api.http.parameters.moments import TheMoment
from api.http.problems import REFUSALS
from api.v1.cases.views import ActionView, CaseView, case_view
from application.access.access_log import ReadSubject
from application.access.permissions import READING_REVIEWS, permit_role, reviews_of
from application.execution.execute import Executed
from application.tolerance.commands import REQUEST, VERBS
from domain.kernel.record_ids import RecordId
from domain.tolerance import values as f
from domain.tolerance.grounds import Evidence, Ground, GroundKind, Outcome
from domain.tolerance.lifecycle import ACTIONS
from domain.tolerance.review import ToleranceReview
from domain.tolerance.stages import Stage
from domain.values.parties import Actor, Department
from domain.values.workdays import Deadline
from infrastructure.container import Container
from projections.history.entries import HistoryEntry, entries
from projections.read_model.keyset import Place
from projections.tolerance import projection as tolerance

router = APIRouter(prefix="/api/v1", tags=["tolerance"], responses=REFUSALS)
REVIEWS = "/tolerance-reviews"
ONE = REVIEWS + "/{review_id}"
PUBLIC = "public, max-age=60"
OPERATIONS = {
    "check": "check_facts",
    "decide": "record_decision",
    "notify": "notify_decision",
    "reconsider": "request_reconsideration",
    "appeal": "file_appeal",
    "settle": "record_ruling",
    "withdraw": "withdraw_request",
    "retime": "correct_review_instants",
}
"""The operation of each verb; clients are generated from these names."""


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
    wording: str | None = None
    """四项条件依据的文本: the wording on which the decision rests."""
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
async def count_decisions(
    read_db: ReadDb, reply: Response, position: Position = None
) -> list[Count]:
    await read_db.wait_for(position, tolerance.TOLERANCE)
    reply.headers["Cache-Control"] = PUBLIC
    return [
        Count.model_validate(dict(row._mapping)) for row in await read_db.all(tolerance.counts())
    ]


@router.get(REVIEWS, summary="容错免责轨迹：按情形、单位、案件、阶段、结果")
async def list_reviews(
    by: Who,
    read_db: ReadDb,
    access_log: TheAccessLog,
    filters: Annotated[ReviewFilters, Query()],
    cursor: Cursor = None,
    size: Size = None,
    position: Position = None,
) -> Page[ReviewLine]:
    permit_role(by, *READING_REVIEWS)
    await read_db.wait_for(position, tolerance.TOLERANCE, tolerance.LINKS)
    rows = filters.rows
    if mine := reviews_of(by):
        rows = rows.where(tolerance.t.department_code == mine)
    await access_log.note(by, ReadSubject.REVIEWS, **dict(filters), cursor=cursor)
    place = Place.of("reviews", cursor, dict(filters))
    return await read_db.listed(Page[ReviewLine], rows, tolerance.NEWEST_FIRST, size, place)


@router.get(ONE, summary="一项容错审查：现在的，或者某一版、某一时刻的")
async def get_review(
    review_id: RecordId,
    by: Who,
    as_of: TheMoment,
    reviews: TheTolerance,
    threads: TheThreads,
    access_log: TheAccessLog,
    reply: Response,
) -> ReviewView:
    review = await threads.read(reviews.show, by, review_id, as_of)
    await access_log.note(by, ReadSubject.STATE, review_id, version=review.version, at=as_of.until)
    reply.headers["ETag"] = f'"{review.version}"'
    return _view(review, reviews.actions(review, by, as_of.instant(review.modified_on)))


@router.get(f"{ONE}/history", summary="容错审查的完整经过")
async def get_review_history(
    review_id: RecordId,
    by: Who,
    reviews: TheTolerance,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> list[HistoryEntry]:
    history = await threads.read(reviews.history, by, review_id)
    await access_log.note(by, ReadSubject.HISTORY, review_id, version=len(history))
    return list(entries(history))


@router.get(ONE + "/cases/{case_id}", summary="关联的案件：申请时看到的那一版")
async def get_linked_case(
    review_id: RecordId,
    case_id: RecordId,
    by: Who,
    now: Now,
    reviews: TheTolerance,
    casework: TheCasework,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> CaseView:
    case = await threads.read(reviews.linked_case, by, review_id, case_id)
    await access_log.note(by, ReadSubject.STATE, case_id, version=case.version, review=review_id)
    return case_view(case, casework, by, now)


# acting -----------------------------------------------------------------------------------------


def _executed_view(
    container: Container, executed: Executed[ToleranceReview], by: Actor
) -> ReviewView:
    review = executed.aggregate
    return _view(review, container.tolerance.actions(review, by, executed.at))


AS_IT_STANDS = (
    *("decision", "wording", "sign_off"),
    *("reconsider_by", "appeal_by", "settle_by", "rulings"),
)
"""The fields of the view that the review holds under the same name."""


def _view(review: ToleranceReview, actions: list[str]) -> ReviewView:
    requested, notice, outcome = review.requested, review.notice, review.outcome
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
        **requested.facts,
        ground_label=GroundKind(requested.ground.ground).label,
        check=review.checked.check if review.checked else None,
        served_on=notice.served_on if notice else None,
        remedies=notice.remedies if notice else None,
        **{name: getattr(review, name) for name in AS_IT_STANDS},
        actions=[_action(review.id, name) for name in actions],
    )


def _action(review_id: UUID, name: str) -> ActionView:
    return ActionView(name=name, label=ACTIONS[name], href=f"/api/v1{REVIEWS}/{review_id}/{name}")


doors = CommandDoors(router, _executed_view, ReviewView)
doors.add(
    REVIEWS,
    REQUEST,
    lambda container: container.tolerance.request,
    name="request_tolerance",
    location=lambda review: f"/api/v1{REVIEWS}/{review.id}",
)
for verb in VERBS:
    doors.add(
        f"{ONE}/{verb.name}",
        verb,
        lambda container: container.tolerance.act,
        name=OPERATIONS[verb.name],
        review_id=RecordId,
    )
