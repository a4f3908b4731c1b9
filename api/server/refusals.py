"""Problems that the server answers instead of the application: as bytes, or as an application."""

import json
from email.utils import formatdate
from http import HTTPStatus
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problems import JSON, PROBLEM_TYPES, RETRY_AFTER, UNAVAILABLE, Problem

log = structlog.get_logger()
_ALWAYS = {
    "Content-Type": JSON,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


def refusal(code: str, detail: str) -> ASGIApp:
    """Returns an application that answers every request with this problem and closes."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        status, headers, body = _parts(code, detail)
        fields = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    return refuse


def as_bytes(code: str, detail: str) -> bytes:
    """Returns a whole response with this problem."""
    status, headers, body = _parts(code, detail)
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    phrase = HTTPStatus(status).phrase
    date = formatdate(usegmt=True)
    return f"HTTP/1.1 {status} {phrase}\r\nDate: {date}\r\n{''.join(lines)}\r\n".encode() + body


def _parts(code: str, detail: str) -> tuple[int, dict[str, str], bytes]:
    """Returns status, headers and body, and logs that such a request was refused."""
    kind, request_id = PROBLEM_TYPES[code], str(uuid4())
    problem = Problem(
        type=f"/api/v1/problems#{code}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        code=code,
        request_id=request_id,
    )
    body = json.dumps(problem.model_dump(exclude_none=True), ensure_ascii=False).encode()
    own = {"X-Request-Id": request_id, "Content-Length": str(len(body))}
    retry = RETRY_AFTER if kind.status == UNAVAILABLE else {}
    log.info("request", route="refused", status=kind.status, code=code, request_id=request_id)
    return kind.status, _ALWAYS | own | retry, body
