"""Instants at the ends of the calendar: refused at every door, never an internal error."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from starlette.testclient import TestClient

from tests.api.conftest import CASES, Badges, Walk
from tests.support.browser_client import Visitor
from tests.support.service_driver import AUDITOR

EXTREMES = [
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "2200-01-01T00:00:00+08:00",
    "1948-12-31T23:59:59+08:00",
]


def _doors_with_instants(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and parameter of every instant that the API reads from an address."""
    return [
        (path, parameter["name"])
        for path, operations in document["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", ())
        if "'date-time'" in repr(parameter["schema"])
    ]


def test_an_instant_at_the_ends_of_the_calendar_is_refused_at_every_door(walk: Walk):
    walk.to("cleared")
    doors = _doors_with_instants(walk.client.get("/openapi.json").json())
    assert len(doors) >= 10
    ids = dict.fromkeys(("case_id", "stream_id", "review_id"), walk.view["id"])
    for path, name in doors:
        for at in EXTREMES:
            other = {"to": "1"} if name == "from" else {"from": "1"} if name == "to" else {}
            address, who = path.format(**ids), walk.as_("auditor")
            reply = walk.client.get(address, params={name: at} | other, headers=who)
            assert reply.status_code == 422, (address, name, at, reply.text)


def test_an_instant_at_the_ends_of_the_calendar_is_refused_on_a_page(walk: Walk):
    Visitor(walk.to("cleared").client, walk.as_).sign_in()
    page = f"/audit/streams/{walk.view['id']}"
    assert walk.client.get(page).status_code == 200
    for at in (*EXTREMES, "9999-12-31T23:59", "0001-01-01T00:00"):
        assert walk.client.get(page, params={"at": at}).status_code == 422, at


@pytest.mark.parametrize("at", EXTREMES)
def test_a_cursor_of_an_instant_at_the_ends_of_the_calendar_is_refused(walk: Walk, at: str):
    values = json.dumps([at, str(uuid4())]).encode()
    cursor = base64.urlsafe_b64encode(values).decode().rstrip("=")
    reply = walk.client.get(CASES, params={"cursor": cursor}, headers=walk.as_("auditor"))
    assert (reply.status_code, reply.json()["code"]) == (400, "bad-cursor")


@pytest.mark.parametrize("exp", [253402300800, 1e30, 1e400, 7258118400, -62135596801])
def test_a_token_that_ends_beyond_the_calendar_is_no_token(
    client: TestClient, as_: Badges, exp: Any
):
    tokens = as_.tokens
    good = jwt.decode(tokens.mint(AUDITOR, as_.clock(), 8), tokens.key, algorithms=["ES256"])
    forged = jwt.encode({"alg": "ES256"}, good.claims | {"exp": exp}, tokens.key)
    reply = client.get(CASES, headers={"Authorization": f"Bearer {forged}"})
    assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")
