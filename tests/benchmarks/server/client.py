"""A cheap HTTP client: keep-alive connections over asyncio, each with one request at a time."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvloop

Requests = Iterator[bytes]
OWN_PAGE = "Sec-Fetch-Site: same-origin\r\n"
"""Header of a POST from the site's own page: outside `/api/` the service refuses all others."""


@dataclass
class Tally:
    """The replies that came back within the time."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    refused: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed

    def percentile(self, share: float) -> float:
        return sorted(self.seconds)[int(share * (len(self.seconds) - 1))]


def request(path: str, body: bytes, token: str = "") -> bytes:
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}Content-Type: application/json\r\n"
    return f"{head}{OWN_PAGE}Content-Length: {len(body)}\r\n\r\n".encode() + body


def press(port: int, connections: list[Requests], seconds: float) -> Tally:
    """Send requests one after the other on every connection, until the time or the requests end."""
    return uvloop.run(_press(port, connections, seconds))


async def _press(port: int, connections: list[Requests], seconds: float) -> Tally:
    tally = Tally()
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in connections]
    began = time.perf_counter()
    await asyncio.gather(
        *(
            _converse(*streams, requests, began + seconds, tally)
            for streams, requests in zip(opened, connections, strict=True)
        )
    )
    tally.elapsed = time.perf_counter() - began
    return tally


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    requests: Requests,
    end: float,
    tally: Tally,
) -> None:
    while (began := time.perf_counter()) < end and (message := next(requests, b"")):
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        tally.seconds.append(time.perf_counter() - began)
        if not head.startswith(b"HTTP/1.1 2"):
            tally.refused.append(body)
    writer.close()


def _length(head: bytes) -> int:
    """The length of the body in bytes."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.removeprefix(b"content-length:"))
    return 0
