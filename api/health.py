"""Is it alive, is it ready, how is it doing."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.deps import TheService, TheThreads
from api.problems import KINDS
from infrastructure.migrations import is_current
from infrastructure.service import Service

router = APIRouter(tags=["运行"])
LAG = Gauge("xinnuo_projection_lag_events", "Events a projection is behind the log", ["projection"])


class Alive(BaseModel):
    alive: bool = True


class Ready(BaseModel):
    """Ready when the database answers and has the schema this program expects."""

    ready: bool
    database: bool
    schema_current: bool
    lag: dict[str, int]
    calendar_until: str


class ProblemKind(BaseModel):
    code: str
    status: int
    title: str


@router.get("/livez", summary="进程是否在运行")
async def live() -> Alive:
    return Alive()


@router.get("/readyz", summary="是否可以提供服务")
async def ready(service: TheService, threads: TheThreads, reply: Response) -> Ready:
    state = await threads.read(_state, service)
    reply.status_code = 200 if state.ready else 503
    return state


@router.get("/metrics", summary="运行指标（Prometheus）")
async def metrics(service: TheService, threads: TheThreads) -> Response:
    for name, behind in (await threads.read(service.projector.lag)).items():
        LAG.labels(name).set(behind)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/problems", summary="全部问题代码", tags=["问题代码"])
async def problem_kinds() -> list[ProblemKind]:
    return [ProblemKind(code=code, **kind._asdict()) for code, kind in KINDS.items()]


def _state(service: Service) -> Ready:
    until = service.casework.calendar.covered_until.isoformat()
    try:
        current = is_current(service.engine)
        lag = service.projector.lag() if current else {}
    except SQLAlchemyError:
        return Ready(
            ready=False, database=False, schema_current=False, lag={}, calendar_until=until
        )
    return Ready(
        ready=current, database=True, schema_current=current, lag=lag, calendar_until=until
    )
