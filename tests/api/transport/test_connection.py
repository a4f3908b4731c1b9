"""A connection: what is taken in raw bytes, what is refused below the application, hanging up."""

import json
import socket
from collections.abc import Iterator
from io import StringIO
from urllib.parse import quote

import pytest
from starlette.types import Message, Scope

from api.app import create_app
from api.http.protocol.raw_target import RequestLine
from infrastructure.settings import Settings
from tests.accidents import test_http_grammar as grammar
from tests.accidents.test_proxies import live
from tests.api.conftest import CASES, Walk, the_service
from tests.conftest import Clock
from tests.support.parallel import in_a_loop

case, sqlite, logs = grammar.case, grammar.sqlite, grammar.logs

SENT = "GET /api/v1/disclosures?q=义马 HTTP/1.1\r\n".encode()
HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n\r\n"
_POST, _GET = b"POST /sign-in HTTP/1.1\r\n", b"GET /livez HTTP/1.1\r\n"
BYTES = {
    "raw UTF-8 in the query": (SENT + HOST + CLOSE, 200),
    "raw UTF-8 in the path": ("GET /disclosures/义马 HTTP/1.1\r\n".encode() + HOST + CLOSE, 404),
    "bytes of another coding": (b"GET /about?q=\xd2\xe5 HTTP/1.1\r\n" + HOST + CLOSE, 200),
    "broken percent-encoding": (
        b"GET /api/v1/disclosures?q=%E0%A4%A HTTP/1.1\r\n" + HOST + CLOSE,
        422,
    ),
    "braces and bars": (b"GET /about?q={x}|^`<> HTTP/1.1\r\n" + HOST + CLOSE, 200),
    "empty lines before the request": (b"\r\n\r\n" + SENT + HOST + CLOSE, 200),
    "HTTP/1.0 without Host": (b"GET /livez HTTP/1.0\r\n\r\n", 200),
    "HTTP/1.0 kept alive": (b"GET /about HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200),
    "an absolute target": (
        b"GET http://localhost/livez HTTP/1.1\r\nHost: x.example\r\n" + CLOSE,
        200,
    ),
    "two slashes": (b"GET //livez HTTP/1.1\r\n" + HOST + CLOSE, 404),
    "OPTIONS of the server": (b"OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE, 204),
    "a blank in the target": (b"GET /a b HTTP/1.1\r\n" + HOST + CLOSE, 400),
    "a control character": (b"GET /a\x01 HTTP/1.1\r\n" + HOST + CLOSE, 400),
    "a folded field": (_GET + b"X: a\r\n b\r\n" + HOST + CLOSE, 400),
    "a blank before the colon": (b"GET /livez HTTP/1.1\r\nX : a\r\n" + HOST + CLOSE, 400),
    "two lengths": (
        _POST + b"Content-Length: 1\r\nContent-Length: 2\r\n" + HOST + CLOSE,
        400,
    ),
    "another version": (b"GET /livez HTTP/3.1\r\n" + HOST + CLOSE, 400),
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 501),
    "an unknown method": (b"FETCH /livez HTTP/1.1\r\n" + HOST + CLOSE, 501),
    "no Host": (b"GET /livez HTTP/1.1\r\n" + CLOSE, 400),
    "two Hosts": (b"GET /livez HTTP/1.1\r\nHost: a\r\n" + HOST + CLOSE, 400),
    "a Host that is none": (b"GET /livez HTTP/1.1\r\nHost: a/b\r\n" + CLOSE, 400),
    "an unknown transfer coding": (
        _POST + b"Transfer-Encoding: gzip, chunked\r\n" + HOST + CLOSE,
        501,
    ),
    "an upgrade that is declined": (
        _GET + b"Upgrade: h2c\r\nConnection: Upgrade, close\r\n" + HOST + b"\r\n",
        200,
    ),
}
"""What a client sends, and the status that it gets."""


@pytest.fixture
def port(sqlite: Settings, clock: Clock) -> Iterator[int]:
    with live(create_app(sqlite, clock)) as port:
        yield port


def exchange(port: int, *parts: bytes) -> bytes:
    """Sends these parts and returns everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_every_request_line_is_answered_and_every_refusal_is_a_problem(
    port: int, subtests: pytest.Subtests
):
    for about, (sent, status) in BYTES.items():
        with subtests.test(about):
            head, _, body = exchange(port, sent).partition(b"\r\n\r\n")
            assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
            assert b"server:" not in head.lower()
            assert b"content-security-policy:" in head.lower()
            assert b"\r\ndate: " in head.lower()
            if status >= 400:
                assert b"application/problem+json" in head
                assert json.loads(body)["status"] == status
            if b"HTTP/1.0" in sent:
                assert b"chunked" not in head


def test_raw_utf8_finds_what_encoded_utf8_finds(sqlite: Settings, clock: Clock):
    sent = "GET /api/v1/disclosures?q={} HTTP/1.1\r\n"
    app = create_app(sqlite, clock)
    with live(app) as port:
        bodies = [
            exchange(port, sent.format(q).encode() + HOST + CLOSE).partition(b"\r\n\r\n")[2]
            for q in ("义马", quote("义马"))
        ]
    assert bodies[0] == bodies[1] != b""


def test_a_letter_cut_in_two_by_the_network_is_one_letter(port: int):
    whole = SENT + HOST + CLOSE
    cut = whole.index(b"\xe4") + 1
    assert exchange(port, whole[:cut], whole[cut:]).startswith(b"HTTP/1.1 200 ")


def test_the_second_request_of_a_connection_may_hold_raw_utf8_as_well():
    first = RequestLine()
    assert first.feed(b"\r\nGET /\xe4") == b"\r\nGET /%E4"
    assert first.feed(b"\xb9 HTTP/1.1\r\nX: \xe4") == b"%B9 HTTP/1.1\r\nX: \xe4"
    assert first.ended


def test_the_body_of_a_command_survives_an_offer_to_upgrade(case: Walk, clock: Clock):
    """Java sends `Upgrade: h2c` with every request over plain http."""
    body = json.dumps(case.application).encode()
    badge = case.as_("intake_clerk")["Authorization"]
    head = (
        f"POST {CASES} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {badge}\r\n"
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with (
        live(create_app(the_service(case.client).settings, clock)) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as connection,
    ):
        connection.sendall(head + body)
        assert connection.recv(100).startswith(b"HTTP/1.1 201 ")


def test_a_client_that_hangs_up_in_the_body_is_no_error(case: Walk, logs: StringIO):
    sent = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    answers: list[Message] = []

    async def receive() -> Message:
        return sent.pop(0)

    async def send(message: Message) -> None:
        answers.append(message)

    badge = case.as_("intake_clerk")["Authorization"].encode()
    fields = [(b"host", b"localhost"), (b"authorization", badge)]
    scope: Scope = {"type": "http", "method": "POST", "path": CASES, "headers": fields}
    scope |= {"query_string": b"", "scheme": "http", "http_version": "1.1", "client": None}
    in_a_loop(case.client.app(scope, receive, send))
    assert answers == []
    assert '"status": 499' in logs.getvalue()
    assert "internal-error" not in logs.getvalue()
