"""Promises of writes: If-Match and Idempotency-Key are obeyed or refused, never ignored."""

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problems import problem

C = TypeVar("C", bound=Callable[..., Any])
IF_MATCH, IDEMPOTENCY_KEY = "if-match", "idempotency-key"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PROMISES = frozenset((IF_MATCH, IDEMPOTENCY_KEY))
"""Headers that a write either obeys or refuses: ignoring one would break its promise."""


def keeps(*headers: str) -> Callable[[C], C]:
    """Marks an endpoint as one that obeys these of PROMISES."""

    def marked(endpoint: C) -> C:
        _KEPT[endpoint] = frozenset(headers)
        return endpoint

    return marked


_KEPT: WeakKeyDictionary[Callable[..., Any], frozenset[str]] = WeakKeyDictionary()


class PromiseUnkept(Exception):
    """The request carries a header that this endpoint cannot obey; nothing has changed."""


def install(app: FastAPI) -> None:
    """Makes every write refuse those of PROMISES that its endpoint does not keep."""
    app.add_exception_handler(PromiseUnkept, _unkept)
    for route in app.router.routes:
        if not isinstance(route, APIRoute) or not set(route.methods or ()) - SAFE:
            continue
        if not isinstance(route.app, _Refusing):  # the routes are shared by all applications
            unkept = PROMISES - _KEPT.get(route.endpoint, frozenset())
            route.app = _Refusing(route.app, unkept)


class _Refusing:
    """The application of a route, which refuses a request with one of these headers."""

    def __init__(self, app: ASGIApp, unkept: frozenset[str]) -> None:
        self._app, self._unkept = app, unkept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if sent := sorted(self._unkept & set(Headers(scope=scope))):
            names = "、".join(name.title() for name in sent)
            raise PromiseUnkept(f"这个请求不支持请求头 {names}，什么也没有改变；请去掉后再发")
        await self._app(scope, receive, send)


async def _unkept(request: Request, error: Exception) -> Response:
    return problem(request, "promise-unkept", str(error))
