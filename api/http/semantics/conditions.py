"""Conditional requests (RFC 9110, 13): which versions a command accepts; GET answered 304 or 412.

The order is that of 13.2.2.  A condition is evaluated on the answer to an allowed request, so that
it tells nobody more than the answer does, and a read is logged in any case.
"""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.fields import ANY, EntityTag, MalformedField, entity_tags
from api.http.problems import problem

MATCH, NONE_MATCH = "if-match", "if-none-match"
SINCE, UNMODIFIED_SINCE = "if-modified-since", "if-unmodified-since"
_CONDITIONS = (MATCH, NONE_MATCH, SINCE, UNMODIFIED_SINCE)
_SELECTED = (200, 206)
_NOT_MODIFIED, _FAILED = 304, 412
_OF_THE_BODY = (b"content-", b"accept-ranges", b"transfer-encoding")
_VERSION = re.compile(r"([1-9][0-9]{0,8})(?:(?:--?|;)(?:gzip|br|zstd|deflate))?")


def _tags(headers: Headers, name: str) -> tuple[EntityTag, ...] | None:
    """Returns the tags that a field lists in all of its lines (5.3), or None for any tag.

    Raises MalformedField.
    """
    lines = headers.getlist(name)
    return entity_tags(", ".join(lines)) if lines and [*map(str.strip, lines)] != [ANY] else None


def accepted_versions(headers: Headers) -> tuple[int | None, tuple[int, ...]]:
    """The version that a command accepts, and further ones: None is any, 0 is no version at all.

    A weak tag never matches (13.1.1).  Proxies that compress add the coding to a tag: "5-gzip" is
    the compressed form of version 5.  Raises MalformedField.
    """
    if NONE_MATCH in headers:
        raise MalformedField("办理请求不能带 If-None-Match，请把看到的版本写在 If-Match 里")
    if (tags := _tags(headers, MATCH)) is None:
        return None, ()
    strong = [_VERSION.fullmatch(tag.text) for tag in tags if not tag.weak]
    first, *further = [int(match[1]) for match in strong if match] or [0]
    return first, tuple(further)


class Conditions:
    """Middleware: answers a GET with 304 or 412 if its conditions say so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope)
        if scope["method"] != "GET" or not any(name in asked for name in _CONDITIONS):
            await self._app(scope, receive, send)
            return
        try:
            _tags(asked, MATCH)
        except MalformedField as error:
            refusal = problem(Request(scope), "malformed-header", str(error))
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, _Verdict(scope, receive, send).send)


class _Verdict:
    """Sends the answer, or 304 or 412 in its place."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send, self._replaced = scope, receive, send, False

    async def send(self, message: Message) -> None:
        if self._replaced:
            return
        if message["type"] == "http.response.start" and message["status"] in _SELECTED:
            verdict = _verdict(Headers(scope=self._scope), Headers(raw=message["headers"]))
            self._replaced = verdict is not None
            if verdict == _FAILED:
                await self._refuse()
                return
            if verdict == _NOT_MODIFIED:
                await self._not_modified(message)
                return
        await self._send(message)

    async def _refuse(self) -> None:
        request = Request(self._scope)
        refusal = problem(request, "stale-version", "内容已经不是 If-Match 里写的版本")
        await refusal(self._scope, self._receive, self._send)

    async def _not_modified(self, message: Message) -> None:
        kept = [(n, v) for n, v in message["headers"] if not n.lower().startswith(_OF_THE_BODY)]
        await self._send({**message, "status": _NOT_MODIFIED, "headers": kept})
        await self._send({"type": "http.response.body", "body": b""})


def _verdict(asked: Headers, answer: Headers) -> int | None:
    """Returns the status that replaces the answer's, or None if the conditions hold."""
    tag, changed = _own_tag(answer), _instant(answer.get("last-modified"))
    if MATCH in asked:
        if not _listed(asked, MATCH, tag, strong=True):
            return _FAILED
    elif changed and (seen := _instant(asked.get(UNMODIFIED_SINCE))) and changed > seen:
        return _FAILED
    if NONE_MATCH in asked:
        return _NOT_MODIFIED if _listed(asked, NONE_MATCH, tag, strong=False) else None
    seen = _instant(asked.get(SINCE))
    return _NOT_MODIFIED if changed and seen and changed <= seen else None


def _own_tag(answer: Headers) -> EntityTag | None:
    tags = entity_tags(answer.get("etag", ""))
    return tags[0] if tags else None


def _listed(asked: Headers, name: str, own: EntityTag | None, *, strong: bool) -> bool:
    """True if the field lists the answer's tag; a field that cannot be read lists none."""
    try:
        tags = _tags(asked, name)
    except MalformedField:
        return False
    if tags is None:
        return True
    if own is None or (strong and own.weak):
        return False
    return any(tag.text == own.text and not (strong and tag.weak) for tag in tags)


def _instant(text: str | None) -> datetime | None:
    """Returns the instant of an HTTP date, or None: an invalid one is ignored (13.1.3)."""
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
