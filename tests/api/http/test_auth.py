"""Authentication: malformed, forged and expired tokens are refused."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from tests.api.conftest import CASES, Badges, Walk, log_size
from tests.conftest import Clock
from tests.given import DAY_1, MARKET_OFFICE

# invalid tokens ---------------------------------------------------------------------------------

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


def saying(**otherwise: Any) -> Forge:
    """Signs the claims with the right key; a claim of None is omitted."""
    claims = {name: value for name, value in (CLAIMS | otherwise).items() if value is not None}
    return lambda key: jwt.encode(ES256, claims, key)


def _hs256(public: bytes) -> str:
    return _by_hand({"alg": "HS256"}, lambda text: hmac.new(public, text, hashlib.sha256).digest())


def _strangers(key: ECKey) -> str:
    """Signs with a foreign key that the token itself supplies."""
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
    "expired": saying(exp=int(DAY_1.timestamp()) - 1),
    "not yet": saying(nbf=LATER),
    "issued in the future": saying(iat=LATER),
    "another audience": saying(aud="elsewhere"),
    "another issuer": saying(iss="elsewhere"),
    "an unknown role": saying(role="mayor"),
    "a role that is no text": saying(role=["auditor"]),
    "a person that is no text": saying(sub=17),
    "a person without a name": saying(sub=" "),
    "a department of text": saying(department="114112810058000150"),
    "a department that cannot be": saying(department={"code": "114112810058000151", "name": "x"}),
} | {f"without {claim}": saying(**{claim: None}) for claim in CLAIMS}


def is_unauthenticated(reply: Response) -> None:
    assert reply.status_code == 401, reply.text
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert reply.json()["code"] == "unauthenticated"


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_an_invalid_token_is_refused_and_changes_nothing(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    size, key = log_size(client), as_.tokens.key
    for fault, forge in FORGERIES.items():
        with subtests.test(fault):
            is_unauthenticated(client.get("/api/v1/audit", headers=bearing(forge(key))))
            body = Walk(client, as_).application
            is_unauthenticated(client.post(CASES, json=body, headers=bearing(forge(key))))
    assert log_size(client) == size


def test_the_token_from_which_the_forgeries_are_made_is_accepted(client: TestClient, as_: Badges):
    token = jwt.encode(ES256, CLAIMS, as_.tokens.key)
    assert client.get("/api/v1/audit", headers=bearing(token)).status_code == 200


def test_a_token_is_accepted_only_as_a_bearer_token_in_its_header(client: TestClient, as_: Badges):
    token = as_("auditor")["Authorization"].removeprefix("Bearer ")
    is_unauthenticated(client.get("/api/v1/audit"))
    is_unauthenticated(client.get(f"/api/v1/audit?access_token={token}"))
    is_unauthenticated(client.get("/api/v1/audit", headers={"Authorization": f"Basic {token}"}))
    is_unauthenticated(client.get("/api/v1/audit", headers={"Cookie": f"token={token}"}))


def test_a_token_expires(client: TestClient, as_: Badges, clock: Clock):
    badge = as_("auditor")
    clock.go_on(hours=8, seconds=-1)
    assert client.get("/api/v1/audit", headers=badge).status_code == 200
    clock.go_on(seconds=2)
    is_unauthenticated(client.get("/api/v1/audit", headers=badge))
