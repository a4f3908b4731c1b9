"""Endpoints of health: liveness, readiness, metrics, and the list of problem codes."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.http.dependencies import TheContainer, TheThreads
from api.http.problems import PROBLEM_TYPES, REFUSALS
from infrastructure.container import Container
from infrastructure.health.checks import Severity, examine
from infrastructure.migrations import is_current

router = APIRouter(tags=["operations"], responses=REFUSALS)
LAG = Gauge("xinnuo_projection_lag_events", "Events a projection is behind the log", ["projection"])
UNDELIVERED = Gauge(
    "xinnuo_outbox_messages", "Messages the platform was not told, by state", ["state"]
)
OLDEST = Gauge("xinnuo_outbox_oldest_waiting_seconds", "How long the oldest of them has waited")


class Alive(BaseModel):
    alive: bool = True


class FindingView(BaseModel):
    check: str
    severity: Severity
    text: str


class Ready(BaseModel):
    """Ready when the database answers, has the schema this program expects, and no check stops."""

    ready: bool
    database: bool
    schema_current: bool
    lag: dict[str, int]
    outbox: dict[str, int]
    calendar_until: str
    findings: list[FindingView] = []


class ProblemKind(BaseModel):
    code: str
    status: int
    title: str


@router.get("/livez", summary="进程是否在运行")
async def get_liveness() -> Alive:
    return Alive()


@router.get(
    "/readyz",
    summary="是否可以提供服务",
    responses={503: {"model": Ready, "description": "还不能提供服务，原因见 findings"}},
)
async def get_readiness(container: TheContainer, threads: TheThreads, reply: Response) -> Ready:
    state = await threads.read(_state, container)
    reply.status_code = 200 if state.ready else 503
    return state


@router.get("/metrics", summary="运行指标（Prometheus）", response_class=PlainTextResponse)
async def get_metrics(container: TheContainer, threads: TheThreads) -> Response:
    await threads.read(_measure, container)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/problems", summary="全部问题代码")
async def list_problems() -> list[ProblemKind]:
    return [ProblemKind(code=code, **kind._asdict()) for code, kind in PROBLEM_TYPES.items()]


def _measure(container: Container) -> None:
    for name, behind in container.projector.lag().items():
        LAG.labels(name).set(behind)
    standing = container.outbox.standing(container.clock())
    for state, number in standing.counts.items():
        UNDELIVERED.labels(state).set(number)
    OLDEST.set(standing.oldest_seconds)


def _state(container: Container) -> Ready:
    until = container.calendar.covered_until.isoformat()
    unavailable: Any = {"ready": False, "lag": {}, "outbox": {}, "calendar_until": until}
    try:
        if not is_current(container.engine):
            return Ready(database=True, schema_current=False, **unavailable)
        lag = container.projector.lag()
        undelivered = container.outbox.standing(container.clock()).counts
        findings = examine(container)
    except SQLAlchemyError:
        return Ready(database=False, schema_current=False, **unavailable)
    current: Any = {"lag": lag, "outbox": undelivered, "calendar_until": until}
    current["findings"] = [FindingView(**found._asdict()) for found in findings]
    ready = all(found.severity is not Severity.STOPS for found in findings)
    return Ready(ready=ready, database=True, schema_current=True, **current)
