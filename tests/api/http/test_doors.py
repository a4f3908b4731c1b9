"""Every role at every endpoint: who may call it, and who may not."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from application.access.permissions import PERSONS_ROLES, Role
from tests import stories as s
from tests.api.conftest import (
    CASES,
    CITIZEN,
    ELSEWHERE,
    INSPECTORATE,
    ITEM,
    MOVES,
    WAITING,
    Badges,
    Walk,
    log_size,
)
from tests.api.http.test_auth import is_unauthenticated
from tests.given import MARKET_OFFICE
from tests.support.browser_client import EXPORTS, MINE, PAGES

ANYBODY, PEOPLE = "anybody", [role for role in Role if role in PERSONS_ROLES]
READERS = (
    "intake_clerk decision_officer inspector legal_reviewer hearing_chair "
    "auditor supervisor credit_collector"
)
VERBS = {
    "accept": ("asked", "intake_clerk"),
    "complete": ("completed", "intake_clerk"),
    "query": ("cleared", "intake_clerk decision_officer"),
    "notify": ("notified", "intake_clerk"),
    "commit": ("committed", "intake_clerk"),
    "check": ("checked", "decision_officer"),
    "decide": ("granted", "decision_officer"),
    "deliver": ("delivered", "intake_clerk decision_officer"),
    "amend": ("amended", "decision_officer"),
    "supply": ("supplied", "intake_clerk"),
    "review": ("accepted", "decision_officer"),
    "inspect": ("breached", "inspector"),
    "rectify": ("rectifying", "inspector"),
    "forewarn": ("forewarned", "inspector"),
    "hear": ("waived", "hearing_chair legal_reviewer"),
    "penalize": ("penalized", "decision_officer"),
    "renotify": ("renotified", "intake_clerk"),
    "withdraw": ("withdrawn", "intake_clerk"),
    "correct": ("corrected", "decision_officer"),
    "contact": ("reachable", "intake_clerk"),
}
"""By verb: a step that uses it, and the roles that may."""

CATALOGUE = "/api/v1/catalogue"
LISTS = {
    f"POST {CATALOGUE}": {"item": ITEM.model_dump(mode="json") | {"code": "000131001009"}},
    f"POST {CATALOGUE}/{{code}}/revise": {"terms": s.TERMS.model_dump(mode="json")},
    f"POST {CATALOGUE}/{{code}}/activate": {},
    f"POST {CATALOGUE}/{{code}}/delist": {"reason": "不再适用"},
}
"""Commands to the catalogue and their bodies, in an order in which each is possible."""

REVIEWS, REVIEWERS = "/api/v1/tolerance-reviews", "tolerance_reviewer auditor supervisor"
ON_REVIEWS = ("check", "decide", "notify", "reconsider", "appeal", "settle")
TOLERANCE = {
    "GET /api/v1/tolerance-counts": ANYBODY,
    f"POST {REVIEWS}": "department_lead",
    f"POST {REVIEWS}/{{review_id}}/withdraw": "department_lead",
    **{f"POST {REVIEWS}/{{review_id}}/{verb}": "tolerance_reviewer" for verb in ON_REVIEWS},
    f"POST {REVIEWS}/{{review_id}}/retime": "supervisor",
    f"GET {REVIEWS}": f"{REVIEWERS} department_lead",
    f"GET {REVIEWS}/{{review_id}}": f"{REVIEWERS} department_lead",
    f"GET {REVIEWS}/{{review_id}}/history": f"{REVIEWERS} department_lead",
    f"GET {REVIEWS}/{{review_id}}/cases/{{case_id}}": REVIEWERS,
}
"""tests/api/v1/test_tolerance_trail.py tries every role at these."""
ARTICLES = {
    "POST /api/v1/articles": "legal_reviewer",
    "POST /api/v1/articles/{entry_id}/approve": "legal_reviewer catalog_admin",
    "POST /api/v1/articles/{entry_id}/return": "legal_reviewer catalog_admin",
    "GET /api/v1/articles": "legal_reviewer catalog_admin",
}
"""tests/api/v1/test_articles.py tries every role at these."""
KEPT = f"{READERS} department_lead tolerance_reviewer"
FILES = {
    "POST /api/v1/files": "intake_clerk decision_officer inspector legal_reviewer hearing_chair "
    "department_lead tolerance_reviewer supervisor",
    "GET /api/v1/files/{owner}": KEPT,
    "GET /api/v1/files/{owner}/{sha256}": KEPT,
}
"""tests/api/applications/test_files.py tries every role at these."""
STREAMS = [
    f"GET /api/v1/audit/streams/{{stream_id}}{what}"
    for what in ("", "/history", "/diff", "/actions", "/reads")
]
SPAN = {"from": 1, "to": 2}
"""Query parameters of a difference; every other endpoint ignores them."""

WHO = {
    f"POST {CASES}": "intake_clerk",
    **{f"POST {CASES}/{{case_id}}/{verb}": roles for verb, (_, roles) in VERBS.items()},
    f"POST {CASES}/{{case_id}}/retime": "supervisor",  # tests/accidents/clock/test_poisoned.py
    f"GET {CASES}": READERS,
    f"GET {CASES}/{{case_id}}": READERS,
    f"GET {CASES}/{{case_id}}/history": READERS,
    f"GET {CASES}/{{case_id}}/diff": READERS,
    f"GET {CASES}/{{case_id}}/proof": READERS,
    f"GET {CASES}/{{case_id}}/bundle": READERS,
    f"GET {CASES}/{{case_id}}/documents": READERS,
    f"GET {CASES}/{{case_id}}/documents/{{kind}}": READERS,
    f"GET {CASES}/{{case_id}}/reused/{{material}}": READERS,
    f"GET {CASES}/{{case_id}}/applicant": "intake_clerk decision_officer inspector",
    f"GET {CASES}/{{case_id}}/contact": "intake_clerk decision_officer inspector",
    **FILES,
    **TOLERANCE,
    **ARTICLES,
    "GET /api/v1/worklist": READERS,
    "GET /api/v1/worklist/counts": READERS,
    "GET /api/v1/board": "supervisor department_lead",
    "GET /api/v1/statistics": ANYBODY,
    "GET /api/v1/audit": "auditor",
    "GET /api/v1/audit/cases": "auditor",
    **dict.fromkeys(EXPORTS, "auditor"),
    "GET /api/v1/audit/reads": "auditor",
    **dict.fromkeys(STREAMS, "auditor"),
    "GET /api/v1/projections": "operator",
    "GET /api/v1/projections/parked": "operator",
    "POST /api/v1/projections/{name}/retry": "operator",
    "GET /api/v1/outbox": "operator",
    "POST /api/v1/outbox/retry": "operator",
    **dict.fromkeys(LISTS, "catalog_admin"),
    f"GET {CATALOGUE}": ANYBODY,
    f"GET {CATALOGUE}/{{code}}": ANYBODY,
    f"GET {CATALOGUE}/{{code}}/terms/{{version}}": ANYBODY,
    "GET /api/v1/templates/{table}.xlsx": ANYBODY,
    "GET /api/v1/disclosures": ANYBODY,
    "GET /api/v1/disclosures/changes": ANYBODY,
    "GET /api/v1/disclosures/{code}": ANYBODY,
    "POST /api/v1/log/checkpoints/{size}/cosignatures": ANYBODY,
    "GET /api/v1/log/inclusion": ANYBODY,
    "GET /api/v1/log/consistency": ANYBODY,
    "GET /log/checkpoint": ANYBODY,
    "GET /log/checkpoint/{size}": ANYBODY,
    "GET /log/keys": ANYBODY,
    "GET /log/tile/{level}/{index:path}": ANYBODY,
    "GET /log/verify.py": ANYBODY,
    "GET /api/v1/problems": ANYBODY,
    "GET /livez": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /metrics": ANYBODY,
    "GET /": ANYBODY,
    "GET /disclosures/{code}": ANYBODY,
    "GET /verify/{code}": ANYBODY,
    "GET /catalogue": ANYBODY,
    "GET /catalogue/{code}": ANYBODY,
    "GET /about": ANYBODY,
    "GET /law": ANYBODY,
    "GET /data": ANYBODY,
    "GET /data/{name}": ANYBODY,
    "GET /download.{format}": ANYBODY,
    "GET /feed.atom": ANYBODY,
    "GET /statistics": ANYBODY,
    "GET /statistics.xlsx": ANYBODY,
    "GET /docs": ANYBODY,
    "GET /openapi.json": ANYBODY,
    "GET /static/{name}": ANYBODY,
    "GET /swagger/{name}": ANYBODY,
    "GET /favicon.ico": ANYBODY,
    "GET /robots.txt": ANYBODY,
    "GET /sitemap.xml": ANYBODY,
    "GET /sign-in": ANYBODY,
    **dict.fromkeys(PAGES, "whoever is signed in"),
    **dict.fromkeys(MINE, "whoever holds the code"),
}


def doors(app: FastAPI) -> Iterator[str]:
    """Every route, also those that the OpenAPI document omits."""
    waiting = list(app.routes)
    for route in waiting:
        if inside := getattr(route, "original_router", None):
            waiting.extend(inside.routes)
            continue
        methods = getattr(route, "methods", None) or {"GET"}
        yield from (f"{method} {route.path}" for method in methods - {"HEAD", "OPTIONS"})


def denied(roles: str) -> list[Role]:
    return [role for role in PEOPLE if role not in roles.split()]


def is_forbidden(reply: Response) -> None:
    assert (reply.status_code, reply.json()["code"]) == (403, "not-permitted"), reply.text


def test_every_route_has_a_row_in_the_table_of_roles(client: TestClient):
    assert sorted(doors(client.app)) == sorted(WHO)


def test_only_the_intake_clerk_opens_a_case(walk: Walk):
    size = log_size(walk.client)
    for role in denied(WHO[f"POST {CASES}"]):
        is_forbidden(walk.post("open", walk.application, **walk.as_(role)))
    assert log_size(walk.client) == size
    assert walk.attempt("opened").is_success


def test_only_permitted_roles_use_a_verb(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    for verb, (step, roles) in VERBS.items():
        with subtests.test(verb):
            kind = "deferred_materials" if verb in ("supply", "review") else "notice_commitment"
            walk = Walk(client, as_, kind).before(step)
            size, body = log_size(client), MOVES[step].says(walk)
            for role in denied(roles):
                is_forbidden(walk.post(verb, body, **as_(role)))
            is_unauthenticated(walk.post(verb, body))
            assert log_size(client) == size
            assert walk.attempt(step).is_success


def test_each_of_several_permitted_roles_can_use_a_verb(client: TestClient, as_: Badges):
    for verb, (step, roles) in VERBS.items():
        for role in roles.split() if " " in roles else ():
            walk = Walk(client, as_).before(step)
            assert walk.post(verb, MOVES[step].says(walk), **as_(role)).is_success, (verb, role)


def test_only_permitted_roles_read_a_case(walk: Walk, subtests: pytest.Subtests):
    walk.applicant = CITIZEN
    walk.to("granted")
    assert walk.attempt("reachable").is_success
    for what in ("", "/history", "/diff", "/applicant", "/contact"):
        with subtests.test(what):
            roles = WHO[f"GET {CASES}/{{case_id}}{what}"]
            for role in denied(roles):
                is_forbidden(walk.get(what, role, **SPAN))
            assert {walk.get(what, role, **SPAN).status_code for role in roles.split()} == {200}
            is_unauthenticated(walk.client.get(walk.url + what))


def test_only_auditors_read_streams_of_any_type(walk: Walk):
    walk.to("cleared")
    for door in STREAMS:
        address = door.removeprefix("GET ").format(stream_id=walk.view["id"])
        for role in denied("auditor"):
            is_forbidden(walk.client.get(address, params=SPAN, headers=walk.as_(role)))
        assert walk.client.get(address, params=SPAN, headers=walk.as_("auditor")).is_success
        is_unauthenticated(walk.client.get(address))


def test_only_the_catalogue_administrator_changes_the_catalogue(client: TestClient, as_: Badges):
    for door, body in LISTS.items():
        address = door.removeprefix("POST ").format(code=WAITING.code)
        size = log_size(client)
        for role in denied(WHO[door]):
            is_forbidden(client.post(address, json=body, headers=as_(role)))
        is_unauthenticated(client.post(address, json=body))
        assert log_size(client) == size
        assert client.post(address, json=body, headers=as_("catalog_admin")).is_success
        assert log_size(client) == size + 1


def test_only_permitted_roles_read_an_internal_list(client: TestClient, as_: Badges):
    for address in ("/api/v1/audit", "/api/v1/audit/reads", "/api/v1/worklist", CASES):
        roles = WHO[f"GET {address}"].split()
        for role in PEOPLE:
            reply = client.get(address, headers=as_(role))
            assert reply.status_code == (200 if role in roles else 403), (address, role)
        is_unauthenticated(client.get(address))


def test_public_endpoints_need_no_token(client: TestClient):
    for door in (door for door, roles in WHO.items() if roles == ANYBODY):
        method, _, address = re.sub(r"{\w+(:path)?}", ITEM.code, door).partition(" ")
        assert client.request(method, address).status_code not in (401, 403), door


# the right role at the wrong office -------------------------------------------------------------


def test_an_office_uses_only_its_own_verbs(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    """The market office accepts and decides, the inspectorate inspects, either may hear."""
    for verb, (step, _) in VERBS.items():
        role, home = MOVES[step].role, {MARKET_OFFICE}
        if role is Role.INSPECTOR:
            home = {INSPECTORATE}
        elif verb == "hear":
            home = {MARKET_OFFICE, INSPECTORATE}
        kind = "deferred_materials" if verb in ("supply", "review") else "notice_commitment"
        walk = Walk(client, as_, kind).before(step)
        size, body = log_size(client), MOVES[step].says(walk)
        for office in {ELSEWHERE, INSPECTORATE, MARKET_OFFICE} - home:
            with subtests.test(verb, office=office.name):
                is_forbidden(walk.post(verb, body, **as_(role, department=office)))
                assert log_size(client) == size


def test_an_unrelated_office_neither_opens_nor_reads_a_case(walk: Walk):
    is_forbidden(
        walk.post("open", walk.application, **walk.as_("intake_clerk", department=ELSEWHERE))
    )
    walk.applicant = CITIZEN
    walk.to("granted")
    assert walk.attempt("reachable").is_success
    for role in ("intake_clerk", "decision_officer", "inspector", "hearing_chair"):
        for what in ("", "/history", "/diff", "/applicant", "/contact"):
            badge = walk.as_(role, department=ELSEWHERE)
            is_forbidden(walk.client.get(walk.url + what, params=SPAN, headers=badge))
