"""Composition of the web application: endpoints, error handlers, middleware, static files."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.types import Lifespan

from api.http import middleware, problems
from api.http.auth import Tokens
from api.http.semantics import promises
from api.http.thread_pools import Threads
from api.openapi.document import HERE, described
from api.server.lanes import Lanes
from api.site.applicant import mine, slip
from api.site.applicant.session import CodeNeeded, to_the_code
from api.site.auditor import cases as cases_page
from api.site.auditor import evidence as evidence_page
from api.site.auditor import exports as exports_page
from api.site.auditor import overview, reads, search
from api.site.auditor import tolerance as tolerance_page
from api.site.auditor.stream import bundle, comparison, event, timeline
from api.site.desk import case_page, decisions, handbook, hearings, papers, visits
from api.site.desk import claims as desk_claims
from api.site.desk import worklist as desk_worklist
from api.site.intake import pages as intake
from api.site.layout import assets
from api.site.layout.errors import error_page
from api.site.offices import catalogue as catalogue_desk
from api.site.offices import credit as credit_desk
from api.site.offices import files as file_pages
from api.site.offices import imports as import_desk
from api.site.offices import law as law_desk
from api.site.offices import tolerance as tolerance_desk
from api.site.public import open_data, pages, programs, verify
from api.site.session import sign_in
from api.site.session.dependencies import SignInNeeded, to_sign_in
from api.site.session.nowhere import nowhere
from api.site.statistics import pages as statistics_pages
from api.v1 import (
    catalogue,
    disclosures,
    evidence_log,
    files,
    law,
    statistics,
    templates,
    tolerance,
    worklist,
)
from api.v1.audit import access_log, exports, streams, trail
from api.v1.audit import cases as audited_cases
from api.v1.cases import documents, evidence, reused
from api.v1.cases import router as cases
from api.v1.operations import health, outbox, projections
from infrastructure.background import at_work
from infrastructure.clock.time_guard import Clock
from infrastructure.container import Container, build, system_clock
from infrastructure.database.markers import DEMO, has_mark
from infrastructure.health.checks import require_sound
from infrastructure.settings import Settings
from infrastructure.structured_logging import set_up_logs

DESCRIPTION = """政务领域信用承诺：受理、信用查询、告知、承诺、决定、核查、整改、惩戒，步步留痕。

办理请求可带 `If-Match`（看到的版本）和 `Idempotency-Key`（重发同一请求）；新建和导出只认后者。
其他写入请求带了这两个请求头会被拒绝（400），不会被忽略。"""

_NOTHING_BY_ITSELF: dict[str, Any] = {
    **dict.fromkeys(("openapi_url", "docs_url", "redoc_url")),
    "redirect_slashes": False,
}
"""What FastAPI adds unless it is told not to."""

DOORS = (
    *(cases, reused, catalogue, disclosures, worklist, tolerance, law, templates, files),
    *(trail, access_log, audited_cases, streams, exports, evidence, evidence_log, documents),
    *(projections, outbox, health),
    *(statistics, statistics_pages),
    *(assets, programs, pages, verify, open_data, sign_in),
    *(search, timeline, tolerance_page, evidence_page),
    *(overview, cases_page, reads, exports_page, event, comparison, bundle),
    *(slip, mine, desk_worklist, desk_claims, case_page, handbook),
    *(papers, intake, visits, decisions, hearings),
    *(catalogue_desk, tolerance_desk, law_desk, credit_desk, import_desk, file_pages),
)


class Application(FastAPI):
    """Builds its OpenAPI document on the first request for it, not at startup."""

    address: str = HERE
    """Where the service is reached from outside."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            self.openapi_schema = described(super().openapi(), self.routes, self.address)
        return self.openapi_schema


def create_app(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    """Returns the application for the database in the settings."""
    set_up_logs()
    app = Application(
        title="xinnuo",
        summary="信诺：义马市政务领域信用承诺",
        version=version("xinnuo"),
        description=DESCRIPTION,
        lifespan=_lifespan(settings, clock),
        **_NOTHING_BY_ITSELF,
    )
    app.address = settings.public_url or HERE
    # include_router would match every request twice, and routing would take 1.5 times as long.
    # The routes alone suffice: they contain their router's prefix, tags and dependencies.
    for door in DOORS:
        app.router.routes.extend(door.router.routes)
    app.router.default = nowhere(app.router.not_found)
    problems.install(app, error_page)
    app.add_exception_handler(SignInNeeded, to_sign_in)
    app.add_exception_handler(CodeNeeded, to_the_code)
    promises.install(app)
    app.add_middleware(Lanes)
    middleware.install(app, settings)
    return app


def from_environment() -> FastAPI:
    """Returns the application that each worker of `xinnuo serve --workers` runs."""
    set_up_logs()
    return create_app(Settings())


def _lifespan(settings: Settings, clock: Clock) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        container = build(settings, clock)
        with closing(container):
            require_sound(container)
            with _running(app, container):
                yield

    return lifespan


@contextmanager
def _running(app: FastAPI, container: Container) -> Iterator[None]:
    """Sets the state that endpoints use and runs the workers; at the end, lets work finish."""
    settings = container.settings
    app.state.container = container
    app.state.threads = Threads(container.engine, settings.pool_size)
    app.state.tokens = Tokens(container.keys.token_key())
    app.state.demo = has_mark(container.engine, DEMO)
    with at_work(container):
        yield
        app.state.threads.stop()
