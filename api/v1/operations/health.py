"""Endpoints of health: liveness, readiness, metrics, and the list of problem codes."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.http.dependencies import TheContainer, TheThreads
from api.http.problems import PROBLEM_TYPES, REFUSALS
from api.server.operators import OPERATORS_ONLY, ByOperators
from infrastructure.container import Container
from infrastructure.health.checks import examine
from infrastructure.health.findings import Severity
from infrastructure.health.measures import Measures, measure, measured
from infrastructure.migrations import is_current

router = APIRouter(tags=["operations"], responses=REFUSALS)
LAG = Gauge("xinnuo_projection_lag_events", "Events a projection is behind the log", ["projection"])
UNDELIVERED = Gauge(
    "xinnuo_outbox_messages", "Messages the platform was not told, by state", ["state"]
)
JUMP = Gauge("xinnuo_clock_jump_seconds", "How far the wall clock stands off; 0 if it is trusted")
OLDEST = Gauge("xinnuo_outbox_oldest_waiting_seconds", "How long the oldest of them has waited")
PARKED = Gauge("xinnuo_projection_parked_events", "Events a projection set aside", ["projection"])
UNKNOWN = Gauge("xinnuo_unknown_events", "Parked events that only a newer release can read")
UNSEALED = Gauge("xinnuo_unsealed_events", "Events that no checkpoint covers yet")
UNSEALED_FOR = Gauge("xinnuo_unsealed_seconds", "How long the first of them has waited")
OVERDUE = Gauge("xinnuo_oldest_overdue_duty_days", "Days by which the oldest duty is overdue")
CALENDAR = Gauge("xinnuo_calendar_covered_days", "Days that the calendar of working days covers")
FREE = Gauge("xinnuo_free_disk_bytes", "Free bytes of the disk on which this is kept", ["kept"])
CLOCK = Gauge("xinnuo_clock_ahead_of_log_seconds", "The clock minus the log's last instant")


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
    parked: dict[str, int] = {}
    unknown: int = 0
    unsealed: int = 0
    oldest_message_seconds: float = 0
    oldest_duty_days: int = 0
    calendar_days: int = 0
    free_disk: dict[str, int] = {}
    clock_ahead_seconds: float = 0
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
async def get_liveness() -> Alive:
    return Alive()


@router.get(
    "/readyz",
    summary="是否可以提供服务；细节只在运维接口上",
    responses={503: {"model": Ready | Readiness, "description": "还不能提供服务，原因见 findings"}},
)
async def get_readiness(
    container: TheContainer, threads: TheThreads, reply: Response, by_operators: ByOperators
) -> Ready | Readiness:
    state = await threads.read(_state, container)
    reply.status_code = 200 if state.ready else 503
    return state if by_operators else state.in_short()


@router.get(
    "/metrics",
    summary="运行指标（Prometheus），只在运维接口上",
    response_class=PlainTextResponse,
    dependencies=[OPERATORS_ONLY],
    openapi_extra={"x-listener": "operators"},
)
async def get_metrics(container: TheContainer, threads: TheThreads) -> Response:
    text = await threads.read(_measured, container)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/problems", summary="全部问题代码")
async def list_problems() -> list[ProblemKind]:
    return [ProblemKind(code=code, **kind._asdict()) for code, kind in PROBLEM_TYPES.items()]


def _measured(container: Container) -> bytes:
    """Returns the metrics as text; their values are at most a second old."""
    values = measure(container)
    for gauge, by_label in (
        (LAG, values.lag),
        (UNDELIVERED, values.undelivered),
        (PARKED, values.parked),
        (FREE, values.free_disk),
    ):
        for label, number in by_label.items():
            gauge.labels(label).set(number)
    OLDEST.set(values.oldest_message_seconds)
    UNKNOWN.set(values.unknown)
    UNSEALED.set(values.log.unsealed)
    UNSEALED_FOR.set(values.log.unsealed_seconds)
    OVERDUE.set(values.oldest_duty_days)
    CALENDAR.set(values.calendar_days)
    CLOCK.set(values.log.clock_ahead_seconds)
    JUMP.set(container.guard.jump_seconds)
    return generate_latest()


def _state(container: Container) -> Ready:
    until = container.calendar.covered_until.isoformat()
    unavailable: Any = {"ready": False, "lag": {}, "outbox": {}, "calendar_until": until}
    try:
        if not is_current(container.engine):
            return Ready(database=True, schema_current=False, **unavailable)
        values, findings = measured(container), examine(container)
    except SQLAlchemyError:
        return Ready(database=False, schema_current=False, **unavailable)
    return Ready(
        ready=all(found.severity is not Severity.STOPS for found in findings),
        database=True,
        schema_current=True,
        calendar_until=until,
        findings=[FindingView(**found._asdict()) for found in findings],
        **_told(values),
    )


def _told(values: Measures) -> dict[str, Any]:
    return {
        "lag": values.lag,
        "outbox": values.undelivered,
        "parked": values.parked,
        "unknown": values.unknown,
        "unsealed": values.log.unsealed,
        "oldest_message_seconds": values.oldest_message_seconds,
        "oldest_duty_days": values.oldest_duty_days,
        "calendar_days": values.calendar_days,
        "free_disk": values.free_disk,
        "clock_ahead_seconds": values.log.clock_ahead_seconds,
    }
