"""Commands over HTTP: parsing of requests, reporting of faults, replies."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from domain.values.parties import Channel
from tests.api.conftest import CASES, MOVES, PAPER, WAITING, Badges, Walk, log_size
from tests.api.http.test_doors import LISTS, VERBS, doors
from tests.api.v1.test_articles import ARTICLES
from tests.api.v1.test_articles import BODY as ENTRY
from tests.conftest import Clock
from tests.support.browser_client import EXPORTS, MINE, PAGES
from tests.support.review_client import REVIEWS, STEPS, Door

JSON = "application/json"
SUPPLY = json.dumps({"material": "M-02", "digest": PAPER})
CLERK = "intake_clerk"
NO_OBJECT = "/body model_attributes_type 应为 JSON 对象"
NO_JSON = "/body/1 json_invalid 不是有效的 JSON"
NO_BODY = "/body missing 缺少这一项"
NO_ID = "/path/case_id uuid_parsing 不是有效的编号"
SHORT_KEY = "/header/idempotency-key string_too_short 取值不合要求"


def send(
    walk: Walk, body: str | bytes = SUPPLY, media: str = JSON, address: str = "", **headers: str
) -> Response:
    all_headers = {"Content-Type": media, **walk.as_(CLERK), **headers}
    content = body.encode() if isinstance(body, str) else body
    return walk.client.post(address or f"{walk.url}/supply", content=content, headers=all_headers)


def faults(reply: Response) -> list[str]:
    """Returns the faults of an invalid request: pointer, code and text of each, in order."""
    problem = reply.json()
    assert (reply.status_code, problem["code"]) == (422, "invalid-request"), reply.text
    places = (f"{each['pointer']}：{each['detail']}" for each in problem["errors"])
    assert problem["detail"] == "；".join(places)
    return [f"{each['pointer']} {each['code']} {each['detail']}" for each in problem["errors"]]


@pytest.fixture
def granted(walk: Walk) -> Walk:
    walk.kind = "deferred_materials"
    return walk.to("granted")


# parsing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["opened", "cleared", "notified", "committed", "granted"])
@pytest.mark.parametrize(
    "media",
    ["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"],
)
def test_every_json_media_type_makes_the_same_request(walk: Walk, step: str, media: str):
    if before := MOVES[step].after:
        walk.to(before)
    move, verb = MOVES[step], MOVES[step].verb
    address = CASES if verb == "open" else f"{walk.url}/{verb}"
    headers = {"Idempotency-Key": "one", **walk.as_(move.role)}
    first, second = (
        send(walk, json.dumps(move.says(walk)), each, address, **headers) for each in (JSON, media)
    )
    assert first.is_success
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    "media",
    ["text/plain", "", "application", "application/xml", "image/svg+json", "application/json/x"],
)
def test_a_body_of_another_media_type_is_refused(granted: Walk, media: str):
    reply = send(granted, SUPPLY, media)
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported-media-type")


def test_of_two_different_headers_of_the_same_name_none_counts(granted: Walk):
    def ask(*keys: str) -> Response:
        headers = [("Idempotency-Key", each) for each in keys]
        headers += [("Content-Type", JSON), *granted.as_(CLERK).items()]
        return granted.client.post(f"{granted.url}/supply", content=SUPPLY, headers=headers)

    assert faults(ask("")) == [SHORT_KEY]
    assert ask("one", "another").json()["code"] == "malformed-header"
    assert ask("one", "one").is_success


def test_no_client_names_its_channel(granted: Walk):
    reply = send(granted, **{"X-Channel": "online"})
    assert reply.is_success
    steps = granted.get("/history").json()
    assert steps[-1]["channel"] == Channel.COUNTER


# faults -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Idempotency-Key": ""}, SHORT_KEY),
        ({"Idempotency-Key": "k" * 201}, "/header/idempotency-key string_too_long 取值不合要求"),
    ],
    ids=str,
)
def test_an_invalid_header_is_reported_with_its_pointer(
    granted: Walk, headers: dict[str, str], expected: str
):
    assert faults(send(granted, **headers)) == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", [NO_BODY]),
        ("{", [NO_JSON]),
        (" ", [NO_JSON]),
        ("null", [NO_OBJECT]),
        ("[]", [NO_OBJECT]),
        ("1", [NO_OBJECT]),
        ("{}", ["/body/material missing 缺少这一项", "/body/digest missing 缺少这一项"]),
        (SUPPLY.replace(PAPER, "x"), ["/body/digest string_pattern_mismatch 格式不对"]),
        (
            '{"material": 1}',
            ["/body/material string_type 应为文字", "/body/digest missing 缺少这一项"],
        ),
        (SUPPLY.replace("{", '{"<b>": 1, '), ["/body extra_forbidden 含有不认识的项"]),
    ],
    ids=lambda value: value[:20] or "nothing" if isinstance(value, str) else "",
)
def test_an_invalid_body_is_reported_with_its_pointer(
    granted: Walk, body: str, expected: list[str]
):
    assert faults(send(granted, body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "/body union_tag_not_found 缺少区分项（outcome 或者 kind）"),
        ({"outcome": "perhaps"}, "/body union_tag_invalid 不在可选值之内"),
        ({"outcome": "accept"}, "/body/accept/material missing 缺少这一项"),
    ],
    ids=str,
)
def test_a_body_without_a_known_outcome_is_reported_with_its_pointer(
    granted: Walk, body: dict[str, str], expected: str
):
    assert faults(send(granted, json.dumps(body), address=f"{granted.url}/review")) == [expected]


@pytest.mark.parametrize("body", ["[" * 100_000, b"\xff", "材料".encode("gbk")], ids=repr)
def test_a_body_that_cannot_be_parsed_is_a_bad_request(granted: Walk, body: str | bytes):
    reply = send(granted, body)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad-request")


@pytest.mark.parametrize("case_id", ["nobody", "1-{0}"])
def test_an_invalid_id_is_reported_with_its_pointer(granted: Walk, case_id: str):
    unlike = granted.view["id"][2:]  # with 1- before it, Python still parses it as a UUID
    reply = send(granted, address=f"{CASES}/{case_id.format(unlike)}/supply")
    assert faults(reply) == [NO_ID]


def test_all_faults_of_a_request_are_reported_at_once_headers_first(granted: Walk):
    headers = {"Idempotency-Key": ""}
    reply = send(granted, "[]", address=f"{CASES}/nobody/supply", **headers)
    assert faults(reply) == [SHORT_KEY, NO_ID, NO_OBJECT]


@pytest.mark.parametrize("tag", ['"1"', '"0"', 'W/"5"', '"elsewhere"', ""])
def test_a_version_seen_that_is_not_the_current_one_is_refused(granted: Walk, tag: str):
    reply = send(granted, **{"If-Match": tag})
    assert (reply.status_code, reply.json()["code"]) == (412, "stale-version")
    assert reply.json()["version"] == granted.view["version"]


@pytest.mark.parametrize("token", ["", "Bearer none"])
@pytest.mark.parametrize("body", [SUPPLY, "{", "[]", b"\xff", ""], ids=repr)
def test_a_client_without_a_valid_token_learns_no_faults(
    granted: Walk, token: str, body: str | bytes
):
    wrong = {"Authorization": token, "Idempotency-Key": ""}
    places = (f"{granted.url}/supply", f"{CASES}/nobody/supply", REVIEWS, "/api/v1/catalogue")
    for reply in (send(granted, body, address=place, **wrong) for place in places):
        assert (reply.status_code, reply.json()["code"]) == (401, "unauthenticated")


# replies ----------------------------------------------------------------------------------------

SILENT = {
    "POST /api/v1/projections/{name}/retry",
    "POST /api/v1/outbox/retry",
    "POST /api/v1/log/checkpoints/{size}/cosignatures",
    "POST /api/v1/files",
    "POST /sign-in",
    *(door for door in (*EXPORTS, *PAGES, *MINE) if door.startswith("POST ")),
}
"""POST endpoints that record no event of an aggregate."""
POISONED = {f"POST {CASES}/{{case_id}}/retime", f"POST {REVIEWS}/{{review_id}}/retime"}
"""Commands that need a wrong clock: tests/accidents/clock/test_poisoned.py."""


def commands(client: TestClient, as_: Badges, clock: Clock) -> Iterator[tuple[str, Response]]:
    """Sends every command once, at a stage where it is possible; yields endpoint and reply."""
    yield f"POST {CASES}", Walk(client, as_).attempt("opened")
    for verb, (step, _) in VERBS.items():
        kind = "deferred_materials" if verb in ("supply", "review") else "notice_commitment"
        walk = Walk(client, as_, kind).before(step)
        yield f"POST {CASES}/{{case_id}}/{verb}", walk.attempt(step)
    for door, body in LISTS.items():
        address = door.removeprefix("POST ").format(code=WAITING.code)
        yield door, client.post(address, json=body, headers=as_("catalog_admin"))
    yield from on_articles(client, as_)
    yield from on_reviews(Door(client, as_, clock))


def on_articles(client: TestClient, as_: Badges) -> Iterator[tuple[str, Response]]:
    for verb, body in (("approve", {}), ("return", {"reason": "与公报不符"})):
        reply = client.post(ARTICLES, json=ENTRY, headers=as_("legal_reviewer", "wu"))
        yield f"POST {ARTICLES}", reply
        address = f"{ARTICLES}/{reply.json()['id']}/{verb}"
        headers = as_("catalog_admin", "tang")
        yield (
            f"POST {ARTICLES}/{{entry_id}}/{verb}",
            client.post(address, json=body, headers=headers),
        )


def on_reviews(door: Door) -> Iterator[tuple[str, Response]]:
    for step in ([("withdraw", "", door.clock.now, {"reason": "不再申请"})], STEPS):
        reply = door.asks()
        yield f"POST {REVIEWS}", reply
        place = reply.headers["Location"]
        for verb, person, day, body in step:
            door.clock.now = day
            headers = door.reviewer(person) if person else door.lead()
            reply = door.client.post(f"{place}/{verb}", json=body, headers=headers)
            yield f"POST {REVIEWS}/{{review_id}}/{verb}", reply


def test_every_endpoint_that_records_an_event_returns_its_position(
    client: TestClient, as_: Badges, clock: Clock, subtests: pytest.Subtests
):
    tried: set[Any] = set()
    for door, reply in commands(client, as_, clock):
        tried.add(door)
        with subtests.test(door):
            assert reply.is_success, reply.text
            assert reply.headers.get("X-Position") == str(log_size(client))
            assert reply.headers["ETag"] == f'"{reply.json()["version"]}"'
    changing = {door for door in doors(client.app) if door.startswith("POST ")}
    assert tried == changing - SILENT - POISONED
