"""Endpoints of projections, for operators: their lag, their parked events, retrying these."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from api.http.dependencies import TheContainer, TheThreads, Who
from api.http.problems import REFUSALS
from application.access.permissions import permit
from infrastructure.container import Container
from infrastructure.projector.projector import ParkReason

router = APIRouter(prefix="/api/v1/projections", tags=["operations"], responses=REFUSALS)


class ProjectionView(BaseModel):
    name: str
    lag: int
    parked: int


class ParkedView(BaseModel):
    projection: str
    position: int
    stream_id: UUID
    reason: ParkReason
    remedy: str
    error: str
    parked_at: datetime


class Retried(BaseModel):
    applied: int


@router.get("", summary="投影的进度")
async def list_projections(
    by: Who, container: TheContainer, threads: TheThreads
) -> list[ProjectionView]:
    permit(by, "operate")
    return await threads.read(_projections, container)


@router.get("/parked", summary="投影没能处理而搁置的事件")
async def list_parked(by: Who, container: TheContainer, threads: TheThreads) -> list[ParkedView]:
    permit(by, "operate")
    parked = await threads.read(container.parking.all)
    return [ParkedView(**each._asdict(), remedy=each.remedy) for each in parked]


@router.post("/{name}/retry", summary="重新处理搁置的事件")
async def retry_parked(name: str, by: Who, container: TheContainer, threads: TheThreads) -> Retried:
    permit(by, "operate")
    return Retried(applied=await threads.write(container.parking.retry, name))


def _projections(container: Container) -> list[ProjectionView]:
    parked = container.parking.counts().by_projection
    return [
        ProjectionView(name=name, lag=behind, parked=parked[name])
        for name, behind in container.projector.lag().items()
    ]
