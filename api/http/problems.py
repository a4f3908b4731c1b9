"""Problem details (RFC 9457): the only module that maps errors to status codes and replies.

Every 4xx and 5xx of the API is `application/problem+json` with a stable code and a Chinese text; a
browser that opens a page gets an error page instead.  No reply repeats what the client sent.
"""

import re
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
from api.http.fields import MalformedField, weight
from api.http.methods import allowed
from api.http.thread_pools import TooBusy
from domain.kernel import errors
from infrastructure.database.engine import DatabaseAway
from projections.read_model.keyset import BadCursor

log = structlog.get_logger()
JSON, HTML = "application/problem+json", "text/html"
IS_JSON = re.compile(r"\s*application/([^/;]*\+)?json\s*(;.*)?", re.IGNORECASE)
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
    errors.NotBegun.code: ProblemType(404, errors.NotBegun.title),
    errors.NotYet.code: ProblemType(404, errors.NotYet.title),
    errors.NoLongerPublic.code: ProblemType(410, errors.NoLongerPublic.title),
    errors.StaleVersion.code: ProblemType(412, errors.StaleVersion.title),
    errors.KeyReused.code: ProblemType(422, errors.KeyReused.title),
    errors.ProjectionBehind.code: ProblemType(503, errors.ProjectionBehind.title),
    errors.ClockJumped.code: ProblemType(503, errors.ClockJumped.title),
    errors.WrittenByNewer.code: ProblemType(503, errors.WrittenByNewer.title),
    errors.DocumentDiffers.code: ProblemType(503, errors.DocumentDiffers.title),
    errors.LogContradicted.code: ProblemType(503, errors.LogContradicted.title),
    errors.PlatformUnreachable.code: ProblemType(503, errors.PlatformUnreachable.title),
    errors.KeysMissing.code: ProblemType(503, errors.KeysMissing.title),
    errors.FileRefused.code: ProblemType(415, errors.FileRefused.title),
    errors.FileTooLarge.code: ProblemType(413, errors.FileTooLarge.title),
    errors.IdentityUnreadable.code: ProblemType(503, errors.IdentityUnreadable.title),
    "unauthenticated": ProblemType(401, "需要有效的令牌"),
    "cross-site": ProblemType(403, "请求不是从本站页面发出的"),
    "invalid-request": ProblemType(422, "请求内容有误"),
    "too-many-rows": ProblemType(422, "结果太多，不能做成一个文件"),
    "bad-cursor": ProblemType(400, "翻页标记无效"),
    "promise-unkept": ProblemType(400, "不支持这个请求头"),
    "bad-request": ProblemType(400, "请求无法理解"),
    "malformed-header": ProblemType(400, "请求头写法有误"),
    "method-not-allowed": ProblemType(405, "不支持这个方法"),
    "misdirected": ProblemType(421, "这个主机名不在这里"),
    "unsupported-media-type": ProblemType(415, "不支持这种格式的正文"),
    "too-large": ProblemType(413, "请求正文过大"),
    "request-timeout": ProblemType(408, "请求没有及时发完"),
    "head-too-large": ProblemType(431, "请求头过大"),
    "busy": ProblemType(503, "服务正忙"),
    "database-unavailable": ProblemType(503, "服务暂时不可用"),
    "internal-error": ProblemType(500, "服务出错"),
    "not-implemented": ProblemType(501, "没有实现的请求方式"),
}
"""Every problem code; the table in api/README.md is generated from it."""

_BY_STATUS = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
}
_CHOSEN = {"Vary": "Accept"}
_WEAK = '。W/ 开头的标签是途中的代理改的，不能用于办理：请去掉 W/，如 "3"'
_JSON_ONLY = "正文应为 UTF-8 编码的 JSON，请求头写 Content-Type: application/json"
METHOD_NOT_ALLOWED, UNAVAILABLE = 405, 503
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
        page.headers.update(_CHOSEN | (headers or {}))
        return page
    content = content_of(code, detail, request.state.request_id, **more)
    chosen = _CHOSEN | (headers or {})
    return JSONResponse(content, problem_type.status, headers=chosen, media_type=JSON)


def content_of(code: str, detail: str, request_id: str, **more: Any) -> dict[str, Any]:
    """Returns the members of a problem."""
    status, title = PROBLEM_TYPES[code]
    members = {"title": title, "status": status, "detail": detail, "request_id": request_id}
    whole = Problem(type=f"/api/v1/problems#{code}", code=code, **members, **more)
    return whole.model_dump(exclude_none=True)


def _wants_a_page(request: Request) -> bool:
    """True if the client names HTML and likes nothing of ours better (RFC 9110, 12.5.1)."""
    accept = ",".join(request.headers.getlist("accept"))
    page = weight(accept, [HTML])
    json = weight(accept, [JSON, "application/json"])
    return not request.url.path.startswith("/api/") and page > 0 and page >= json


async def told(request: Request, error: errors.DomainError) -> str:
    """The sentence of a refusal, with the articles in force on its day."""
    if not (isinstance(error, errors.ActionRefused) and error.cites):
        return str(error)
    state = request.app.state
    return error.told(await state.threads.read(state.container.law.read))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.DomainError)
    more: dict[str, Any] = {"rule": getattr(error, "rule", None)}
    detail = await told(request, error)
    if isinstance(error, errors.StaleVersion):
        more["version"] = error.current
        detail += _WEAK if "W/" in request.headers.get("if-match", "") else ""
    retry = RETRY_AFTER if PROBLEM_TYPES[error.code].status == UNAVAILABLE else None
    return problem(request, error.code, detail, retry, **more)


async def _unauthenticated(request: Request, error: Exception) -> Response:
    return problem(request, "unauthenticated", str(error), {"WWW-Authenticate": "Bearer"})


async def _malformed(request: Request, error: Exception) -> Response:
    return problem(request, "malformed-header", str(error))


def _is_another_format(request: Request, error: RequestValidationError | ValidationError) -> bool:
    """True if the body was not read, because it is not JSON by its media type."""
    is_json = IS_JSON.fullmatch(request.headers.get("content-type", ""))
    return not is_json and any(
        each["loc"] == ("body",) and each["type"] != "missing" for each in error.errors()
    )


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | ValidationError)
    if _is_another_format(request, error):
        return problem(
            request, "unsupported-media-type", _JSON_ONLY, {"Accept": "application/json"}
        )
    faults = [
        {
            "pointer": _place(each["type"], each["loc"]),
            "code": each["type"],
            "detail": in_words(each["type"], each["msg"]),
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


def in_words(code: str, message: str) -> str:
    """Returns the Chinese text of an error: our validator's text, or that of the library's code."""
    if code == "value_error":
        return message.removeprefix("Value error, ")
    return _WORDS.get(code, "取值不合要求")


async def _bad_cursor(request: Request, error: Exception) -> Response:
    return problem(request, "bad-cursor", str(error))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "bad-request")
    headers = dict(error.headers or {})
    if error.status_code == METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(allowed(request.app, request.scope))
    return problem(request, code, PROBLEM_TYPES[code].title, headers)


async def _database(request: Request, error: Exception) -> Response:
    log.error("database-unavailable", error=type(error).__name__)
    return problem(request, "database-unavailable", "数据库暂时无法访问，请稍后重试", RETRY_AFTER)


async def _too_busy(request: Request, error: Exception) -> Response:
    return problem(request, "busy", str(error), RETRY_AFTER)


async def last_resort(request: Request, error: Exception) -> Response:
    """Logs an unforeseen error with its traceback and replies without the traceback."""
    log.error("internal-error", exc_info=error)
    return problem(request, "internal-error", "已经记录，请稍后重试或者联系管理员")


def install(app: FastAPI, error_page: ErrorPage) -> None:
    """Adds the error handlers; `error_page` makes the error pages of the site."""
    app.state.error_page = error_page
    app.add_exception_handler(errors.DomainError, _refused)
    app.add_exception_handler(Unauthenticated, _unauthenticated)
    app.add_exception_handler(MalformedField, _malformed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ValidationError, _invalid)
    app.add_exception_handler(BadCursor, _bad_cursor)
    app.add_exception_handler(TooBusy, _too_busy)
    app.add_exception_handler(HTTPException, _http)
    for unavailable in (DatabaseAway, OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(unavailable, _database)
