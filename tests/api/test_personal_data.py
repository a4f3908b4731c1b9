"""Personal data over HTTP: refused in every field of every command, and shown to nobody."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.http.auth import Tokens
from application.case import service as casework
from application.case.commands.promise import OPEN
from application.catalogue import commands as catalogue
from application.execution.command import Command, Verb
from application.tolerance import commands as tolerance
from domain.values.parties import Actor
from domain.values.personal.screen import PersonalData
from domain.values.texts import paragraphs
from tests.api.conftest import CASES, Badges, Walk, log_size, project, the_service
from tests.api.v1.test_exports import finished
from tests.application.test_typed_texts import places, pointed_at
from tests.given import MARKET_OFFICE
from tests.support.review_client import REVIEWS
from tests.support.service_driver import everything
from tests.typed.fields import Path, replaced
from tests.typed.spellings import CARD, CITIZEN, MOBILE, SPELLINGS

SOME_ID = "00000000-0000-4000-8000-0000000000aa"
CATALOGUE = "/api/v1/catalogue"
ONE_OF_EACH = {kind: spellings[min(5, len(spellings) - 1)] for kind, spellings in SPELLINGS.items()}
SPELT = [each for spellings in SPELLINGS.values() for each in spellings]
DOORS: list[tuple[str, Verb]] = [
    (CASES, OPEN),
    *((f"{CASES}/{SOME_ID}/{verb.name}", verb) for verb in casework.VERBS),
    (CATALOGUE, catalogue.LIST),
    *((f"{CATALOGUE}/000131001001/{verb.name}", verb) for verb in catalogue.VERBS),
    (REVIEWS, tolerance.REQUEST),
    *((f"{REVIEWS}/{SOME_ID}/{verb.name}", verb) for verb in tolerance.VERBS),
]
"""The address of every verb; a body is checked before its case is looked for."""


def free_texts(command: type[Command]) -> Iterator[tuple[dict[str, Any], Path]]:
    """Yields a valid body for each free text of the command, and where it stands."""
    yield from ((body, place) for body, place, is_new in places(command) if is_new)


def holds(text: str) -> list[str]:
    """Returns the spellings that stand in a text."""
    return [each for each in (*SPELT, CITIZEN, MOBILE, CARD) if each in text]


@pytest.mark.parametrize(("address", "verb"), DOORS, ids=[f"{v.name}" for _, v in DOORS])
def test_every_free_text_of_every_command_is_refused_with_its_pointer(
    client: TestClient, as_: Badges, address: str, verb: Verb
):
    before, badge = log_size(client), as_("intake_clerk")
    for command in verb.outcomes:
        for body, place in free_texts(command):
            for kind, spelling in ONE_OF_EACH.items():
                reply = client.post(address, json=replaced(body, place, spelling), headers=badge)
                assert reply.status_code == 422, (command, place, reply.text)
                pointers = [each["pointer"] for each in reply.json()["errors"]]
                assert any(pointed_at(each.split("/"), map(str, place)) for each in pointers)
                assert PersonalData(kind).label in reply.text
                assert holds(reply.text) == []
    assert log_size(client) == before
    rows = [row for table in everything(the_service(client).engine).values() for row in table]
    assert holds("\n".join(rows)) == []


def test_what_else_is_typed_and_kept_is_screened_too(client: TestClient, as_: Badges, walk: Walk):
    walk.to("opened")
    auditor = as_("auditor")
    refused = [
        walk.attempt("cleared", **{"Idempotency-Key": MOBILE}),
        walk.get("/applicant", role="intake_clerk", purpose=f"致电{MOBILE}"),
        client.get("/api/v1/audit", params={"person": MOBILE}, headers=auditor),
        client.get("/api/v1/audit", params={"document": CITIZEN}, headers=auditor),
        client.get(REVIEWS, params={"department": CITIZEN}, headers=as_("auditor")),
        client.post(
            "/api/v1/audit/exports",
            json={"format": "csv", "search": {"organisation": f"某局{MOBILE}"}},
            headers=auditor,
        ),
    ]
    assert [(reply.status_code, holds(reply.text)) for reply in refused] == [(422, [])] * 6
    rows = [row for table in everything(the_service(client).engine).values() for row in table]
    assert holds("\n".join(rows)) == []


@pytest.mark.parametrize("cursor", [MOBILE, "WyIxMzgwMDEzODAwMCJd", "WzFd.."])
def test_a_cursor_that_this_service_did_not_issue_is_not_kept(
    client: TestClient, as_: Badges, cursor: str
):
    for address in (CASES, "/api/v1/audit", "/api/v1/audit/exports", REVIEWS):
        reply = client.get(address, params={"cursor": cursor}, headers=as_("auditor"))
        assert (reply.status_code, reply.json()["code"]) == (400, "bad-cursor"), address
    assert cursor not in str(everything(the_service(client).engine)["reads"])


def test_a_token_with_personal_data_opens_nothing(client: TestClient, as_: Badges):
    office = MARKET_OFFICE.model_copy(update={"name": f"某局{MOBILE}"})
    for actor in (
        Actor.model_construct(person=MOBILE, role="auditor", department=MARKET_OFFICE),
        Actor.model_construct(person="w-01", role="auditor", department=office),
    ):
        tokens: Tokens = as_.tokens
        badge = {"Authorization": f"Bearer {tokens.mint(actor, as_.clock(), 8)}"}
        assert client.get("/api/v1/audit", headers=badge).status_code == 401


# a statement that is kept verbatim ----------------------------------------------------------------

VERBATIM = "；".join(SPELT)


@pytest.fixture
def heard(walk: Walk) -> Walk:
    """A case that ended with a sanction, after a hearing whose statement holds every spelling."""
    walk.to("forewarned")
    body = {"outcome": "heard", "statement": VERBATIM, "opinion": "不采纳"}
    assert walk.post("hear", body, **walk.as_("hearing_chair")).status_code == 422
    body["verbatim_because"] = "当事人要求如实记录"
    assert walk.post("hear", body, **walk.as_("hearing_chair")).is_success
    walk.view = walk.get().json()
    assert walk.attempt("penalized").is_success
    project(walk.client)
    return walk


def test_a_statement_kept_verbatim_is_read_in_the_case_file_and_nowhere_else(heard: Walk):
    entry = next(e for e in heard.get("/history").json() if e["topic"] == "case/statement-heard")
    assert entry["facts"]["statement"] == paragraphs(VERBATIM)
    assert "陈述含个人信息，照录于案卷，理由：当事人要求如实记录" in entry["sentence"]
    assert holds(entry["sentence"]) == []


def test_no_page_list_export_or_feed_shows_a_statement_kept_verbatim(heard: Walk):
    code, auditor = heard.view["commitment"]["code"], heard.as_("auditor")
    public = ["/", f"/disclosures/{code}", "/catalogue", "/about"]
    public += ["/api/v1/disclosures", f"/api/v1/disclosures/{code}", CATALOGUE]
    for address in public:
        reply = heard.client.get(address)
        assert reply.status_code == 200, address
        assert holds(reply.text) == [], address
    for address in (
        "/api/v1/audit",
        CASES,
        "/api/v1/worklist",
        "/api/v1/outbox",
        "/api/v1/audit/exports",
    ):
        assert holds(heard.client.get(address, headers=auditor).text) == [], address
    for format in ("csv", "ndjson"):
        file = finished(heard.client, auditor, format).decode("utf-8-sig")
        assert "照录于案卷" in file
        assert holds(file) == []


def test_the_contact_of_an_organ_is_public_and_a_persons_number_in_its_place_is_not(
    client: TestClient, as_: Badges
):
    address, admin = f"{CATALOGUE}/000131001001", as_("catalog_admin")
    project(client)
    terms = client.get(address).json()["terms"]
    contact = {"telephone": "（0398）5832345", "complaints": "12345", "address": "千秋路东段"}
    refused = client.post(
        f"{address}/revise",
        json={"terms": terms | {"contact": {"telephone": MOBILE}}},
        headers=admin,
    )
    assert refused.json()["errors"][0]["pointer"] == "/body/terms/contact/telephone"
    revised = client.post(
        f"{address}/revise", json={"terms": terms | {"contact": contact}}, headers=admin
    )
    assert revised.is_success, revised.text
    project(client)
    assert client.get(address).json()["terms"]["contact"]["telephone"] == "0398-5832345"
    page = client.get("/catalogue/000131001001").text
    assert "咨询电话" in page and "0398-5832345" in page and "12345" in page
    assert contact["address"] in page
