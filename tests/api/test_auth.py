"""Who is asking, and what they may ask: tokens that do not hold, every role at every door."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from application.permissions import Role
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
from tests.api.visitor import EXPORTS, PAGES
from tests.conftest import Clock
from tests.given import DAY_1, MARKET_OFFICE

# tokens that do not hold ------------------------------------------------------------------------

CLAIMS: dict[str, Any] = {
    "iss": "xinnuo",
    "aud": "xinnuo-api",
    "sub": "auditor-01",
    "role": "auditor",
    "department": MARKET_OFFICE.model_dump(),
    "iat": int(DAY_1.timestamp()),
    "exp": int((DAY_1 + timedelta(hours=1)).timestamp()),
}
LATER = int((DAY_1 + timedelta(minutes=5)).timestamp())
ES256 = {"alg": "ES256", "typ": "JWT"}
Forge = Callable[[ECKey], str]


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _by_hand(header: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    text = ".".join(_b64(json.dumps(part).encode()) for part in (header, CLAIMS))
    return f"{text}.{_b64(sign(text.encode()))}"


def _saying(**otherwise: Any) -> Forge:
    """Signed with the right key; a claim that is None is left out."""
    claims = {name: value for name, value in (CLAIMS | otherwise).items() if value is not None}
    return lambda key: jwt.encode(ES256, claims, key)


def _hs256(public: bytes) -> str:
    return _by_hand({"alg": "HS256"}, lambda text: hmac.new(public, text, hashlib.sha256).digest())


def _strangers(key: ECKey) -> str:
    """Another key, which the token brings along itself."""
    other = ECKey.generate_key("P-256")
    return jwt.encode(ES256 | {"jwk": other.as_dict(private=False)}, CLAIMS, other)


def _tampered(key: ECKey) -> str:
    header, _, signature = jwt.encode(ES256, CLAIMS | {"role": "supervisor"}, key).split(".")
    return f"{header}.{_b64(json.dumps(CLAIMS).encode())}.{signature}"


FORGERIES: dict[str, Forge] = {
    "nothing": lambda _: "",
    "garbage": lambda _: "garbage",
    "garbage in three parts": lambda _: "a.b.c",
    "no algorithm": lambda _: _by_hand({"alg": "none"}, lambda _: b""),
    "no algorithm, shouted": lambda _: _by_hand({"alg": "NONE"}, lambda _: b""),
    "HS256 with the public key": lambda key: _hs256(key.as_pem(private=False)),
    "HS256 with the public JWK": lambda key: _hs256(
        json.dumps(key.as_dict(private=False)).encode()
    ),
    "a stranger's key": _strangers,
    "tampered": _tampered,
    "unsigned": lambda key: jwt.encode(ES256, CLAIMS, key).rpartition(".")[0] + ".",
    "expired": _saying(exp=int(DAY_1.timestamp()) - 1),
    "not yet": _saying(nbf=LATER),
    "issued in the future": _saying(iat=LATER),
    "another audience": _saying(aud="elsewhere"),
    "another issuer": _saying(iss="elsewhere"),
    "an unknown role": _saying(role="mayor"),
    "a role that is no text": _saying(role=["auditor"]),
    "a person that is no text": _saying(sub=17),
    "a person without a name": _saying(sub=" "),
    "a department of text": _saying(department="114112810058000150"),
    "a department that cannot be": _saying(department={"code": "114112810058000151", "name": "x"}),
} | {f"without {claim}": _saying(**{claim: None}) for claim in CLAIMS}


def is_unauthenticated(reply: Response) -> None:
    assert reply.status_code == 401, reply.text
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert reply.json()["code"] == "unauthenticated"


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_that_does_not_hold_opens_nothing(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    size, key = log_size(client), as_.tokens.key
    for fault, forge in FORGERIES.items():
        with subtests.test(fault):
            is_unauthenticated(client.get("/api/v1/audit", headers=bearing(forge(key))))
            body = Walk(client, as_).application
            is_unauthenticated(client.post(CASES, json=body, headers=bearing(forge(key))))
    assert log_size(client) == size


def test_the_token_that_the_others_were_forged_from_holds(client: TestClient, as_: Badges):
    token = jwt.encode(ES256, CLAIMS, as_.tokens.key)
    assert client.get("/api/v1/audit", headers=bearing(token)).status_code == 200


def test_a_token_counts_in_its_header_only(client: TestClient, as_: Badges):
    token = as_("auditor")["Authorization"].removeprefix("Bearer ")
    is_unauthenticated(client.get("/api/v1/audit"))
    is_unauthenticated(client.get(f"/api/v1/audit?access_token={token}"))
    is_unauthenticated(client.get("/api/v1/audit", headers={"Authorization": f"Basic {token}"}))
    is_unauthenticated(client.get("/api/v1/audit", headers={"Cookie": f"token={token}"}))


def test_a_token_runs_out(client: TestClient, as_: Badges, clock: Clock):
    badge = as_("auditor")
    clock.go_on(hours=8, seconds=-1)
    assert client.get("/api/v1/audit", headers=badge).status_code == 200
    clock.go_on(seconds=2)
    is_unauthenticated(client.get("/api/v1/audit", headers=badge))


# every role at every door -----------------------------------------------------------------------

ANYBODY, SIGNED_IN = "anybody", " ".join(Role)
READERS = (
    "intake_clerk decision_officer inspector legal_reviewer hearing_chair "
    "auditor supervisor credit_collector system"
)
VERBS = {
    "query": ("cleared", "intake_clerk decision_officer"),
    "notify": ("notified", "intake_clerk"),
    "commit": ("committed", "intake_clerk"),
    "decide": ("granted", "decision_officer"),
    "supply": ("supplied", "intake_clerk"),
    "review": ("accepted", "decision_officer"),
    "inspect": ("breached", "inspector system"),
    "rectify": ("rectifying", "inspector system"),
    "forewarn": ("forewarned", "inspector"),
    "hear": ("waived", "hearing_chair legal_reviewer"),
    "penalize": ("penalized", "decision_officer"),
    "withdraw": ("withdrawn", "intake_clerk"),
}
"""A move that asks for the verb, and who may."""

CATALOGUE = "/api/v1/catalogue"
LISTS = {
    f"POST {CATALOGUE}": {"item": ITEM.model_dump(mode="json") | {"code": "000131001009"}},
    f"POST {CATALOGUE}/{{code}}/revise": {"terms": s.TERMS.model_dump(mode="json")},
    f"POST {CATALOGUE}/{{code}}/activate": {},
    f"POST {CATALOGUE}/{{code}}/delist": {"reason": "不再适用"},
}
"""What is said to the catalogue, in an order in which each is possible."""

WHO = {
    f"POST {CASES}": "intake_clerk",
    **{f"POST {CASES}/{{case_id}}/{verb}": roles for verb, (_, roles) in VERBS.items()},
    f"GET {CASES}": SIGNED_IN,
    f"GET {CASES}/{{case_id}}": READERS,
    f"GET {CASES}/{{case_id}}/history": READERS,
    f"GET {CASES}/{{case_id}}/applicant": "intake_clerk decision_officer inspector",
    "GET /api/v1/worklist": SIGNED_IN,
    "GET /api/v1/audit": "auditor",
    **dict.fromkeys(EXPORTS, "auditor"),
    "GET /api/v1/projections": "operator",
    "GET /api/v1/projections/parked": "operator",
    "POST /api/v1/projections/{name}/retry": "operator",
    "GET /api/v1/outbox": "operator",
    "POST /api/v1/outbox/retry": "operator",
    **dict.fromkeys(LISTS, "catalog_admin"),
    f"GET {CATALOGUE}": ANYBODY,
    f"GET {CATALOGUE}/{{code}}": ANYBODY,
    "GET /api/v1/disclosures": ANYBODY,
    "GET /api/v1/disclosures/{code}": ANYBODY,
    "GET /api/v1/problems": ANYBODY,
    "GET /livez": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /metrics": ANYBODY,
    "GET /": ANYBODY,
    "GET /disclosures/{code}": ANYBODY,
    "GET /catalogue": ANYBODY,
    "GET /catalogue/{code}": ANYBODY,
    "GET /about": ANYBODY,
    "GET /docs": ANYBODY,
    "GET /openapi.json": ANYBODY,
    "GET /static": ANYBODY,
    "GET /swagger": ANYBODY,
    "GET /sign-in": ANYBODY,
    **dict.fromkeys(PAGES, "whoever is signed in"),
}


def doors(app: FastAPI) -> Iterator[str]:
    """Every route there is, also those that the document does not show."""
    waiting = list(app.routes)
    for route in waiting:
        if inside := getattr(route, "original_router", None):
            waiting.extend(inside.routes)
            continue
        methods = getattr(route, "methods", None) or {"GET"}
        yield from (f"{method} {route.path}" for method in methods - {"HEAD", "OPTIONS"})


def denied(roles: str) -> list[Role]:
    return [role for role in Role if role not in roles.split()]


def is_forbidden(reply: Response) -> None:
    assert (reply.status_code, reply.json()["code"]) == (403, "not-permitted"), reply.text


def test_every_door_has_a_row(client: TestClient):
    assert sorted(doors(client.app)) == sorted(WHO)


def test_a_case_is_opened_by_the_window_alone(walk: Walk):
    size = log_size(walk.client)
    for role in denied(WHO[f"POST {CASES}"]):
        is_forbidden(walk.post("open", walk.application, **walk.as_(role)))
    assert log_size(walk.client) == size
    assert walk.attempt("opened").is_success


def test_every_verb_is_for_its_roles_alone(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    for verb, (step, roles) in VERBS.items():
        with subtests.test(verb):
            kind = "deferred_materials" if verb in ("supply", "review") else "notice_commitment"
            walk = Walk(client, as_, kind).to(MOVES[step].after)
            size, body = log_size(client), MOVES[step].says(walk)
            for role in denied(roles):
                is_forbidden(walk.post(verb, body, **as_(role)))
            is_unauthenticated(walk.post(verb, body))
            assert log_size(client) == size
            assert walk.attempt(step).is_success


def test_where_several_roles_may_each_of_them_can(client: TestClient, as_: Badges):
    for verb, (step, roles) in VERBS.items():
        for role in roles.split() if " " in roles else ():
            walk = Walk(client, as_).to(MOVES[step].after)
            assert walk.post(verb, MOVES[step].says(walk), **as_(role)).is_success, (verb, role)


def test_a_case_is_read_by_whom_it_concerns(walk: Walk, subtests: pytest.Subtests):
    walk.applicant = CITIZEN
    walk.to("granted")
    for what in ("", "/history", "/applicant"):
        with subtests.test(what):
            roles = WHO[f"GET {CASES}/{{case_id}}{what}"]
            for role in denied(roles):
                is_forbidden(walk.get(what, role))
            assert {walk.get(what, role).status_code for role in roles.split()} == {200}
            is_unauthenticated(walk.client.get(walk.url + what))


def test_the_catalogue_is_changed_by_its_keeper_alone(client: TestClient, as_: Badges):
    for door, body in LISTS.items():
        address = door.removeprefix("POST ").format(code=WAITING.code)
        size = log_size(client)
        for role in denied(WHO[door]):
            is_forbidden(client.post(address, json=body, headers=as_(role)))
        is_unauthenticated(client.post(address, json=body))
        assert log_size(client) == size
        assert client.post(address, json=body, headers=as_("catalog_admin")).is_success
        assert log_size(client) == size + 1


def test_a_list_is_for_its_roles_alone(client: TestClient, as_: Badges):
    for address in ("/api/v1/audit", "/api/v1/worklist", CASES):
        roles = WHO[f"GET {address}"].split()
        for role in Role:
            reply = client.get(address, headers=as_(role))
            assert reply.status_code == (200 if role in roles else 403), (address, role)
        is_unauthenticated(client.get(address))


def test_what_is_public_needs_no_token(client: TestClient):
    for door in (door for door, roles in WHO.items() if roles == ANYBODY):
        address = door.removeprefix("GET ").format(code=ITEM.code)
        assert client.get(address).status_code not in (401, 403), door


# the right role at the wrong office -------------------------------------------------------------


def test_an_office_does_only_what_is_its_own(
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
        walk = Walk(client, as_, kind).to(MOVES[step].after)
        size, body = log_size(client), MOVES[step].says(walk)
        for office in {ELSEWHERE, INSPECTORATE, MARKET_OFFICE} - home:
            with subtests.test(verb, office=office.name):
                is_forbidden(walk.post(verb, body, **as_(role, department=office)))
                assert log_size(client) == size


def test_another_office_neither_opens_nor_reads(walk: Walk):
    is_forbidden(
        walk.post("open", walk.application, **walk.as_("intake_clerk", department=ELSEWHERE))
    )
    walk.applicant = CITIZEN
    walk.to("granted")
    for role in ("intake_clerk", "decision_officer", "inspector", "hearing_chair"):
        for what in ("", "/history", "/applicant"):
            badge = walk.as_(role, department=ELSEWHERE)
            is_forbidden(walk.client.get(walk.url + what, headers=badge))
