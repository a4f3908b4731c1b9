"""Endpoints of health: liveness, readiness, metrics, and the list of problem codes."""

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.http.dependencies import TheContainer, TheThreads
from api.http.problems import PROBLEM_TYPES, REFUSALS
from api.server.operators import OPERATORS_ONLY, ByOperators, OnceASecond
from infrastructure.container import Container
from infrastructure.health.checks import examine
from infrastructure.health.findings import Severity
from infrastructure.migrations import is_current

router = APIRouter(tags=["运行"], responses=REFUSALS)
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

    def in_short(self) -> "Readiness":
        """What everybody is told: no counts, no sentence that names a file."""
        found = [FindingCode(check=each.check, severity=each.severity) for each in self.findings]
        return Readiness(ready=self.ready, findings=found)


class FindingCode(BaseModel):
    check: str
    severity: Severity


class Readiness(BaseModel):
    ready: bool
    findings: list[FindingCode]


class ProblemKind(BaseModel):
    code: str
    status: int
    title: str


@router.get("/livez", summary="进程是否在运行")
async def live() -> Alive:
    return Alive()


@router.get("/readyz", summary="是否可以提供服务；细节只在运维接口上")
async def ready(
    container: TheContainer, threads: TheThreads, reply: Response, by_operators: ByOperators
) -> Ready | Readiness:
    state = await threads.read(_state, container)
    reply.status_code = 200 if state.ready else 503
    return state if by_operators else state.in_short()


@router.get(
    "/metrics", summary="运行指标（Prometheus），只在运维接口上", dependencies=[OPERATORS_ONLY]
)
async def metrics(request: Request, container: TheContainer, threads: TheThreads) -> Response:
    once: OnceASecond = request.app.state.metrics
    text = await once.get(lambda: threads.read(_measured, container))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/problems", summary="全部问题代码", tags=["问题代码"])
async def problem_kinds() -> list[ProblemKind]:
    return [ProblemKind(code=code, **kind._asdict()) for code, kind in PROBLEM_TYPES.items()]


def _measured(container: Container) -> bytes:
    for name, behind in container.projector.lag().items():
        LAG.labels(name).set(behind)
    standing = container.outbox.standing(container.clock())
    for state, number in standing.counts.items():
        UNDELIVERED.labels(state).set(number)
    OLDEST.set(standing.oldest_seconds)
    return generate_latest()


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
