"""The server's protocol of one connection: uvicorn's, with bounds for size, time and number.

They must stand here: an application sees a request only when its head is complete.
"""

from typing import Any
from weakref import WeakKeyDictionary

from uvicorn.server import ServerState

from api.http.protocol.grammar import Protocol
from api.server.connections import ConnectionTable, Limits, trusted
from api.server.refusals import refusal

SLICE = 8 * 1024
"""Bytes that the parser gets at a time: so exactly it is known how large an unfinished head is."""
LINE_ENDS = len(b"  HTTP/1.1\r\n\r\n")
FIELD_ENDS = len(b": \r\n")
HEAD_TOO_LARGE = refusal("head-too-large", "请求行和请求头一共不能超过32KB")
TOO_BUSY = refusal("busy", "服务正忙，请稍后再试")
_tables: WeakKeyDictionary[ServerState, ConnectionTable] = WeakKeyDictionary()
"""The table of each server of this process."""


class BoundedProtocol(Protocol):
    limits = Limits()
    address = ""
    _reads: str | None = "head"
    """What of a request is still to come: its head, its body, or nothing."""
    _since = _stuck_since = 0.0
    _head = _slice = _body = _unsent = 0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._application = self.app
        if self.server_state not in _tables:
            proxies = trusted(self.config.forwarded_allow_ips)
            _tables[self.server_state] = ConnectionTable(self.loop, self.limits, proxies)
        self._table = _tables[self.server_state]

    @property
    def at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._since = self.loop.time()
        if self.client and not self._table.is_proxy(self.client[0]):
            self.address = self.client[0]
        if not self._table.admit(self):
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._table.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._reads is None and not self.at_work:
            self._reads, self._since, self._head = "head", self.loop.time(), 0
        for start in range(0, len(data), SLICE):
            if self.transport.is_closing():
                return
            self._feed(data[start : start + SLICE] if len(data) > SLICE else data)

    def _feed(self, data: bytes) -> None:
        self._slice = len(data)
        self._head += self._slice
        super().data_received(data)
        if self._reads == "head" and self._head > self.limits.head_bytes:
            self.refuse("head-too-large", "请求行和请求头一共不能超过32KB")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._reads != "head":
            self._reads, self._since = "head", self.loop.time()
        self._head, self._body = self._slice, 0

    def on_headers_complete(self) -> None:
        self._reads = "body"
        self.app = self._application
        if self._head > self.limits.head_bytes and self._exact_head > self.limits.head_bytes:
            self.app = HEAD_TOO_LARGE
        elif len(self.tasks) >= self.limits.requests:
            self.app = TOO_BUSY
        super().on_headers_complete()

    @property
    def _exact_head(self) -> int:
        """The bytes of a complete head."""
        line = len(self.parser.get_method()) + len(self.url) + LINE_ENDS
        return line + sum(len(name) + len(value) + FIELD_ENDS for name, value in self.headers)

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._reads = None
        super().on_message_complete()

    def check(self, now: float) -> None:
        """Closes the connection if a request, or the taking of an answer, takes too long."""
        unsent = self.transport.get_write_buffer_size()
        if unsent != self._unsent or not unsent:
            self._unsent, self._stuck_since = unsent, now
        elif now - self._stuck_since > self.limits.write_seconds:
            self.drop()
            return
        if self.flow.read_paused:  # we are not ready for the rest, so it is not late
            self._since = now
        elif self._reads and now - self._since > self._allowed and not self.transport.is_closing():
            self._time_out()

    @property
    def _allowed(self) -> float:
        if self._reads == "head":
            return self.limits.head_seconds
        return self.limits.request_seconds + self._body / self.limits.body_rate

    def _time_out(self) -> None:
        if self._reads == "head" and not self._head:
            self.transport.close()  # nothing was asked
        else:
            self.refuse("request-timeout", "请求没有在规定的时间内发完")

    def drop(self) -> None:
        self.transport.abort()
