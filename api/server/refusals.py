"""Problems that the server answers instead of the application, as an application."""

from uuid import uuid4

import structlog
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problems import JSON, PROBLEM_TYPES, RETRY_AFTER, UNAVAILABLE, content_of
from api.http.semantics.security_headers import secure

log = structlog.get_logger()


def refusal(code: str, detail: str) -> ASGIApp:
    """Returns an application that answers every request with this problem and closes."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        status, request_id = PROBLEM_TYPES[code].status, str(uuid4())
        own = {"X-Request-Id": request_id, "Connection": "close"}
        retry = RETRY_AFTER if status == UNAVAILABLE else {}
        content = content_of(code, detail, request_id)
        reply = JSONResponse(content, status, own | retry, media_type=JSON)
        secure(reply.headers, scope["scheme"])
        log.info("request", route="refused", status=status, code=code, request_id=request_id)
        await reply(scope, receive, send)

    return refuse
