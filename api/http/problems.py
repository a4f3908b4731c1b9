"""Problem details (RFC 9457): the only module that maps errors to status codes and replies.

Every 4xx and 5xx of the API is `application/problem+json` with a stable code and a Chinese text; a
browser that opens a page gets an error page instead.  No reply repeats what the client sent.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from api.http.auth import Unauthenticated
from domain.kernel import errors
from infrastructure.database.engine import DatabaseAway
from projections.read_model.keyset import BadCursor

log = structlog.get_logger()
JSON = "application/problem+json"
ErrorPage = Callable[[Request, int, str, str], Response]
"""Makes the error page for people from a request, a status, a title and a detail."""


class ProblemType(NamedTuple):
    status: int
    title: str


PROBLEM_TYPES = {
    errors.ActionRefused.code: ProblemType(409, errors.ActionRefused.title),
    errors.ItemClosed.code: ProblemType(409, errors.ItemClosed.title),
    errors.IdentityConflict.code: ProblemType(409, errors.IdentityConflict.title),
    errors.NotPermitted.code: ProblemType(403, errors.NotPermitted.title),
    errors.NotFound.code: ProblemType(404, errors.NotFound.title),
    errors.StaleVersion.code: ProblemType(412, errors.StaleVersion.title),
    errors.KeyReused.code: ProblemType(422, errors.KeyReused.title),
    errors.ProjectionBehind.code: ProblemType(503, errors.ProjectionBehind.title),
    errors.PlatformUnreachable.code: ProblemType(503, errors.PlatformUnreachable.title),
    "unauthenticated": ProblemType(401, "需要有效的令牌"),
    "cross-site": ProblemType(403, "请求不是从本站页面发出的"),
    "invalid-request": ProblemType(422, "请求内容有误"),
    "bad-cursor": ProblemType(400, "页码无效"),
    "bad-request": ProblemType(400, "请求无法理解"),
    "method-not-allowed": ProblemType(405, "不支持这个方法"),
    "too-large": ProblemType(413, "请求正文过大"),
    "database-unavailable": ProblemType(503, "服务暂时不可用"),
    "internal-error": ProblemType(500, "服务出错"),
}
"""Every problem code; the table in api/README.md is generated from it."""

_BY_STATUS = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
UNAVAILABLE = 503
RETRY_AFTER = {"Retry-After": "5"}


class Problem(BaseModel):
    """What every refusal looks like."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    rule: str | None = None
    version: int | None = None
    errors: list[dict[str, str]] | None = None


REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "description": "请求不被接受，什么也没有改变"},
    "5XX": {"model": Problem, "description": "服务暂时不能办理，什么也没有改变"},
}


def problem(
    request: Request,
    code: str,
    detail: str,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """Returns the reply for one problem code: JSON for programs, a page for people."""
    problem_type = PROBLEM_TYPES[code]
    if _wants_a_page(request):
        error_page: ErrorPage = request.app.state.error_page
        page = error_page(request, problem_type.status, problem_type.title, detail)
        page.headers.update(headers or {})
        return page
    content = Problem(
        type=f"/api/v1/problems#{code}",
        title=problem_type.title,
        status=problem_type.status,
        detail=detail,
        code=code,
        request_id=request.state.request_id,
        **more,
    ).model_dump(exclude_none=True)
    return JSONResponse(content, problem_type.status, headers=headers, media_type=JSON)


def _wants_a_page(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return not request.url.path.startswith("/api/") and "text/html" in accepted


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.DomainError)
    more: dict[str, Any] = {"rule": getattr(error, "rule", None)}
    if isinstance(error, errors.StaleVersion):
        more["version"] = error.current
    retry = RETRY_AFTER if PROBLEM_TYPES[error.code].status == UNAVAILABLE else None
    return problem(request, error.code, str(error), retry, **more)


async def _unauthenticated(request: Request, error: Exception) -> Response:
    return problem(request, "unauthenticated", str(error), {"WWW-Authenticate": "Bearer"})


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | ValidationError)
    faults = [
        {
            "pointer": _place(each["type"], each["loc"]),
            "code": each["type"],
            "detail": _in_words(each["type"], each["msg"]),
        }
        for each in error.errors()
    ]
    places = "；".join(f"{each['pointer']}：{each['detail']}" for each in faults[:5])
    return problem(request, "invalid-request", places or "请求内容有误", errors=faults)


def _place(code: str, place: tuple[int | str, ...]) -> str:
    """JSON Pointer of the error; unknown field names are omitted because the client chose them."""
    known = place[:-1] if code == "extra_forbidden" else place
    return "/" + "/".join(map(str, known))


_WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "含有不认识的项",
    "enum": "不在可选值之内",
    "literal_error": "不在可选值之内",
    "union_tag_invalid": "不在可选值之内",
    "union_tag_not_found": "缺少区分项（outcome 或者 kind）",
    "string_pattern_mismatch": "格式不对",
    "json_invalid": "不是有效的 JSON",
    "uuid_parsing": "不是有效的编号",
    "date_from_datetime_parsing": "不是有效的日期",
    "too_long": "内容过多",
    "too_short": "内容过少",
    "string_type": "应为文字",
    "model_attributes_type": "应为 JSON 对象",
}


def _in_words(code: str, message: str) -> str:
    """Returns the Chinese text of an error: our validator's text, or that of the library's code."""
    if code == "value_error":
        return message.removeprefix("Value error, ")
    return _WORDS.get(code, "取值不合要求")


async def _bad_cursor(request: Request, error: Exception) -> Response:
    return problem(request, "bad-cursor", str(error))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "bad-request")
    return problem(request, code, PROBLEM_TYPES[code].title, dict(error.headers or {}))


async def _database(request: Request, error: Exception) -> Response:
    log.error("database-unavailable", error=type(error).__name__)
    return problem(request, "database-unavailable", "数据库暂时无法访问，请稍后重试", RETRY_AFTER)


async def last_resort(request: Request, error: Exception) -> Response:
    """Logs an unforeseen error with its traceback and replies without the traceback."""
    log.error("internal-error", exc_info=error)
    return problem(request, "internal-error", "已经记录，请稍后重试或者联系管理员")


def install(app: FastAPI, error_page: ErrorPage) -> None:
    """Adds the error handlers; `error_page` makes the error pages of the site."""
    app.state.error_page = error_page
    app.add_exception_handler(errors.DomainError, _refused)
    app.add_exception_handler(Unauthenticated, _unauthenticated)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ValidationError, _invalid)
    app.add_exception_handler(BadCursor, _bad_cursor)
    app.add_exception_handler(HTTPException, _http)
    for unavailable in (DatabaseAway, OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(unavailable, _database)
