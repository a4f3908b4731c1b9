"""Read your writes: every endpoint that reads a projection can wait for a position."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread
from typing import Any

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from api.http import dependencies as deps
from infrastructure.projector.projector import PROJECTIONS
from tests.api.conftest import ITEM, PAPER, Badges, Walk, log_size, project, the_service
from tests.api.http.test_doors import ANYBODY, CATALOGUE, LISTS, SPAN, WHO
from tests.support.review_client import Door

WAIT = "X-Min-Position"
DISCLOSURES, REVIEWS = "/api/v1/disclosures", "/api/v1/tolerance-reviews"
Sent = tuple[str, str]
REUSED = {"material": "M-02", "purpose": "核对"}
FOUND_NOWHERE = ("/applicant", "/reused/{material}")
"""What the case of this test does not have."""
READ_ELSEWHERE = {"papers", "holdings"}
"""The page that verifies a paper reads those; the opening of a case reads what the city holds."""


def doors(client: TestClient) -> dict[str, bool]:
    """Every GET endpoint of the API, and whether it documents that it can wait."""
    paths = client.get("/openapi.json").json()["paths"]
    return {
        path: any(each["name"] == WAIT for each in methods["get"].get("parameters", ()))
        for path, methods in paths.items()
        if path.startswith("/api/v1/") and "get" in methods
    }


@pytest.fixture
def parameters(walk: Walk, as_: Badges) -> dict[str, dict[str, Any]]:
    """The parameters of each endpoint, such that it reads every table that it can read."""
    assert walk.to("granted").attempt("reachable").is_success
    place, case = (review := Door(walk.client, as_)).begins(), walk.view["id"]
    project(walk.client)
    return {
        "names": dict.fromkeys(("case_id", "stream_id", "owner"), case)
        | {"review_id": place.rpartition("/")[2], "kind": "notice", "sha256": PAPER},
        CATALOGUE + "/{code}": {"code": ITEM.code},
        CATALOGUE + "/{code}/terms/{version}": {"code": ITEM.code, "version": 1},
        DISCLOSURES: {"q": "千秋"},
        DISCLOSURES + "/{code}": {"code": walk.view["commitment"]["code"]},
        REVIEWS: {"case": review.case},
        REVIEWS + "/{review_id}/cases/{case_id}": {"case_id": review.case},
        "/api/v1/audit": {"document": "义市监许〔2026〕1号", "applicant": "千秋"},
        "/api/v1/audit/cases": {"applicant": "千秋"},
        "/api/v1/audit/exports/{export_id}": {"export_id": case},
        "/api/v1/audit/exports/{export_id}/file": {"export_id": case},
        "/api/v1/audit/streams/{stream_id}/diff": SPAN,
        "/api/v1/cases/{case_id}/diff": SPAN,
        "/api/v1/cases/{case_id}/reused/{material}": REUSED,
        "/api/v1/templates/{table}.xlsx": {"table": "credit"},
        "/api/v1/log/inclusion": {"position": 1},
        "/api/v1/log/consistency": {"first": 1, "second": 2},
    }


def look(
    client: TestClient, as_: Badges, parameters: dict[str, Any], path: str, position: int
) -> int:
    """Calls this endpoint in a permitted role with this position; returns the status."""
    roles, own = WHO[f"GET {path}"], parameters.get(path, {})
    role = "auditor" if "auditor" in roles else roles.split()[0]
    badge = {} if roles == ANYBODY else as_(role)
    query = {name: value for name, value in own.items() if name not in path}
    wait, address = {WAIT: str(position)}, path.format(**parameters["names"] | own)
    return client.get(address, params=query, headers=badge | wait).status_code


@contextmanager
def watched(engine: Engine) -> Iterator[list[Sent]]:
    """Records the statements, and their parameters, that reader threads send meanwhile."""
    sent: list[Sent] = []

    def note(_db: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if current_thread().name.startswith("reader"):
            sent.append((statement, str(parameters)))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def read(sent: list[Sent]) -> set[str]:
    """The projections whose tables the statements read."""
    every = set(re.findall(r"\w+", " ".join(statement for statement, _ in sent)))
    return {p.name for p in PROJECTIONS.values() if every & {t.name for t in p.tables}}


def waited_for(sent: list[Sent]) -> set[str]:
    """The projections whose position the statements read."""
    queried = " ".join(names for statement, names in sent if "projection_positions" in statement)
    return {name for name in PROJECTIONS if f"'{name}'" in queried}


def test_an_endpoint_that_reads_a_projection_waits_for_the_requested_position(
    client: TestClient, as_: Badges, parameters: dict[str, Any], subtests: pytest.Subtests
):
    seen: set[str] = set()
    for path, says_so in doors(client).items():
        with subtests.test(path):
            with watched(the_service(client).engine) as sent:
                status = look(client, as_, parameters, path, 1)
            assert status == (404 if path.endswith(FOUND_NOWHERE) or "{export_id}" in path else 200)
            assert says_so is bool(read(sent))
            assert waited_for(sent) >= read(sent)
            seen |= read(sent)
    assert seen == set(PROJECTIONS) - READ_ELSEWHERE


def test_an_endpoint_that_waits_in_vain_answers_503(
    client: TestClient,
    as_: Badges,
    parameters: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
):
    monkeypatch.setattr(deps, "PROJECTION_TIMEOUT", 0.05)
    for path in (path for path, says_so in doors(client).items() if says_so):
        with subtests.test(path):
            assert look(client, as_, parameters, path, log_size(client)) == 200
            assert look(client, as_, parameters, path, log_size(client) + 1000) == 503


def test_a_change_of_the_catalogue_is_visible_to_its_author_at_once(
    client: TestClient, as_: Badges
):
    listed = LISTS[f"POST {CATALOGUE}"]
    assert client.post(CATALOGUE, json=listed, headers=as_("catalog_admin")).is_success
    wait = {WAIT: str(log_size(client))}
    code = listed["item"]["code"]
    assert client.get(f"{CATALOGUE}/{code}", headers=wait).json()["item_code"] == code
    items = client.get(CATALOGUE, headers=wait).json()["items"]
    assert code in [line["item_code"] for line in items]
