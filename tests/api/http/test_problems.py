"""Every refusal is a problem with a stable code; it repeats no input and changes nothing."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import delete, insert, select
from starlette.testclient import TestClient

from api.http.problems import PROBLEM_TYPES
from domain.files.values import MAX_BYTES
from infrastructure.database.engine import writing
from infrastructure.database.schema import credit_entries
from infrastructure.settings import Settings
from tests.api.conftest import (
    CASES,
    CITIZEN,
    MOVES,
    OPERATORS,
    WAITING,
    Badges,
    ScanningClient,
    Walk,
    furnish,
    log_size,
    served,
    the_service,
)
from tests.conftest import OPERATOR_PORT, Clock, migrate, tokens_of
from tests.support.browser_client import OURS
from tests.support.postgres import Server

CANARY, AHEAD = CITIZEN["id_number"], {"X-Min-Position": "999999"}
JSON = {"Content-Type": "application/json"}
MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}
LIMIT = Settings().max_body_bytes


def is_problem(reply: Response, code: str) -> dict[str, Any]:
    """Checks what every problem must have; returns the problem."""
    assert reply.headers["Content-Type"] == "application/problem+json", reply.text
    problem = reply.json()
    assert problem["code"] == code, problem
    assert problem.keys() >= MEMBERS
    assert (problem["status"], problem["title"]) == tuple(PROBLEM_TYPES[code])
    assert reply.status_code == problem["status"]
    assert problem["type"] == f"/api/v1/problems#{code}"
    assert problem["request_id"] == reply.headers["X-Request-Id"]
    assert reply.headers["Cache-Control"] == "no-store"
    assert problem["detail"]
    return problem


# every problem type, once -----------------------------------------------------------------------

Provocation = Callable[[Walk], Response]


def _forgetful(walk: Walk) -> Response:
    """Queries credit while the register is empty."""
    service = the_service(walk.client)
    with writing(service.engine).begin() as db:
        rows = db.execute(select(credit_entries)).mappings().all()
        db.execute(delete(credit_entries))
    reply = walk.to("opened").attempt("cleared")
    with writing(service.engine).begin() as db:
        db.execute(insert(credit_entries), [dict(row) for row in rows])
    return reply


def _reused(walk: Walk) -> Response:
    assert walk.to("cleared").attempt("notified", Idempotency_Key="k").is_success
    return Walk(walk.client, walk.as_).attempt("opened", Idempotency_Key="k")


def _under_another_name(walk: Walk) -> Response:
    """Opens a second case of one company under another name."""
    walk.to("opened")
    walk.applicant = walk.applicant | {"name": "义马市百味食品有限公司"}
    return walk.attempt("opened")


def _sent(walk: Walk, content: bytes) -> Response:
    headers = walk.as_("intake_clerk")
    return walk.client.post("/api/v1/files", files={"file": ("scan.pdf", content)}, headers=headers)


PROVOCATIONS: dict[str, Provocation] = {
    "action-refused": lambda w: w.to("opened").attempt("notified"),
    "item-closed": lambda w: w.post(
        "open", w.application | {"item": WAITING.code}, **w.as_("intake_clerk")
    ),
    "identity-conflict": _under_another_name,
    "not-permitted": lambda w: w.post("open", w.application, **w.as_("auditor")),
    "not-found": lambda w: w.client.get("/api/v1/nowhere"),
    "not-begun": lambda w: w.to("opened").get(at="2000-01-01T00:00:00Z"),
    "not-yet": lambda w: w.to("opened").get(version=2),
    "stale-version": lambda w: w.to("cleared").attempt("notified", If_Match='"1"'),
    "idempotency-key-reused": _reused,
    "platform-unreachable": _forgetful,
    "unauthenticated": lambda w: w.client.get(CASES),
    "cross-site": lambda w: w.client.post("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}),
    "invalid-request": lambda w: w.post("open", {}, **w.as_("intake_clerk")),
    "bad-cursor": lambda w: w.client.get("/api/v1/disclosures?cursor=x"),
    "promise-unkept": lambda w: w.client.post("/sign-in", headers=OURS | {"If-Match": "*"}),
    "bad-request": lambda w: w.client.post(
        CASES, content=b'"\xff"', headers=JSON | w.as_("intake_clerk")
    ),
    "method-not-allowed": lambda w: w.client.delete(CASES),
    "malformed-header": lambda w: w.to("opened").attempt("cleared", If_Match="1"),
    "unsupported-media-type": lambda w: w.client.post(
        CASES, content=b"a=b", headers=w.as_("intake_clerk")
    ),
    "file-refused": lambda w: _sent(w, b"<html>"),
    "file-too-large": lambda w: _sent(w, b"%PDF-" + bytes(MAX_BYTES)),
    "not-implemented": lambda w: w.client.get("/livez", headers={"Transfer-Encoding": "gzip"}),
    "projection-behind": lambda w: w.client.get("/api/v1/disclosures", headers=AHEAD),
    "too-large": lambda w: w.client.post(
        CASES, content=b"x" * (LIMIT + 1), headers=JSON | w.as_("intake_clerk")
    ),
}
ELSEWHERE = {"database-unavailable", "internal-error"}  # tested at the end of this file
ELSEWHERE |= {"request-timeout", "head-too-large", "busy", "misdirected"}  # in transport/
ELSEWHERE |= {"keys-missing", "identity-unreadable", "written-by-newer-release"}  # in accidents/
ELSEWHERE |= {"no-longer-public", "too-many-rows", "document-differs"}  # site, infrastructure
ELSEWHERE |= {"clock-jumped", "log-contradicted"}  # in accidents/


def test_every_problem_type_is_provoked_by_some_test():
    assert PROVOCATIONS.keys() | ELSEWHERE == PROBLEM_TYPES.keys()


def test_each_has_the_common_form(client: TestClient, as_: Badges, subtests: pytest.Subtests):
    for code, provoke in PROVOCATIONS.items():
        with subtests.test(code):
            is_problem(provoke(Walk(client, as_)), code)


def test_a_temporary_refusal_says_when_to_retry(walk: Walk):
    assert _forgetful(walk).headers["Retry-After"] == "5"


def test_the_rule_behind_a_refusal_is_named(walk: Walk):
    walk.to("granted")
    body = MOVES["fulfilled"].says(walk)
    reply = walk.post("inspect", body, **walk.as_("inspector", "decision_officer-01"))
    assert is_problem(reply, "action-refused")["rule"] == "decider_does_not_inspect"


def test_the_api_lists_exactly_the_problem_types(client: TestClient):
    types = client.get("/api/v1/problems").json()
    assert {each["code"]: (each["status"], each["title"]) for each in types} == PROBLEM_TYPES


def test_a_browser_gets_an_error_page_and_a_program_a_problem(client: TestClient):
    page = client.get("/nowhere", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    is_problem(client.get("/api/v1/nowhere", headers={"Accept": "text/html"}), "not-found")
    is_problem(client.get("/nowhere"), "not-found")


# invalid requests -------------------------------------------------------------------------------


def application(**otherwise: Any) -> bytes:
    facts = {"item": "000131001001", "kind": "notice_commitment", "submitted": ["M-01"]}
    return json.dumps(facts | {"applicant": CITIZEN} | otherwise).encode()


def citizen(**otherwise: Any) -> bytes:
    return application(applicant={k: v for k, v in (CITIZEN | otherwise).items() if v is not None})


GOOD, DEEP = application(), 30_000
BAD_BODIES = {
    "cut short": (GOOD[:-1], "invalid-request"),
    "a deep list": (b"[" * DEEP + GOOD + b"]" * DEEP, "bad-request"),
    "a deep object": (b'{"a":' * DEEP + GOOD + b"}" * DEEP, "bad-request"),
    "not in UTF-8": (GOOD.replace(b"M-01", b"M\xff01"), "bad-request"),
    "nothing": (b"", "invalid-request"),
    "null": (b"null", "invalid-request"),
    "a list": (b"[" + GOOD + b"]", "invalid-request"),
    "a text": (json.dumps(GOOD.decode()).encode(), "invalid-request"),
    "NUL in a number": (citizen(id_number=CANARY + "\0"), "invalid-request"),
    "NUL in a name": (citizen(name=CANARY + "\0"), "invalid-request"),
    "a lone surrogate": (citizen(name=CANARY + "\ud800"), "invalid-request"),
    "a wrong check digit": (citizen(id_number=CANARY[:-1] + "5"), "invalid-request"),
    "a field too many": (application(remark=CANARY), "invalid-request"),
    "a field named by the sender": (application(**{CANARY: 1}), "invalid-request"),
    "a nested field named so": (citizen(**{CANARY: 1}), "invalid-request"),
    "an unknown type": (application(kind=CANARY), "invalid-request"),
    "nobody knows who": (citizen(kind=None), "invalid-request"),
    "an unknown kind of applicant": (citizen(kind=CANARY), "invalid-request"),
    "a number as a code": (application(item=int(CANARY)), "invalid-request"),
    "a huge number": (GOOD.replace(b'"M-01"', b"9" * 4000), "invalid-request"),
    "a number too huge to read": (GOOD.replace(b'"M-01"', b"9" * 5000), "bad-request"),
    "not a number": (GOOD.replace(b'"M-01"', b"NaN"), "invalid-request"),
    "infinity": (GOOD.replace(b'"M-01"', b"-Infinity, 1e999"), "invalid-request"),
    "too many materials": (application(submitted=["M"] * 61), "invalid-request"),
}


def test_an_invalid_body_is_refused_not_repeated_and_changes_nothing(
    client: TestClient, as_: Badges, logs: StringIO, subtests: pytest.Subtests
):
    size, headers = log_size(client), JSON | as_("intake_clerk")
    for fault, (body, code) in BAD_BODIES.items():
        with subtests.test(fault):
            reply = client.post(CASES, content=body, headers=headers)
            is_problem(reply, code)
            assert reply.headers["X-Request-Id"] in logs.getvalue()
            assert CANARY not in reply.text + str(reply.headers) + logs.getvalue()
            assert log_size(client) == size


def test_all_faults_of_a_body_are_reported_at_once_with_pointers(client: TestClient, as_: Badges):
    reply = client.post(CASES, content=b"{}", headers=JSON | as_("intake_clerk"))
    problem = is_problem(reply, "invalid-request")
    assert [each["pointer"] for each in problem["errors"]] == [
        "/body/item",
        "/body/kind",
        "/body/applicant",
    ]
    assert problem["detail"].startswith("/body/item：缺少这一项")


@pytest.mark.parametrize("in_pieces", [False, True])
def test_the_body_limit_holds_for_whole_and_for_chunked_bodies(
    client: TestClient, as_: Badges, in_pieces: bool
):
    headers = JSON | as_("intake_clerk")

    async def pieces(length: int) -> AsyncIterator[bytes]:
        for start in range(0, length, 1024):
            yield b" " * min(1024, length - start)

    async def piece_by_piece(length: int) -> Response:
        inside = ASGITransport(client.app)
        async with AsyncClient(transport=inside, base_url="http://testserver") as caller:
            return await caller.post(CASES, content=pieces(length), headers=headers)

    def sent(length: int) -> Response:
        if in_pieces:
            return client.portal.call(piece_by_piece, length)
        return client.post(CASES, content=b" " * length, headers=headers)

    is_problem(sent(LIMIT), "invalid-request")
    is_problem(sent(LIMIT + 1), "too-large")


BAD_ADDRESSES = {
    f"{CASES}/{CANARY}": "invalid-request",
    f"{CASES}/{CANARY}/history": "invalid-request",
    f"{CASES}?stage={CANARY}": "invalid-request",
    f"{CASES}?cursor={CANARY}": "bad-cursor",
    f"/api/v1/audit?stream={CANARY}": "invalid-request",
    f"/api/v1/audit?person={CANARY}%00": "invalid-request",
    f"/api/v1/disclosures?status={CANARY}": "invalid-request",
    f"/api/v1/disclosures?q={CANARY * 40}": "invalid-request",
    f"/api/v1/disclosures?q={CANARY}%00": "invalid-request",
    f"/api/v1/disclosures/{CANARY}": "invalid-request",
    f"/api/v1/catalogue/{CANARY}": "invalid-request",
    f"/api/v1/{CANARY}": "not-found",
    f"/{CANARY}": "not-found",
    f"/static/{CANARY}": "not-found",
}


def test_an_invalid_url_is_refused_and_not_repeated(
    client: TestClient, as_: Badges, logs: StringIO, subtests: pytest.Subtests
):
    for address, code in BAD_ADDRESSES.items():
        with subtests.test(address):
            reply = client.get(address, headers=as_("auditor"))
            is_problem(reply, code)
            assert CANARY not in reply.text + str(reply.headers) + logs.getvalue()


def test_a_date_in_the_far_future_is_refused(walk: Walk):
    walk.to("waived")
    body = MOVES["penalized"].says(walk)
    body["basis"] |= {"issued_on": "2199-12-31", "served_on": "2199-12-31"}
    reply = walk.post("penalize", body, **walk.as_("decision_officer"))
    assert is_problem(reply, "action-refused")["rule"] == "issued_on_not_after_today"
    body["basis"] |= {"issued_on": "9999-12-31"}
    reply = walk.post("penalize", body, **walk.as_("decision_officer"))
    assert "年份" in is_problem(reply, "invalid-request")["errors"][0]["detail"]


def test_a_refused_step_records_nothing(walk: Walk):
    walk.to("granted")
    size = log_size(walk.client)
    for step in ("cleared", "notified", "rectified", "forewarned", "waived", "penalized"):
        assert 400 <= walk.attempt(step).status_code < 500
    assert log_size(walk.client) == size


def test_an_unforeseen_error_is_logged_and_its_text_is_not_sent(client: TestClient, logs: StringIO):
    async def stumble() -> None:
        citizen_id = CANARY
        raise RuntimeError("the pool of the reactor", len(citizen_id))

    client.app.add_api_route("/api/v1/stumble", stumble)
    reply = client.get("/api/v1/stumble")
    is_problem(reply, "internal-error")
    assert "reactor" not in reply.text
    logged = logs.getvalue()
    assert all(each in logged for each in (reply.headers["X-Request-Id"], "stumble"))
    assert CANARY not in logged, "local variables are nobody's business"


# an unavailable database ------------------------------------------------------------------------


@pytest.fixture
def fragile(tmp_path: Path, clock: Clock, logs: StringIO) -> Iterator[tuple[Server, Walk]]:
    """The application on a database server of its own, which the test may stop."""
    with Server() as server:
        settings = Settings(data_dir=tmp_path, database_url=server.url, operator_port=OPERATOR_PORT)
        migrate(settings)
        app = served(settings, clock, logs)
        with ScanningClient(app, raise_server_exceptions=False) as client:
            furnish(the_service(client))
            as_ = Badges(tokens_of(settings.keys_dir), clock)
            yield server, Walk(client, as_).to("cleared")


def test_an_unavailable_database_is_a_problem_until_it_returns(fragile: tuple[Server, Walk]):
    server, walk = fragile
    server.stop("immediate")
    for reply in (
        walk.get(),
        walk.attempt("notified"),
        walk.client.get("/api/v1/disclosures"),
        walk.client.get(f"{OPERATORS}/metrics"),
    ):
        is_problem(reply, "database-unavailable")
        assert reply.headers["Retry-After"] == "5"
    page = walk.client.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Content-Type"][:9]) == (503, "text/html")
    assert walk.client.get("/livez").is_success
    ready = walk.client.get(f"{OPERATORS}/readyz")
    assert (ready.status_code, ready.json()["database"]) == (503, False)
    server.start()
    assert walk.client.get("/readyz").status_code == 200
    assert walk.to("granted").view["version"] == 5
