"""Endpoints of the law: the articles that were entered; one enters, another one approves."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from api.http.commands import CommandDoors
from api.http.dependencies import Position, ReadDb, Who
from api.http.problems import REFUSALS
from application.access.permissions import permit_role
from application.execution.execute import Executed
from application.law.commands import ENTER, VERBS
from application.law.service import READING
from domain.kernel.record_ids import RecordId
from domain.values.parties import Actor
from domain.wording.entry import ArticleEntry
from domain.wording.stages import Stage
from domain.wording.values import Revised
from infrastructure.container import Container
from projections.law import projection as law

ARTICLES = "/articles"
router = APIRouter(prefix="/api/v1", tags=["law"], responses=REFUSALS)


class ArticleLine(BaseModel):
    """An article that somebody entered."""

    entry_id: UUID
    stage: Stage
    cites: Revised
    article: str
    provision: str
    in_force_from: date
    found_in: str
    entered_by: str
    entered_at: datetime


class ArticleView(BaseModel):
    """An entry at its newest version."""

    id: UUID
    version: int
    stage: Stage
    cites: Revised
    article: str
    provision: str
    in_force_from: date
    found_in: str


@router.get(ARTICLES, summary="录入的修订后条文，由新到旧")
async def list_articles(by: Who, read_db: ReadDb, position: Position = None) -> list[ArticleLine]:
    permit_role(by, *READING)
    await read_db.wait_for(position, law.LAW)
    rows = await read_db.all(law.entries())
    return [ArticleLine.model_validate(dict(row._mapping)) for row in rows]


def _executed_view(_: Container, executed: Executed[ArticleEntry], __: Actor) -> ArticleView:
    entry = executed.aggregate
    facts = entry.entered.facts
    return ArticleView(id=entry.id, version=entry.version, stage=entry.stage, **facts)


doors = CommandDoors(router, _executed_view, ArticleView)
doors.add(
    ARTICLES,
    ENTER,
    lambda container: container.articles.enter,
    name="enter_article",
    location=lambda entry: f"/api/v1{ARTICLES}",
)
for verb in VERBS:
    doors.add(
        f"{ARTICLES}/{{entry_id}}/{verb.name}",
        verb,
        lambda container: container.articles.act,
        name=f"{verb.name}_article",
        entry_id=RecordId,
    )
