"""Promises made for all writes: each is kept, or the request is refused; none is ignored."""

import re
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from httpx2 import Response
from sqlalchemy import func, select
from starlette.testclient import TestClient

from infrastructure.database.evidence_schema import verifications
from infrastructure.database.schema import exports
from tests.api.conftest import CASES, Badges, Walk, log_size, the_service
from tests.api.http.test_doors import CATALOGUE, LISTS, VERBS
from tests.support.browser_client import OURS, Visitor
from tests.support.review_client import REVIEWS, STEPS

EXPORTS, PAGE = "/api/v1/audit/exports", "/audit/exports"
ARTICLES = "/api/v1/articles"
IF_MATCH, KEY = {"If-Match": '"77"'}, {"Idempotency-Key": "k-1"}
CREATIONS = {f"POST {each}" for each in (CASES, CATALOGUE, REVIEWS, ARTICLES)}
COMMANDS = {
    *(f"POST {CASES}/{{case_id}}/{verb}" for verb in VERBS),
    *(door for door in LISTS if "{code}" in door),
    *(f"POST {REVIEWS}/{{review_id}}/{verb}" for verb, *_ in STEPS),
    *(f"POST {REVIEWS}/{{review_id}}/{verb}" for verb in ("withdraw", "retime")),
    *(f"POST {ARTICLES}/{{entry_id}}/{verb}" for verb in ("approve", "return")),
    f"POST {CASES}/{{case_id}}/retime",
}
KEYED = CREATIONS | COMMANDS | {f"POST {EXPORTS}"}
"""Writes that keep the promise of the idempotency key; COMMANDS keep that of the version too."""


def writes(client: TestClient) -> list[str]:
    return [
        f"{method} {route.path}"
        for route in client.app.routes
        if isinstance(route, APIRoute)
        for method in set(route.methods or ()) - {"GET", "HEAD", "OPTIONS"}
    ]


def sent(client: TestClient, door: str, headers: dict[str, str]) -> Response:
    """Sends the write without a body, as somebody who comes from our own page."""
    method, _, path = door.partition(" ")
    address = re.sub(r"{size}", "1", re.sub(r"{\w*(id|name|code)}", str(uuid4()), path))
    return client.request(method, address, headers=OURS | headers)


def unkept(reply: Response) -> bool:
    return reply.status_code == 400 and reply.json()["code"] == "promise-unkept"


def test_every_write_keeps_each_promise_or_refuses_it(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    doors, size = writes(client), log_size(client)
    assert len(doors) >= 30
    for door in doors:
        with subtests.test(door):
            for header, kept in ((IF_MATCH, COMMANDS), (KEY, KEYED)):
                reply = sent(client, door, as_("operator") | header)
                assert unkept(reply) == (door not in kept), (door, reply.text)
                if door not in kept:
                    assert next(iter(header)) in reply.json()["detail"]
    assert log_size(client) == size


def test_the_description_names_no_promise_that_is_not_kept(client: TestClient):
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            named = {each["name"].lower() for each in operation.get("parameters", ())}
            door = f"{method.upper()} {path}"
            assert ("if-match" in named) == (door in COMMANDS), door
            assert ("idempotency-key" in named) == (door in KEYED), door


def test_a_new_case_has_no_version_that_somebody_saw(walk: Walk):
    size = log_size(walk.client)
    for seen in ('"1"', "*", 'W/"1"'):
        assert unkept(walk.attempt("opened", If_Match=seen))
    assert log_size(walk.client) == size


# exports ----------------------------------------------------------------------------------------


def number_of(client: TestClient, table: Any) -> int:
    with the_service(client).engine.connect() as db:
        return int(db.scalar(select(func.count()).select_from(table)) or 0)


def asks(client: TestClient, badge: dict[str, str], key: str = "k-1", **search: Any) -> Response:
    body = {"format": "csv", "search": search}
    return client.post(EXPORTS, json=body, headers=badge | {"Idempotency-Key": key})


def test_an_export_asked_for_twice_under_one_key_is_made_once(client: TestClient, as_: Badges):
    badge = as_("auditor")
    first, again = asks(client, badge, role="inspector"), asks(client, badge, role="inspector")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert number_of(client, exports) == 1


def test_a_key_of_an_export_serves_no_other_request(client: TestClient, as_: Badges):
    badge = as_("auditor")
    assert asks(client, badge).status_code == 202
    for other in (
        asks(client, badge, role="inspector"),
        client.post(EXPORTS, json={"format": "xlsx"}, headers=badge | KEY),
    ):
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert asks(client, badge, key="k-2").status_code == 202
    assert asks(client, as_("auditor", "auditor-02")).status_code == 202
    assert number_of(client, exports) == 3


def test_exports_without_a_key_are_each_made(client: TestClient, as_: Badges):
    for _ in range(2):
        reply = client.post(EXPORTS, json={"format": "csv"}, headers=as_("auditor"))
        assert reply.status_code == 202
    assert number_of(client, exports) == 2


@pytest.mark.parametrize("key", ["", "k" * 201, "411281199001010014"])
def test_a_key_of_an_export_is_read_like_that_of_a_command(
    client: TestClient, as_: Badges, walk: Walk, key: str
):
    assert asks(client, as_("auditor"), key=key).status_code == 422
    assert walk.attempt("opened", Idempotency_Key=key).status_code == 422
    assert number_of(client, exports) == 0


# forms ------------------------------------------------------------------------------------------


def form_of(visitor: Visitor, page: str) -> dict[str, str]:
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', visitor.looks(page).text)
    return dict(fields)


def test_a_form_sent_twice_makes_one_export(client: TestClient, visitor: Visitor):
    visitor.sign_in()
    form = form_of(visitor, f"{PAGE}?role=inspector") | {"format": "csv"}
    for _ in range(2):
        reply = client.post(PAGE, data=form, headers=OURS)
        assert (reply.status_code, reply.headers["location"]) == (303, f"{PAGE}?role=inspector")
    assert number_of(client, exports) == 1
    another = form_of(visitor, f"{PAGE}?role=inspector") | {"format": "csv"}
    client.post(PAGE, data=another, headers=OURS)
    assert number_of(client, exports) == 2


def test_a_form_changed_on_the_way_is_another_request(client: TestClient, visitor: Visitor):
    visitor.sign_in()
    form = form_of(visitor, PAGE)
    for format, status in (("csv", 303), ("xlsx", 422)):
        assert client.post(PAGE, data=form | {"format": format}, headers=OURS).status_code == status
    assert number_of(client, exports) == 1


def test_the_form_of_an_earlier_release_has_no_key_and_still_works(
    client: TestClient, visitor: Visitor
):
    visitor.sign_in()
    assert client.post(PAGE, data={"format": "csv"}, headers=OURS).status_code == 303
    assert number_of(client, exports) == 1
    broken = client.post(PAGE, data={"form_key": "x", "format": "csv"}, headers=OURS)
    assert broken.status_code == 422
    assert number_of(client, exports) == 1


def test_a_double_click_verifies_the_log_once(client: TestClient, visitor: Visitor):
    visitor.sign_in()
    form = form_of(visitor, "/audit/evidence")
    for _ in range(2):
        assert client.post("/audit/evidence", data=form, headers=OURS).status_code == 303
    assert number_of(client, verifications) == 1
    client.post("/audit/evidence", data=form_of(visitor, "/audit/evidence"), headers=OURS)
    assert number_of(client, verifications) == 2
