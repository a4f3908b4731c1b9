"""Bounds at the connection: size and time of a request, number of connections, what is at work."""

import json
from collections.abc import Iterator

import pytest

from api.http.problems import PROBLEM_TYPES
from api.server.connections import Limits, trusted
from tests.api.transport.raw_http import LARGE, Address, Line, served

SOON = Limits(
    head_seconds=0.4,
    request_seconds=0.8,
    body_rate=1024,
    write_seconds=0.6,
    sweep_seconds=0.05,
)
"""The same bounds, so short that a test can wait for them."""
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
KILOBYTE = 1024
ELSEWHERE = "127.0.0.2"
"""An address of this machine that is no trusted proxy."""


@pytest.fixture(scope="module")
def soon() -> Iterator[Address]:
    with served(SOON) as address:
        yield address


@pytest.fixture(scope="module")
def ordinary() -> Iterator[Address]:
    with served(Limits()) as address:
        yield address


def is_problem(answer: bytes, code: str) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    status = PROBLEM_TYPES[code].status
    assert head.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    return bool(json.loads(body)["code"] == code)


def post(length: int, *more: bytes) -> bytes:
    return b"\r\n".join(
        [b"POST / HTTP/1.1", b"Host: x", *more, b"Content-Length: %d" % length, b"", b""]
    )


# size -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [b"X: %s\r\n", b"Cookie: a=%s\r\n", b"%s: 1\r\n"])
def test_a_head_of_32_kilobytes_is_the_largest(ordinary: Address, field: bytes):
    def head(size: int) -> bytes:
        filler = size - len(GET) - len(field % b"")
        return GET[:-2] + field % (b"x" * filler) + b"\r\n"

    with Line(ordinary) as line:
        line.send(head(32 * KILOBYTE))
        assert line.answer().startswith(b"HTTP/1.1 200 ")
    with Line(ordinary) as line:
        line.send(head(32 * KILOBYTE + 1))
        assert is_problem(line.rest(), "head-too-large")


@pytest.mark.parametrize(
    "endless",
    [
        b"GET / HTTP/1.1\r\nX: " + b"x" * 200 * KILOBYTE,
        b"GET /" + b"x" * 200 * KILOBYTE,
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 40 * KILOBYTE,
        b"GET / HTTP/1.1\r\n" + b"x" * 200 * KILOBYTE,
    ],
    ids=["value", "target", "many fields", "name"],
)
def test_a_head_that_never_ends_is_refused_at_32_kilobytes(ordinary: Address, endless: bytes):
    with Line(ordinary) as line:
        for start in range(0, len(endless), KILOBYTE):
            line.send(endless[start : start + KILOBYTE])
        found = line.rest()
        assert found == b"" or is_problem(found, "head-too-large")
    with Line(ordinary) as line:
        line.send(endless[: 32 * KILOBYTE + 1])
        assert is_problem(line.rest(), "head-too-large")


def test_a_large_head_on_a_used_connection_is_refused_too(ordinary: Address):
    with Line(ordinary) as line:
        line.send(post(100 * KILOBYTE) + b"x" * 100 * KILOBYTE)
        assert line.reply().endswith(b"102400")
        line.send(GET[:-2] + b"X: " + b"x" * 48 * KILOBYTE)
        assert is_problem(line.rest(), "head-too-large")


def test_many_requests_sent_at_once_are_not_taken_for_one_large_head(ordinary: Address):
    padded = GET[:-2] + b"X: " + b"x" * 16 * KILOBYTE + b"\r\n\r\n"
    with Line(ordinary) as line:
        line.send(padded * 20)
        found = b""
        while found.count(b"HTTP/1.1 200 ") < 20 and (more := line.answer()):
            found += more
    assert found.count(b"HTTP/1.1 200 ") == 20


def test_what_is_no_http_is_a_problem(ordinary: Address):
    for bytes_, code in (
        (b"\x16\x03\x01\x02\x00\x01\x00", "not-implemented"),
        (b"HELO mail\r\n\r\n", "not-implemented"),
        (b"GET  /  HTTP/9\r\n\r\n", "bad-request"),
    ):
        with Line(ordinary) as line:
            line.send(bytes_)
            assert is_problem(line.rest(), code)


def test_a_large_body_behind_a_large_head_is_no_part_of_it(ordinary: Address):
    with Line(ordinary) as line:
        line.send(post(100 * KILOBYTE, b"X: " + b"x" * 31 * KILOBYTE) + b"x" * 100 * KILOBYTE)
        assert line.reply().endswith(b"102400")


# time -------------------------------------------------------------------------------------------


def test_a_silent_connection_is_closed_without_a_word(soon: Address):
    with Line(soon) as line:
        assert line.rest() == b""


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HT",
        GET[:-2],
        post(10),
        post(10) + b"12345",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
        b"G",
    ],
    ids=["line", "fields", "body", "half a body", "half a chunk", "letter"],
)
def test_a_request_that_is_never_finished_is_answered_408_and_closed(soon: Address, begun: bytes):
    with Line(soon) as line:
        line.send(begun)
        assert is_problem(line.rest(), "request-timeout")


@pytest.mark.parametrize("begin", [GET[:-2], post(10_000)], ids=["head", "body"])
def test_a_byte_now_and_then_buys_no_time(soon: Address, begin: bytes):
    with Line(soon) as line:
        line.send(begin)
        line.socket.settimeout(0.05)
        found, sent = b"", 0
        while not found and sent < 400:
            line.send(b"x")
            sent += 1
            try:
                found = line.answer()
                break
            except TimeoutError:
                pass
        assert sent < 400
        assert not found or is_problem(found, "request-timeout")


def test_blank_lines_between_requests_buy_no_time(soon: Address):
    with Line(soon) as line:
        line.send(GET)
        assert line.answer().startswith(b"HTTP/1.1 200 ")
        line.send(b"\r\n")
        assert b"200 OK" not in line.rest()


def test_a_large_body_that_comes_in_steadily_has_more_time(soon: Address):
    with Line(soon) as line:
        line.send(post(4 * KILOBYTE))
        line.socket.settimeout(0.4)
        for _ in range(4):  # longer than `request_seconds`
            with pytest.raises(TimeoutError):
                line.answer()
            line.send(b"x" * KILOBYTE)
        assert line.reply().endswith(b"4096")


def test_a_client_that_takes_nothing_of_its_answer_is_cut_off(soon: Address):
    with Line(soon) as line:
        line.send(GET.replace(b"/ ", b"/large "))
        with Line(soon) as probe:
            assert probe.rest() == b""  # outlives `write_seconds` with the silence of others
            with Line(soon) as second:
                assert second.rest() == b""
        assert len(line.rest()) < LARGE


def test_a_long_answer_is_no_slow_request(soon: Address):
    with Line(soon) as slow, Line(soon) as silent:
        slow.send(GET.replace(b"/ ", b"/slow "))
        assert silent.rest() == b""  # so `head_seconds` are over
        with Line(soon) as go:
            go.send(GET.replace(b"/ ", b"/go "))
            assert go.answer().startswith(b"HTTP/1.1 200 ")
        assert slow.answer().startswith(b"HTTP/1.1 200 ")


# number -----------------------------------------------------------------------------------------


def test_one_address_has_so_many_connections_and_others_have_theirs():
    with served(Limits(per_address=3)) as address:
        lines = [Line(address, ELSEWHERE) for _ in range(3)]
        for line in lines:
            line.send(GET)
            assert line.answer().startswith(b"HTTP/1.1 200 ")
        with Line(address, ELSEWHERE) as refused:
            refused.send(GET)
            assert refused.rest() == b""
        with Line(address, "127.0.0.3") as other:
            other.send(GET)
            assert other.answer().startswith(b"HTTP/1.1 200 ")
        lines.pop().socket.close()
        with Line(address, "127.0.0.3") as other:  # the server has seen that by now
            other.send(GET)
            assert other.answer()
        with Line(address, ELSEWHERE) as again:
            again.send(GET)
            assert again.answer().startswith(b"HTTP/1.1 200 ")
        for line in lines:
            line.socket.close()


@pytest.mark.parametrize("proxies", ["127.0.0.1,::1", "127.0.0.0/24", "*"])
def test_a_trusted_proxy_has_no_bound_of_its_own(proxies: str):
    with served(Limits(per_address=1), forwarded_allow_ips=proxies) as address:
        lines = [Line(address) for _ in range(5)]
        for line in lines:
            line.send(GET)
            assert line.answer().startswith(b"HTTP/1.1 200 ")
            line.socket.close()


def test_addresses_of_proxies_are_read_with_blanks_networks_and_names():
    is_proxy = trusted("10.0.0.0/8, 192.0.2.7 ,proxy.internal,fd00::/8")
    assert [is_proxy(a) for a in ("10.9.9.9", "192.0.2.7", "fd00::1", "proxy.internal")] == [
        True
    ] * 4
    assert not [a for a in ("192.0.2.8", "11.0.0.1", "::1", "nowhere") if is_proxy(a)]


def test_when_all_places_are_taken_the_oldest_half_open_connection_makes_place():
    with served(Limits(connections=50)) as address:
        with Line(address) as at_work:
            at_work.send(GET.replace(b"/ ", b"/slow "))
            half_open = [Line(address) for _ in range(200)]
            with Line(address) as ours:
                ours.send(GET.replace(b"/ ", b"/go "))
                assert ours.answer().startswith(b"HTTP/1.1 200 ")
            assert at_work.answer().startswith(b"HTTP/1.1 200 ")
            assert [line.rest() for line in half_open[:140]] == [b""] * 140
        for line in half_open:
            line.socket.close()


def test_more_requests_than_may_be_at_work_are_answered_503():
    with served(Limits(requests=2)) as address:
        slow = [Line(address) for _ in range(2)]
        for line in slow:
            line.send(GET.replace(b"/ ", b"/slow "))
        with Line(address) as refused:
            refused.send(GET)
            found = refused.rest()
            assert is_problem(found, "busy")
            assert b"retry-after: 5" in found.lower()
        slow[0].socket.close()
        slow[1].socket.close()


def test_two_thousand_half_open_and_two_hundred_slow_connections_are_all_closed():
    limits = SOON._replace(head_seconds=1.0)
    with served(limits) as address:
        half_open = [Line(address) for _ in range(2000)]
        slow = [Line(address) for _ in range(200)]
        for line in slow:
            line.send(GET[:-2])
        with Line(address) as ours:
            ours.send(GET)
            assert ours.answer().startswith(b"HTTP/1.1 200 ")
        assert {line.rest() for line in half_open} == {b""}
        assert all(is_problem(line.rest(), "request-timeout") for line in slow)
        for line in half_open + slow:
            line.socket.close()
