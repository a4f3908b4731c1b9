"""Header fields that no request may leave ambiguous: Host, fields that stand once, codings."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problems import problem

ONCE = (
    *("authorization", "content-type", "origin", "x-request-id"),
    *("idempotency-key", "x-min-position"),
)
"""Fields of one value.  A proxy may repeat a line; two different values are nobody's request."""
_NO_HOST = "HTTP/1.1 的请求要有 Host，而且只有一个"
_PLAIN = "请求正文不要压缩（不带 Content-Encoding）"
_CHUNKED = "正文的传输方式只支持 Transfer-Encoding: chunked"


class RequestFields:
    """Middleware: refuses a request whose fields can be read in two ways, or not at all."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (_refusal(scope) or self._app)(scope, receive, send)


def _refusal(scope: Scope) -> Response | None:
    request, fields = Request(scope), Headers(scope=scope)
    if len(hosts := fields.getlist("host")) != 1 and (hosts or scope["http_version"] != "1.0"):
        return problem(request, "bad-request", _NO_HOST)  # RFC 9112, 3.2
    for name in ONCE:
        if len(set(fields.getlist(name))) > 1:
            return problem(request, "malformed-header", f"请求头 {name} 只能有一个值")
    if fields.get("content-encoding", "identity").lower() != "identity":  # RFC 9110, 15.5.16
        identity = {"Accept-Encoding": "identity"}
        return problem(request, "unsupported-media-type", _PLAIN, identity)
    if fields.get("transfer-encoding", "chunked").lower() != "chunked":  # RFC 9112, 6.1
        return problem(request, "not-implemented", _CHUNKED)
    return None
