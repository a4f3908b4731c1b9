"""The server's protocol of a connection: mends targets, and refuses in our own words."""

import json
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from httptools import (
    HttpParserError,
    HttpParserInvalidMethodError,
    HttpParserUpgrade,
    HttpRequestParser,
)
from starlette.datastructures import MutableHeaders
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.http.problems import JSON, PROBLEM_TYPES, content_of
from api.http.protocol.raw_target import RequestLine
from api.http.semantics.security_headers import secure

log = structlog.get_logger()
_NOT_HTTP = "请求不合 HTTP 的语法：地址里的空格、控制字符和中文要用百分号编码，请求头每行一个"
_FRAMING = (b"content-length", b"transfer-encoding")
_UNKNOWN_METHOD = "没有这个请求方法；可用的是 GET、HEAD、OPTIONS、POST"


class Protocol(HttpToolsProtocol):
    """Speaks HTTP/1.1 on one connection; a refusal below the application is a problem as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line, self._resuming = RequestLine(), False

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        fed = data if self._line.ended else self._line.feed(data)
        try:
            self.parser.feed_data(fed)
        except HttpParserUpgrade as offer:
            self._decline(fed[offer.args[0] :])
        except HttpParserInvalidMethodError:
            self.refuse("not-implemented", _UNKNOWN_METHOD)
        except HttpParserError:
            self.refuse("bad-request", _NOT_HTTP)

    def _decline(self, rest: bytes) -> None:
        """Goes on in HTTP/1.1 (RFC 9110, 7.8): the body after an offer to upgrade is still to come.

        The parser ends at the offer.  Another one begins with the framing of the same message.
        """
        self.parser, self._resuming = HttpRequestParser(self), True
        framing = [name + b": " + value for name, value in self.headers if name in _FRAMING]
        self.data_received(b"\r\n".join([b"POST / HTTP/1.1", *framing, b"", rest]))

    def on_message_begin(self) -> None:
        if not self._resuming:
            super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self._resuming:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._resuming:
            super().on_header(name, value)

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()
            self._line = RequestLine()

    def on_headers_complete(self) -> None:
        """A target in absolute form names the host, whatever Host says (RFC 9112, 3.2.2)."""
        if self._resuming:
            self._resuming = False
            return
        if self.url[:1] not in b"/*" and (host := urlsplit(self.url).netloc):
            self.headers[:] = [each for each in self.headers if each[0] != b"host"]
            self.headers.append((b"host", host))
        super().on_headers_complete()

    def refuse(self, code: str, detail: str) -> None:
        """Sends a problem and closes the connection; if an answer has begun, only closes it."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            request_id, status = str(uuid4()), PROBLEM_TYPES[code].status
            self.transport.write(_answer(code, detail, request_id, cast(str, self.scheme)))
            log.info("request", method="", route="unmatched", status=status, request_id=request_id)
        self.transport.close()


def _answer(code: str, detail: str, request_id: str, scheme: str) -> bytes:
    """The bytes of a whole response."""
    content = json.dumps(content_of(code, detail, request_id), ensure_ascii=False).encode()
    fields = MutableHeaders(
        {
            "Date": formatdate(usegmt=True),
            "Content-Type": JSON,
            "Content-Length": str(len(content)),
            "X-Request-Id": request_id,
            "Connection": "close",
        }
    )
    secure(fields, scheme)
    status = PROBLEM_TYPES[code].status
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()
    lines = [head, *(name + b": " + value for name, value in fields.raw)]
    return b"\r\n".join([*lines, b"", content])


SPEAKING: Any = {
    "http": Protocol,
    "ws": "none",
    "server_header": False,
    "proxy_headers": False,  # the application reads them, by its settings
}
"""What uvicorn is told about HTTP, wherever the application is served."""
