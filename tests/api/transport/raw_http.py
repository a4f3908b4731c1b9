"""A server in a thread, with bounds of its own, and clients that write bytes to its socket."""

import asyncio
import contextlib
import re
import resource
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn

from api.server.connections import Limits
from api.server.protocol import BoundedProtocol

TIMEOUT = 20.0
"""Seconds after which a client that waits for the server gives up, and its test fails."""
LARGE = 50_000_000
Address = tuple[str, int]


class Echo:
    """Answers with the length of the body; `/slow` waits for `/go` before it answers."""

    def __init__(self) -> None:
        self._go = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        length, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            length, more = length + len(message["body"]), message["more_body"]
        if scope["path"] == "/slow":
            await self._go.wait()
        if scope["path"] == "/go":
            self._go.set()
        body = b"x" * LARGE if scope["path"] == "/large" else str(length).encode()
        fields = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def served(limits: Limits, **options: Any) -> Iterator[Address]:
    """Serves an `Echo` with these limits; yields its address."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    protocol = type("Limited", (BoundedProtocol,), {"limits": limits})
    quiet: dict[str, Any] = {"log_level": "critical", "lifespan": "off", "loop": "uvloop"}
    config = uvicorn.Config(Echo(), http=protocol, ws="none", **quiet | options)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            server.force_exit = server.should_exit = True
            thread.join()


class Line:
    """A connection of a client, from any address of the loopback."""

    def __init__(self, address: Address, source: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(address, TIMEOUT, (source, 0))

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):  # the server may have closed already
            self.socket.sendall(data)

    def answer(self) -> bytes:
        """Returns the next bytes, or none if the server has closed the connection."""
        try:
            return self.socket.recv(1 << 16)
        except ConnectionResetError:
            return b""

    def reply(self) -> bytes:
        """Returns one whole answer: the body may come after its head."""
        found = b""
        while more := self.answer():
            found += more
            head, _, body = found.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            if length and len(body) >= int(length[1]):
                break
        return found

    def rest(self) -> bytes:
        """Returns everything until the server closes the connection."""
        found = b""
        while more := self.answer():
            found += more
        return found
