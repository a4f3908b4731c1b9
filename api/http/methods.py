"""Methods of a resource (RFC 9110, 9): HEAD wherever GET is, OPTIONS, and the field Allow."""

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_RANGE = (b"range", b"if-range")
_FILES = ["GET", "HEAD", "OPTIONS"]


def allowed(app: Starlette, scope: Scope) -> list[str]:
    """Returns every method of the resource, in order; none if there is no such resource."""
    found: set[str] = set()
    for route in app.router.routes:
        if route.matches(scope)[0] is not Match.NONE:
            found |= set(getattr(route, "methods", None) or _FILES)
    return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set())) if found else []


class Methods:
    """Middleware: answers HEAD as GET without the body, and OPTIONS with the methods allowed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["method"]:
            case "HEAD":
                await self._head(scope, receive, send)
            case "OPTIONS" if methods := self._methods(scope):
                await Response(None, 204, {"Allow": ", ".join(methods)})(scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    def _methods(self, scope: Scope) -> list[str]:
        """The methods of the resource, or those known at all if the request is about `*`."""
        every = ["GET", "HEAD", "OPTIONS", "POST"]
        return every if scope["path"] == "*" else allowed(scope["app"], scope)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers as to GET; a range is defined for GET only and ignored (14.2)."""
        whole = [(name, value) for name, value in scope["headers"] if name not in _RANGE]
        scope["method"], scope["headers"] = "GET", whole

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, without_body)
