"""ASGI middleware: gives every request an id, a body limit, metrics and a log line.

Inside it, `Edge` holds the middleware of the semantics of HTTP, in the order of a request's way.
"""

import time
from contextlib import suppress
from random import getrandbits
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.csrf import OwnPagesOnly
from api.http.methods import Methods
from api.http.problems import last_resort
from api.http.semantics.compression import Compression
from api.http.semantics.conditions import Conditions
from api.http.semantics.public_address import AtPublicAddress, Forwarded
from api.http.semantics.request_fields import RequestFields
from api.http.semantics.security_headers import secure
from infrastructure.settings import Settings

log = structlog.get_logger()
REQUESTS = Counter("xinnuo_requests_total", "Answered requests", ["method", "route", "status"])
SECONDS = Histogram("xinnuo_request_seconds", "Time to answer", ["method", "route"])
HUNG_UP = 499
"""The status on record of a request whose client closed the connection before it was complete."""


def install(app: Starlette, settings: Settings) -> None:
    """Adds the middleware of the service; the last one added is the outermost."""
    app.add_middleware(Edge, settings=settings)
    app.add_middleware(Forwarded, trusted_hosts=settings.trusted_proxies)


class Edge:
    """Gives every request an id, a body limit, metrics and a log line, and always an answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        inside = OwnPagesOnly(Methods(Conditions(Compression(app))))
        self._inside = RequestFields(AtPublicAddress(inside, settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, method, scope = time.perf_counter(), scope["method"], dict(scope)
        answer = _Answer(send, scope, _request_id(Headers(scope=scope)))
        with structlog.contextvars.bound_contextvars(request_id=answer.request_id):
            try:
                await self._inside(scope, self._bounded(scope, receive), answer.send)
            except ClientDisconnect:
                answer.status = HUNG_UP
            except Exception as error:
                if not answer.status:
                    page = await last_resort(Request(scope), error)
                    await page(scope, receive, answer.send)
            _measure(method, scope, answer.status, time.perf_counter() - began)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Returns `receive` with a body limit: it raises HTTPException 413 above the limit."""
        taken, limit = 0, _limit(scope, self._settings)

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)
            return message

        return bounded


UPLOADS = "/api/v1/files"
"""The only address of the API that takes files."""


def _limit(scope: Scope, settings: Settings) -> int:
    """The bytes that a body may have: only a form of a page, or of UPLOADS, may bring files."""
    media = Headers(scope=scope).get("content-type", "").lower()
    may_upload = not scope["path"].startswith("/api/") or scope["path"] == UPLOADS
    uploads = media.startswith("multipart/form-data") and may_upload
    return settings.max_upload_bytes if uploads else settings.max_body_bytes


class _Answer:
    """Records the status of the response and adds the headers that every response has."""

    def __init__(self, send: Send, scope: Scope, request_id: str) -> None:
        """Changes the copy of the scope that middleware may change; the server keeps its own."""
        self._send, self._scope, self.request_id, self.status = send, scope, request_id, 0
        state = scope.setdefault("state", {})
        state["request_id"], state["demo"] = request_id, scope["app"].state.demo

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            secure(headers, self._scope["scheme"])
        await self._send(message)


def _request_id(headers: Headers) -> str:
    """Returns the client's request id if it is a UUID, so that calls can be traced; else a new one.

    A new id is not secret: it is made without a system call, which would yield to other threads.
    """
    if given := headers.get("x-request-id"):
        with suppress(ValueError):
            return str(UUID(given))
    return str(UUID(int=getrandbits(128), version=4))


def _measure(method: str, scope: Scope, status: int, seconds: float) -> None:
    """Records metrics and a log line by route template, not by path, which may name a case."""
    route = getattr(scope.get("route"), "path", "unmatched")
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)
    log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
