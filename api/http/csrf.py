"""CSRF protection: a request that changes something must come from a page of this site.

A browser sends the session cookie with every request, so the header Sec-Fetch-Site must show that
the request comes from this site; without that header, Origin must.  The API needs no protection,
because it accepts no cookie.
"""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from api.http.problems import problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def sent_from_elsewhere(scope: Scope) -> bool:
    """True if the request may change something and is not shown to come from this site."""
    if scope["method"] in _SAFE or scope["path"].startswith("/api/"):
        return False
    headers = Headers(scope=scope)
    if (site := headers.get("sec-fetch-site")) is not None:
        return site != "same-origin"
    return headers.get("origin") != f"{scope['scheme']}://{headers.get('host')}"


async def turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses the request; nothing has changed."""
    request = Request(scope)
    refusal = problem(request, "cross-site", "什么也没有改变，请从本站的页面上再试一次")
    await refusal(scope, receive, send)
