"""The refusals that each operation may answer with, and the headers of requests and answers."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from api.http.commands import COMMAND
from api.http.problems import JSON, PROBLEM_TYPES

Operation = dict[str, Any]
_CODES: dict[int, list[str]] = defaultdict(list)
for _code, _kind in PROBLEM_TYPES.items():
    _CODES[_kind.status].append(f"`{_code}`（{_kind.title}）")

LISTENER = "x-listener"
"""Names the listener that alone serves an operation: `operators`."""
_CHANGES = {"post", "put", "patch", "delete"}


def _headers_of(operation: Operation) -> set[str]:
    return _parameters(operation, "header")


def _parameters(operation: Operation, place: str) -> set[str]:
    return {each["name"] for each in operation.get("parameters", ()) if each["in"] == place}


def _is_command(operation: Operation) -> bool:
    return operation.get(COMMAND, False) is True


def _is_versioned(operation: Operation) -> bool:
    return "If-Match" in _headers_of(operation)


def _is_found(operation: Operation) -> bool:
    """True if the address says what is asked for, or only one of the listeners shows it."""
    asked = _parameters(operation, "path") | _parameters(operation, "query")
    return bool(asked) or operation.get(LISTENER) == "operators"


def _is_resumed(operation: Operation) -> bool:
    """True if a reader sends back a place in a list, which may be no place of it."""
    return not {"cursor", "after"}.isdisjoint(_parameters(operation, "query"))


OCCURS: dict[int, Callable[[str, Operation], bool]] = {
    400: lambda _, each: "requestBody" in each or _is_resumed(each),
    401: lambda _, each: bool(each["security"]),
    403: lambda method, each: bool(each["security"]) or method in _CHANGES,
    404: lambda _, each: _is_found(each),
    405: lambda _, each: False,  # an operation exists; this is the answer where there is none
    409: lambda _, each: _is_command(each),
    410: lambda _, each: "disclosures" in each["tags"] and "code" in _parameters(each, "path"),
    412: lambda _, each: _is_versioned(each),
    413: lambda _, each: "requestBody" in each,
    422: lambda _, each: bool(each.get("parameters") or "requestBody" in each),
}
"""Which operations answer with this status.  A status that is not here may occur at all of them."""


def _header(description: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"description": description, "schema": schema, "required": required}


_TEXT, _NUMBER = {"type": "string"}, {"type": "integer", "minimum": 1}
_HEADERS = {
    "X-Request-Id": _header("本次请求的编号，报告问题时请附上", {**_TEXT, "format": "uuid"}, True),
    "ETag": _header("现在的版本，下一次办理时写进 If-Match", {**_TEXT, "pattern": '^"[0-9]+"$'}),
    "Location": _header("新建对象的地址", {**_TEXT, "format": "uri-reference"}),
    "X-Position": _header("日志位置，可写进 X-Min-Position；重发的请求没有", _NUMBER),
    "Idempotency-Replayed": _header("有此项，说明是重发的请求，没有再办一次", {"const": "true"}),
    "Retry-After": _header("多少秒之后可以再试", {**_TEXT, "pattern": "^[0-9]+$"}),
    "WWW-Authenticate": _header("应出示 Bearer 令牌", _TEXT, True),
    "Content-Disposition": _header("文件名", _TEXT, True),
}
_OF_STATUS = {401: ("WWW-Authenticate",), 503: ("Retry-After",)}
"""Headers of refusals, beside the id of the request."""


def _named(*headers: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *headers)}


def _refusal(status: int) -> dict[str, Any]:
    return {
        "description": "；".join(_CODES[status]),
        "headers": _named(*_OF_STATUS.get(status, ())),
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


COMPONENTS: dict[str, Any] = {
    "headers": _HEADERS,
    "responses": {f"Problem{status}": _refusal(status) for status in sorted(_CODES)},
}
"""The refusals, one for each status with its problem codes, and the headers."""

_SPELT = {
    "if-match": ("If-Match", '"3"'),
    "idempotency-key": ("Idempotency-Key", "5f0c6e0e-8f3c-4a35-9d52-0d3a2f6a7c11"),
    "x-min-position": ("X-Min-Position", 1),
}
"""Headers of requests as documents spell them, with an example."""


def describe_parameters(operation: Operation) -> None:
    """Spells headers as usual, with an example, and takes null away, which no address can hold."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if {"type": "null"} in schema.get("anyOf", ()):
            kinds = [each for each in schema.pop("anyOf") if each != {"type": "null"}]
            parameter["schema"] = schema | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds})
        spelling = _SPELT.get(parameter["name"].lower())
        if parameter["in"] == "header" and spelling:
            parameter["name"], parameter["example"] = spelling


def describe_answers(method: str, operation: Operation) -> None:
    """Replaces the ranges 4XX and 5XX by the statuses that occur; names the headers of successes.

    An operation that says itself what it answers under such a status keeps that too.
    """
    answers = {k: v for k, v in operation["responses"].items() if k not in ("4XX", "5XX")}
    for status, answer in answers.items():
        if status.startswith("2"):
            answer["headers"] = _named(*_of_success(status, operation)) | answer.get("headers", {})
    for status in sorted(_CODES):
        if OCCURS.get(status, _everywhere)(method, operation):
            answers[str(status)] = _joined(status, answers.get(str(status)))
    operation["responses"] = dict(sorted(answers.items()))


def _everywhere(_: str, __: Operation) -> bool:
    return True


def _joined(status: int, own: dict[str, Any] | None) -> dict[str, Any]:
    if own is None:
        return {"$ref": f"#/components/responses/Problem{status}"}
    refusal = _refusal(status)
    return refusal | {
        "description": f"{own['description']}；{refusal['description']}",
        "content": own.get("content", {}) | refusal["content"],
    }


def _of_success(status: str, operation: Operation) -> tuple[str, ...]:
    asked = _headers_of(operation)
    versioned = _is_command(operation) or "version" in _parameters(operation, "query")
    return (
        *(("ETag",) if versioned else ()),
        *(("X-Position",) if _is_command(operation) else ()),
        *(("Idempotency-Replayed",) if "Idempotency-Key" in asked else ()),
        *(("Location",) if status in ("201", "202") else ()),
    )
