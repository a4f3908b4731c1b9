"""CSRF protection: a request that changes something must come from a page of this site.

A browser sends the session cookie with every request, so the header Sec-Fetch-Site must show that
the request comes from this site; without that header, Origin must.  The API needs no protection,
because it accepts no cookie.
"""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problems import problem
from api.http.semantics.public_address import same_origin

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_TURNED_AWAY = (
    "什么也没有改变，请从本站的页面上再试一次；"
    "还是这样，请管理员把浏览器里看到的网站地址填进 XINNUO_PUBLIC_URL"
)


class OwnPagesOnly:
    """Middleware: refuses a request that may change something and comes from another site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _sent_from_elsewhere(scope):
            refusal = problem(Request(scope), "cross-site", _TURNED_AWAY)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _sent_from_elsewhere(scope: Scope) -> bool:
    """True if the request may change something and is not shown to come from this site."""
    if scope["method"] in _SAFE or scope["path"].startswith("/api/"):
        return False
    if (site := Headers(scope=scope).get("sec-fetch-site")) is not None:
        return site != "same-origin"
    return not same_origin(scope)
