"""Projections over HTTP: their lag and their parked events, and waiting for a position."""

from starlette.testclient import TestClient

from infrastructure.projector.projector import PROJECTIONS
from tests.api.conftest import Badges, Walk
from tests.api.http.test_doors import denied, is_forbidden


def test_only_operators_see_and_retry_the_projections(client: TestClient, as_: Badges):
    for role in denied("operator"):
        is_forbidden(client.get("/api/v1/projections", headers=as_(role)))
        is_forbidden(client.get("/api/v1/projections/parked", headers=as_(role)))
        is_forbidden(client.post("/api/v1/projections/audit/retry", headers=as_(role)))
    mine = as_("operator")
    shown = client.get("/api/v1/projections", headers=mine).json()
    assert {each["name"] for each in shown} == set(PROJECTIONS)
    assert client.get("/api/v1/projections/parked", headers=mine).json() == []
    retried = client.post("/api/v1/projections/audit/retry", headers=mine)
    assert retried.json() == {"applied": 0}
    assert client.post("/api/v1/projections/nothing/retry", headers=mine).status_code == 404


def test_a_list_waits_for_the_position_of_a_command(walk: Walk):
    position = walk.to("opened").attempt("cleared").headers["X-Position"]
    reply = walk.client.get(
        "/api/v1/worklist", headers=walk.as_("intake_clerk") | {"X-Min-Position": position}
    )
    assert [(each["case_id"], each["action"]) for each in reply.json()["items"]] == [
        (walk.url.rsplit("/", 1)[-1], "notify")
    ]


def test_a_list_that_stays_behind_answers_503(client: TestClient):
    reply = client.get("/api/v1/disclosures", headers={"X-Min-Position": "999999"})
    assert (reply.status_code, reply.json()["code"]) == (503, "projection-behind")
    assert reply.headers["Retry-After"]
