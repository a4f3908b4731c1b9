"""Composition of the web application: endpoints, error handlers, middleware, static files."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Lifespan

from api.http import problems
from api.http.auth import Tokens
from api.http.middleware import Edge
from api.http.thread_pools import Threads
from api.openapi.document import described
from api.site.auditor import evidence as evidence_page
from api.site.auditor import search, timeline
from api.site.auditor import tolerance as tolerance_page
from api.site.layout.rendering import error_page
from api.site.public import pages
from api.site.session import sign_in
from api.site.session.dependencies import SignInNeeded, to_sign_in
from api.v1 import catalogue, disclosures, evidence_log, templates, tolerance, worklist
from api.v1.audit import access_log, exports, streams, trail
from api.v1.cases import evidence
from api.v1.cases import router as cases
from api.v1.operations import health, outbox, projections
from infrastructure.background import at_work
from infrastructure.container import Clock, Container, build, system_clock
from infrastructure.database.markers import DEMO, has_mark
from infrastructure.health.checks import require_sound
from infrastructure.identity.keys import token_key
from infrastructure.settings import Settings
from infrastructure.structured_logging import set_up_logs

DESCRIPTION = """政务领域信用承诺：受理、信用查询、告知、承诺、决定、核查、整改、惩戒，步步留痕。

写入请求可带 `If-Match`（看到的版本）和 `Idempotency-Key`（重发同一请求）。"""

DOORS = (
    *(cases, catalogue, disclosures, worklist, tolerance, templates),
    *(trail, access_log, streams, exports, evidence, evidence_log),
    *(projections, outbox, health),
    *(pages, sign_in, search, timeline, tolerance_page, evidence_page),
)


class Application(FastAPI):
    """Builds its OpenAPI document on the first request for it, not at startup."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            self.openapi_schema = described(super().openapi(), self.routes)
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
        docs_url=None,
        redoc_url=None,
    )
    # include_router would match every request twice, and routing would take 1.5 times as long.
    # The routes alone suffice: they contain their router's prefix, tags and dependencies.
    for door in DOORS:
        app.router.routes.extend(door.router.routes)
    _mount(app)
    problems.install(app, error_page)
    app.add_exception_handler(SignInNeeded, to_sign_in)
    app.add_middleware(Edge, max_body_bytes=settings.max_body_bytes)
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
    app.state.tokens = Tokens(token_key(settings.keys_dir))
    app.state.demo = has_mark(container.engine, DEMO)
    with at_work(container):
        yield
        app.state.threads.stop()


def _mount(app: FastAPI) -> None:
    """Mounts static files: the site's own, and Swagger UI from its package instead of a CDN."""
    site = Path(__file__).parent / "site" / "layout" / "static"
    app.mount("/static", StaticFiles(directory=site), name="static")
    swagger = StaticFiles(packages=[("fastapi_swagger", "resources")])
    app.mount("/swagger", swagger, name="swagger")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="信诺 API",
            swagger_js_url="/swagger/swagger-ui-bundle.js",
            swagger_css_url="/swagger/swagger-ui.css",
            swagger_favicon_url="/static/favicon.svg",
            swagger_ui_parameters={"persistAuthorization": True, "displayRequestDuration": True},
        )
