"""Endpoints of the statistics: the figures of the public page and of the board, as JSON."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.downloads import reports
from api.downloads.reports import ReportFilters
from api.http.access_log import TheAccessLog
from api.http.dependencies import Position, ReadDb, Today, Who
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import permit
from projections.catalogue.projection import CATALOGUE
from projections.statistics.figures import Spread
from projections.statistics.milestones import State
from projections.statistics.projection import STATISTICS
from projections.statistics.report import Line, Pair, Report
from projections.tolerance.projection import TOLERANCE

router = APIRouter(prefix="/api/v1", tags=["statistics"], responses=REFUSALS)
PUBLIC = "public, max-age=60"


class FigureView(BaseModel):
    name: str
    label: str
    unit: str
    definition: str
    value: Annotated[float | None, Field(description="本期；没有可以统计的则为空")]
    before: Annotated[float | None, Field(description="上一期")]
    nine_in_ten: Annotated[int | None, Field(description="九成不超过的分钟数，只有分钟数有")]
    persons: Annotated[str | None, Field(description="自然人的数，只在公开统计里分开")]


class PairView(BaseModel):
    label: str
    accepted: int
    granted: int


class StepView(BaseModel):
    label: str
    in_time: int
    late: int
    owed: int
    share: Annotated[float | None, Field(description="按期率，百分数")]


class ItemFiguresView(BaseModel):
    code: str
    name: str
    accepted: int
    granted: int
    breached: int


class MilestoneView(BaseModel):
    rule: str
    title: str
    due: date
    state: State
    found: str


class ReportView(BaseModel):
    """A report of one period and, if asked, of one bureau."""

    period: str
    bureau: str | None
    as_of: Annotated[date, Field(description="截至这一天")]
    figures: list[FigureView]
    bureaus: list[PairView]
    months: Annotated[list[PairView], Field(description="截至本期的十二个月，名称是月的第一天")]
    kinds: list[PairView]
    steps: list[StepView]
    items: Annotated[list[ItemFiguresView], Field(description="受理最多的二十个事项")]
    tolerance: Annotated[dict[str, int], Field(description="容错免责的决定，按结果")]
    milestones: list[MilestoneView]


Filters = Annotated[ReportFilters, Query()]


@router.get("/statistics", summary="公开统计：截至上月末，自然人只公布整十的数")
async def get_statistics(
    read_db: ReadDb, today: Today, reply: Response, filters: Filters, position: Position = None
) -> ReportView:
    await read_db.wait_for(position, STATISTICS, CATALOGUE, TOLERANCE)
    reply.headers["Cache-Control"] = PUBLIC
    return _view(await reports.published(read_db, filters, today))


@router.get("/board", summary="看板：截至今天的同样各数，供督促检查")
async def get_board(
    by: Who,
    read_db: ReadDb,
    today: Today,
    access_log: TheAccessLog,
    filters: Filters,
    position: Position = None,
) -> ReportView:
    permit(by, "board")
    details = {name: value for name, value in filters if value}
    await access_log.note(by, ReadSubject.BOARD, purpose="督促检查", **details)
    await read_db.wait_for(position, STATISTICS, CATALOGUE, TOLERANCE)
    return _view(await reports.board(read_db, filters, today))


def _view(found: Report) -> ReportView:
    return ReportView(
        period=found.period.text,
        bureau=found.bureau.code if found.bureau else None,
        as_of=found.as_of,
        figures=[_figure(line) for line in found.lines],
        bureaus=_pairs(found.bureaus),
        months=_pairs(found.months),
        kinds=_pairs(found.kinds),
        steps=[StepView(**step._asdict(), share=step.share) for step in found.steps],
        items=[_item(row) for row in found.items],
        tolerance=found.tolerance,
        milestones=[MilestoneView.model_validate(each._asdict()) for each in found.milestones],
    )


def _figure(line: Line) -> FigureView:
    figure, now, before = line.figure, line.now, line.before
    return FigureView(
        name=figure.name,
        label=figure.label,
        unit=figure.unit,
        definition=figure.definition,
        value=now.half if isinstance(now, Spread) else now,
        before=before.half if isinstance(before, Spread) else before,
        nine_in_ten=now.most if isinstance(now, Spread) else None,
        persons=line.persons,
    )


def _pairs(pairs: list[Pair]) -> list[PairView]:
    return [PairView(**pair._asdict()) for pair in pairs]


def _item(row: Any) -> ItemFiguresView:
    counts = {name: getattr(row, name) for name in ("accepted", "granted", "breached")}
    return ItemFiguresView(code=row.item_code, name=row.item_name, **counts)
