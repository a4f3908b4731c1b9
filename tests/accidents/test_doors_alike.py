"""One value, many doors: however it is spelled, every door reads it alike, and so do cursors."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from itertools import permutations
from typing import Any, get_args
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import update
from starlette.testclient import TestClient

from domain.catalogue.item import item_id
from domain.kernel.record_ids import RecordId
from infrastructure.database.engine import writing
from infrastructure.database.schema import outbox
from infrastructure.outbox.outbox import MessageState
from tests.api.conftest import ITEM, Badges, Walk, project, the_service
from tests.conftest import Clock
from tests.support.browser_client import Visitor
from tests.support.review_client import REVIEWS, Door

WIDE = str.maketrans({each: chr(ord(each) + 0xFEE0) for each in "0123456789abcdefABCDEF"})


def spellings_of_a_code(code: str) -> Iterator[str]:
    """As a code is typed, or copied from a letter, a table or a PDF file."""
    yield code.translate(WIDE)
    yield f" {code} "
    yield " ".join(code[i : i + 4] for i in range(0, len(code), 4))
    yield "-".join((code[:6], code[6:]))
    yield "–".join((code[:8], code[8:]))
    yield f"{code[:3]}\u200b{code[3:]}\ufeff"
    yield f"'{code}"
    yield f"{code[:2]}\u3000{code[2:]}"


def spellings_of_an_id(id: str) -> Iterator[str]:
    """RFC 9562 and what people make of it."""
    yield id.upper()
    yield id.replace("-", "")
    yield f"urn:uuid:{id}"
    yield f"URN:UUID:{id.upper()}"
    yield "{" + id + "}"
    yield "{" + id.upper() + "}"
    yield f" {id} "
    yield id.translate(WIDE)
    yield id.replace("-", "–")
    yield f"{id[:8]}\u200b{id[8:]}"


@pytest.fixture
def granted(client: TestClient, as_: Badges) -> Walk:
    walk = Walk(client, as_).to("granted")
    project(client)
    return walk


def path(text: str) -> str:
    return text.replace(" ", "%20").replace("{", "%7B").replace("}", "%7D")


# codes ------------------------------------------------------------------------------------------


def test_a_commitment_code_is_read_alike_by_page_and_api(granted: Walk):
    code, get = granted.view["commitment"]["code"], granted.client.get
    right = get(f"/api/v1/disclosures/{code}").json()
    page = get(f"/disclosures/{code}").text
    for spelled in spellings_of_a_code(code):
        assert get(f"/api/v1/disclosures/{path(spelled)}").json() == right, spelled
        shown = get(f"/disclosures/{path(spelled)}")
        assert (shown.status_code, shown.text) == (200, page), spelled


def test_a_commitment_code_is_found_in_every_spelling_by_every_search(
    granted: Walk, visitor: Visitor
):
    code = granted.view["commitment"]["code"]
    visitor.sign_in()
    get, badge = visitor.client.get, granted.as_("auditor")
    for spelled in spellings_of_a_code(code):
        search = {"q": spelled}
        found = get("/api/v1/disclosures", params=search).json()["items"]
        assert [each["code"] for each in found] == [code], spelled
        assert code in get("/", params=search).text, spelled
        trail = get("/api/v1/audit", params={"document": spelled}, headers=badge)
        assert len(trail.json()["items"]) >= 1, spelled
        assert "没有符合条件" not in get("/audit/search", params={"document": spelled}).text, (
            spelled
        )


def test_an_item_code_is_read_alike_by_page_api_and_command(client: TestClient, as_: Badges):
    project(client)
    right = client.get(f"/api/v1/catalogue/{ITEM.code}").json()
    for spelled in spellings_of_a_code(ITEM.code):
        address = f"/api/v1/catalogue/{path(spelled)}"
        assert client.get(address).json() == right, spelled
        assert client.get(f"/catalogue/{path(spelled)}").status_code == 200, spelled
        refused = client.post(f"{address}/activate", headers=as_("catalog_admin"))
        assert refused.json()["code"] == "action-refused", spelled


@pytest.mark.parametrize("code", ["4112812026", "x", "4112812026092800000１x", "²" * 20])
def test_what_is_no_code_is_refused_by_both_doors_with_the_same_words(
    client: TestClient, code: str
):
    fault = client.get(f"/api/v1/disclosures/{code}").json()["errors"][0]["detail"]
    page = client.get(f"/disclosures/{code}", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert fault in unescape(page.text)


# ids --------------------------------------------------------------------------------------------


OF_A_CASE = (
    "/api/v1/cases/{}",
    "/api/v1/cases/{}/history",
    "/api/v1/cases/{}/proof",
    "/api/v1/cases/{}/diff?from=1&to=2",
    "/api/v1/audit/streams/{}",
    "/api/v1/audit/streams/{}/actions",
    "/api/v1/audit/streams/{}/reads",
    "/audit/streams/{}",
    "/api/v1/audit?stream={}",
    "/api/v1/audit/reads?stream={}",
    "/audit/search?stream={}",
    "/audit/search?document={}",
    "/audit/reads?stream={}",
    f"{REVIEWS}?case={{}}",
    "/audit/tolerance?case={}",
)


def test_an_id_is_read_alike_by_every_door(client: TestClient, as_: Badges, visitor: Visitor):
    door = Door(client, as_)
    review, case = door.begins().rpartition("/")[2], door.case
    item = str(item_id(ITEM.code))
    project(client)
    visitor.sign_in()
    badge = as_("auditor")
    for id, addresses in {
        case: (*OF_A_CASE, f"{REVIEWS}/{review}/cases/{{}}"),
        review: (f"{REVIEWS}/{{}}", f"{REVIEWS}/{{}}/history", "/audit/streams/{}"),
        item: ("/api/v1/audit/streams/{}", "/audit/streams/{}"),
    }.items():
        for address in addresses:
            plain = client.get(address.format(id), headers=badge)
            assert plain.status_code == 200
            for spelled in spellings_of_an_id(id):
                reply = client.get(address.format(path(spelled)), headers=badge)
                assert reply.status_code == 200, (address, spelled, reply.text)
                if plain.headers["content-type"] == "application/json" and "reads" not in address:
                    assert reply.json() == plain.json(), (address, spelled)


def test_a_command_reads_an_id_like_every_other_door(granted: Walk):
    bad = granted.client.post("/api/v1/cases/x/inspect", json={}, headers=granted.as_("inspector"))
    assert bad.json()["errors"][0]["detail"]
    for spelled in spellings_of_an_id(granted.view["id"]):
        address = f"/api/v1/cases/{path(spelled)}/notify"
        reply = granted.client.post(address, json={}, headers=granted.as_("intake_clerk"))
        assert reply.json()["code"] == "action-refused", spelled


@pytest.mark.parametrize(
    "text", ["x", "0" * 31, "0" * 33, "g" * 32, "1_" * 16, "{" + "0" * 30 + "}", "²" * 32]
)
def test_what_is_no_id_is_refused_alike(client: TestClient, as_: Badges, text: str):
    for address in (f"/api/v1/cases/{text}", f"/api/v1/audit/streams/{text}", f"{REVIEWS}/{text}"):
        reply = client.get(address, headers=as_("auditor"))
        faults = {(each["code"], each["detail"]) for each in reply.json()["errors"]}
        assert faults == {("uuid_parsing", "不是有效的编号")}, address


def test_no_door_has_a_type_of_its_own_for_an_id_or_an_instant(client: TestClient):
    """A bare UUID or datetime would read fewer spellings, or numbers as seconds since 1970."""
    (ours,) = [each for each in RecordId.__metadata__ if not isinstance(each, str)]
    seen = 0
    for route in (each for each in client.app.routes if isinstance(each, APIRoute)):
        waiting = [route.dependant]
        while waiting:
            dependant = waiting.pop()
            waiting += dependant.dependencies
            for field in (*dependant.path_params, *dependant.query_params):
                kinds = {field.field_info.annotation, *get_args(field.field_info.annotation)}
                assert datetime not in kinds, (route.path, field.name)
                if UUID in kinds:
                    metadata = [*field.field_info.metadata]
                    nested = [m for kind in kinds for m in getattr(kind, "__metadata__", ())]
                    assert ours in metadata + nested, (route.path, field.name)
                    seen += 1
    assert seen >= 15


# cursors ----------------------------------------------------------------------------------------

LISTS: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    # address                    a query that gives a second page    another query of the same list
    "/api/v1/cases": ("auditor", {}, {"stage": "granted"}),
    "/api/v1/worklist": ("auditor", {}, {}),
    "/api/v1/disclosures": ("", {}, {"status": "supervised"}),
    "/api/v1/catalogue": ("", {}, {"listing": "active"}),
    "/api/v1/audit": ("auditor", {}, {"newest": "true"}),
    "/api/v1/audit/reads": ("auditor", {}, {"what": "cases"}),
    "/api/v1/audit/exports": ("auditor", {}, {}),
    REVIEWS: ("auditor", {}, {"stage": "requested"}),
    "/api/v1/outbox": ("operator", {}, {"state": "returned"}),
}


@pytest.fixture
def filled(client: TestClient, as_: Badges, clock: Clock) -> TestClient:
    """Every list has two lines and more."""
    for _ in range(2):
        Door(client, as_, clock).begins()
        Walk(client, as_).to("granted")
        body = {"format": "csv"}
        client.post("/api/v1/audit/exports", json=body, headers=as_("auditor"))
        client.get("/api/v1/cases", headers=as_("auditor"))
    project(client)
    with writing(the_service(client).engine).begin() as db:
        db.execute(update(outbox).values(state=MessageState.RETURNED))
    return client


def first_cursor(client: TestClient, as_: Badges, address: str, **query: str) -> str:
    role, *_ = LISTS[address]
    badge = as_(role) if role else {}
    reply = client.get(address, params={"limit": "1"} | query, headers=badge)
    assert reply.json()["next"], address
    return str(reply.json()["next"])


def status(client: TestClient, as_: Badges, address: str, **query: str) -> tuple[int, str | None]:
    role, *_ = LISTS[address]
    reply = client.get(address, params=query, headers=as_(role) if role else {})
    return reply.status_code, reply.json().get("code")


def test_a_cursor_opens_no_list_but_its_own(filled: TestClient, as_: Badges):
    cursors = {address: first_cursor(filled, as_, address) for address in LISTS}
    for address, cursor in cursors.items():
        assert status(filled, as_, address, cursor=cursor) == (200, None), address
        assert status(filled, as_, address, cursor=cursor, limit="2") == (200, None), address
    for one, other in permutations(LISTS, 2):
        assert status(filled, as_, one, cursor=cursors[other]) == (400, "bad-cursor"), (one, other)


def test_a_cursor_opens_no_other_filters(filled: TestClient, as_: Badges):
    for address, (_, query, otherwise) in LISTS.items():
        if otherwise:
            cursor = first_cursor(filled, as_, address, **query)
            changed = query | otherwise
            assert status(filled, as_, address, cursor=cursor, **changed) == (400, "bad-cursor")
            empty = dict.fromkeys(otherwise, "") if address == "/api/v1/disclosures" else {}
            assert status(filled, as_, address, cursor=cursor, **query | empty) == (200, None)


def test_a_key_that_no_list_can_have_made_is_refused(filled: TestClient, as_: Badges):
    for address in LISTS:
        seal, _, key = first_cursor(filled, as_, address).partition(".")
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        for place, value in enumerate(values):
            for forged in _forged(value):
                wrong = [*values[:place], forged, *values[place + 1 :]]
                text = base64.urlsafe_b64encode(json.dumps(wrong).encode()).decode().rstrip("=")
                got = status(filled, as_, address, cursor=f"{seal}.{text}")
                assert got == (400, "bad-cursor"), (address, forged)
        for cursor in (key, f"{'a' * 16}.{key}", f"{seal}.", f".{key}", seal, f"{seal}.{key}x."):
            assert status(filled, as_, address, cursor=cursor) == (400, "bad-cursor"), cursor


def _forged(value: object) -> Iterator[Any]:
    yield from (None, True, [value], {"a": value}, 1.5)
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d ", value):
        yield from (value.partition("+")[0], value[:10], "0001-01-01 00:00:00+14:00")


def test_a_page_with_a_refused_cursor_offers_the_first_page(
    filled: TestClient, as_: Badges, visitor: Visitor
):
    visitor.sign_in()
    cursor = first_cursor(filled, as_, "/api/v1/audit")
    for address, first, frame in (
        (f"/?status=supervised&cursor={cursor}", "/?status=supervised", "公示"),
        (f"/catalogue?cursor={cursor}", "/catalogue", "公示"),
        (f"/audit/search?role=auditor&cursor={cursor}", "/audit/search?role=auditor", "退出"),
        (f"/audit/cases?cursor={cursor}", "/audit/cases", "退出"),
        (f"/audit/reads?cursor={cursor}", "/audit/reads", "退出"),
        (f"/audit/tolerance?cursor={cursor}", "/audit/tolerance", "退出"),
        (f"/audit/exports?cursor={cursor}", "/audit/exports", "退出"),
    ):
        reply = visitor.looks(address)
        assert reply.status_code == 400, address
        assert f'href="{first}">从第一页看</a>' in unescape(reply.text), address
        assert frame in reply.text
        assert visitor.looks(first).status_code == 200
