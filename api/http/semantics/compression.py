"""Compresses public text (RFC 9110, 8.4 and 12.5.3), and keeps proxies from touching versions.

Only what everybody may read is compressed: the size of a compressed answer can betray what stands
in it beside a text of the asker's choice (BREACH).  An answer with an entity tag is never coded on
the way: its tag names a version that a command repeats in If-Match, and proxies that compress an
answer weaken its tag.  Some obey `no-transform`, others leave alone what names its coding.
"""

import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.fields import weight

_TEXT = ("text/", "application/json", "application/javascript", "application/xml", "image/svg+xml")
SMALLEST = 1_000
"""Bytes below which a text is not worth compressing: it fits one packet anyway."""
_LEVEL = 4


def takes_gzip(fields: Headers) -> bool:
    """True if the client accepts gzip; a weight of 0 is a refusal."""
    accepted = ",".join(fields.getlist("accept-encoding"))
    return weight(accepted, ["gzip", "x-gzip", "*"]) > 0


def gzipped(content: bytes, level: int = _LEVEL) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


class Compression:
    """Middleware: compresses public text; names the coding of answers that carry a version."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, _Coded(takes_gzip(Headers(scope=scope)), send).send)


class _Coded:
    """Sends one answer; holds its head back until the body shows whether it is worth coding."""

    def __init__(self, takes_gzip: bool, send: Send) -> None:
        self._takes_gzip, self._send = takes_gzip, send
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            fields = MutableHeaders(raw=message["headers"])
            if _is_public_text(fields):
                fields.add_vary_header("Accept-Encoding")
                self._start = message
                return
            if _names_a_version(fields):
                fields["Content-Encoding"] = "identity"
                fields["Cache-Control"] = f"{fields.get('cache-control', 'no-store')}, no-transform"
        elif start := self._start:
            self._start = None
            message = self._code(start, message)
            await self._send(start)
        await self._send(message)

    def _code(self, start: Message, message: Message) -> Message:
        """Returns the body in the coding that its head then names."""
        body = message.get("body", b"")
        if not self._takes_gzip or len(body) < SMALLEST or message.get("more_body"):
            return message
        body, fields = gzipped(body), MutableHeaders(raw=start["headers"])
        fields["Content-Encoding"], fields["Content-Length"] = "gzip", str(len(body))
        return {**message, "body": body}


def _names_a_version(fields: Headers) -> bool:
    is_public = "public" in fields.get("cache-control", "")
    return "etag" in fields and not is_public and "content-encoding" not in fields


def _is_public_text(fields: Headers) -> bool:
    is_public = "public" in fields.get("cache-control", "")
    is_text = fields.get("content-type", "").startswith(_TEXT)
    return is_public and is_text and not {"etag", "content-encoding"} & {*fields.keys()}
