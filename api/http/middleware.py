"""ASGI middleware: gives every request an id, a body limit, metrics and a log line."""

import time
from contextlib import suppress
from random import getrandbits
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.csrf import sent_from_elsewhere, turn_away
from api.http.problems import last_resort

log = structlog.get_logger()
REQUESTS = Counter("xinnuo_requests_total", "Answered requests", ["method", "route", "status"])
SECONDS = Histogram("xinnuo_request_seconds", "Time to answer", ["method", "route"])


class Edge:
    """The outermost middleware, around the whole application."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app, self._limit = app, max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began = _request_id(Headers(scope=scope)), time.perf_counter()
        state = scope.setdefault("state", {})
        state["request_id"], state["demo"] = request_id, scope["app"].state.demo
        answer = _Answer(send, request_id)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                app = turn_away if sent_from_elsewhere(scope) else self._app
                await app(scope, self._bounded(scope, receive), answer.send)
            except Exception as error:
                if not answer.status:
                    page = await last_resort(Request(scope), error)
                    await page(scope, receive, answer.send)
            _measure(scope, answer.status, time.perf_counter() - began)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Returns `receive` with a body limit: it raises HTTPException 413 above the limit."""
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413)
            return message

        return bounded


class _Answer:
    """Records the status of the response and adds the headers that every response has."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id, self.status = send, request_id, 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def _request_id(headers: Headers) -> str:
    """Returns the client's request id if it is a UUID, so that calls can be traced; else a new one.

    A new id is not secret: it is made without a system call, which would yield to other threads.
    """
    if given := headers.get("x-request-id"):
        with suppress(ValueError):
            return str(UUID(given))
    return str(UUID(int=getrandbits(128), version=4))


def _measure(scope: Scope, status: int, seconds: float) -> None:
    """Records metrics and a log line by route template, not by path, which may name a case."""
    route = getattr(scope.get("route"), "path", "unmatched")
    method = scope["method"]
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)
    log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
