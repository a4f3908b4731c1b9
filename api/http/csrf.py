"""What a page may send here: a request that changes something comes from our own pages only.

The cookie of a signed-in person goes with whatever their browser sends, so the browser is asked
where the request came from (Sec-Fetch-Site; Origin from those that do not say).  The API is not
concerned: no cookie opens it.
"""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from api.http.problems import problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def sent_from_elsewhere(scope: Scope) -> bool:
    """Does this change something, without the browser's word that a page of ours sent it?"""
    if scope["method"] in _SAFE or scope["path"].startswith("/api/"):
        return False
    headers = Headers(scope=scope)
    if (site := headers.get("sec-fetch-site")) is not None:
        return site != "same-origin"
    return headers.get("origin") != f"{scope['scheme']}://{headers.get('host')}"


async def turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that nothing was done, whatever was asked for."""
    request = Request(scope)
    refusal = problem(request, "cross-site", "什么也没有改变，请从本站的页面上再试一次")
    await refusal(scope, receive, send)
