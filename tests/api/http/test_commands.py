"""A command is read the short way when it is well formed, else by the book: one answer for both.

A charset in the media type is enough to go by the book.
"""

import json
from typing import Any

import pytest
from httpx2 import Response

from tests.api.conftest import MOVES, PAPER, Walk

SHORT, BOOK = "application/json", "application/json; charset=utf-8"
SUPPLY = json.dumps({"material": "M-02", "digest": PAPER})
CLERK = "intake_clerk"


def send(walk: Walk, media: str, body: str, address: str = "", **headers: str) -> Response:
    asked = {"Content-Type": media, **walk.as_(CLERK), **headers}
    return walk.client.post(address or f"{walk.url}/supply", content=body.encode(), headers=asked)


def said(reply: Response) -> tuple[int, Any]:
    """The answer without what differs from request to request."""
    told = reply.json()
    told.pop("request_id", None)
    return reply.status_code, told


@pytest.fixture
def granted(walk: Walk) -> Walk:
    walk.kind = "deferred_materials"
    return walk.to("granted")


@pytest.mark.parametrize("step", ["opened", "cleared", "notified", "committed", "granted"])
def test_a_request_is_the_same_request_by_either_way(walk: Walk, step: str):
    if before := MOVES[step].after:
        walk.to(before)
    move, verb = MOVES[step], MOVES[step].verb
    address = "/api/v1/cases" if verb == "open" else f"{walk.url}/{verb}"
    asked = {"Idempotency-Key": "one", **walk.as_(move.role)}
    short, book = (
        send(walk, media, json.dumps(move.says(walk)), address, **asked) for media in (SHORT, BOOK)
    )
    assert short.is_success
    assert said(short) == said(book)
    assert book.headers["Idempotency-Replayed"] == "true"
    assert short.headers["ETag"] == book.headers["ETag"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Channel": "system"},
        {"X-Channel": "pigeon"},
        {"Idempotency-Key": ""},
        {"Idempotency-Key": "k" * 201},
        {"If-Match": '"1"'},
        {"If-Match": "elsewhere"},
        {"Authorization": ""},
        {"Authorization": "Bearer none", "X-Channel": "pigeon"},
    ],
    ids=str,
)
def test_a_header_is_refused_alike_by_either_way(granted: Walk, headers: dict[str, str]):
    short, book = (send(granted, media, SUPPLY, **headers) for media in (SHORT, BOOK))
    assert not short.is_success
    assert said(short) == said(book)


@pytest.mark.parametrize(
    "body",
    ["", "{", "null", "[]", "{}", "[" * 100_000, SUPPLY.replace(PAPER, "x"), '{"material": 1}'],
    ids=lambda body: body[:20] or "nothing",
)
def test_a_body_is_refused_alike_by_either_way(granted: Walk, body: str):
    short, book = (send(granted, media, body) for media in (SHORT, BOOK))
    assert not short.is_success
    assert said(short) == said(book)


@pytest.mark.parametrize("case_id", ["nobody", "{0}"])
def test_an_id_is_refused_alike_by_either_way(granted: Walk, case_id: str):
    unlike = "1-" + granted.view["id"][2:]  # what Python takes for a UUID, and the book does not
    address = f"/api/v1/cases/{case_id.format(unlike)}/supply"
    short, book = (send(granted, media, SUPPLY, address) for media in (SHORT, BOOK))
    assert short.status_code == 422
    assert said(short) == said(book)


def test_what_is_not_json_is_refused(granted: Walk):
    assert send(granted, "text/plain", SUPPLY).status_code == 422
