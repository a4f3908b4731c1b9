"""Visibility of tolerance reviews: internal trail, public counts, logged reads."""

from uuid import uuid4

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from application.access.permissions import PERSONS_ROLES
from tests import reviews as r
from tests.accidents.clock.test_poisoned import SAID
from tests.api.conftest import ELSEWHERE, Badges, Walk, log_size, project
from tests.api.http.test_auth import is_unauthenticated
from tests.api.http.test_doors import TOLERANCE, denied, is_forbidden
from tests.conftest import Clock
from tests.support.review_client import CHECK, COUNTS, REVIEWS, STEPS, Door, as_json


@pytest.fixture
def door(client: TestClient, as_: Badges, clock: Clock) -> Door:
    return Door(client, as_, clock)


def test_only_permitted_roles_read_the_tolerance_trail(door: Door):
    place = door.begins()
    readers = {"auditor", "supervisor", "tolerance_reviewer", "department_lead"}
    for role in PERSONS_ROLES - readers:
        for address in (REVIEWS, place, f"{place}/history", f"{place}/cases/{door.case}"):
            is_forbidden(door.get(address, role))
    for address in (REVIEWS, place, f"{place}/history", f"{place}/cases/{door.case}"):
        is_unauthenticated(door.client.get(address))
    for role in readers:
        for address in (REVIEWS, place, f"{place}/history"):
            assert door.get(address, role).status_code == 200, (role, address)


def test_a_reviewer_sees_the_linked_case_and_no_other(door: Door):
    place = door.begins()
    linked = door.client.get(f"{place}/cases/{door.case}", headers=door.reviewer()).json()
    assert (linked["id"], linked["version"], linked["actions"]) == (door.case, 4, [])
    other = Walk(door.client, door.as_).to("granted").view["id"]
    assert door.client.get(f"{place}/cases/{other}", headers=door.reviewer()).status_code == 404
    is_forbidden(door.client.get(f"/api/v1/cases/{door.case}", headers=door.reviewer()))
    is_forbidden(door.get(f"{place}/cases/{door.case}", "department_lead"))


MORE = {"withdraw": {"reason": "x"}, "retime": SAID}
"""The bodies of commands that are no steps of the way."""


def test_only_the_permitted_role_takes_a_step_of_a_review(door: Door):
    place, body = door.begins(), door.body()
    size = log_size(door.client)
    for door_name, roles in TOLERANCE.items():
        method, address = door_name.split()
        if method == "POST":
            verb = address.rpartition("/")[2]
            bodies = {verb: body for verb, *_, body in STEPS} | MORE
            url, sent = (f"{place}/{verb}", bodies[verb]) if verb in bodies else (REVIEWS, body)
            for role in denied(roles):
                is_forbidden(door.client.post(url, json=sent, headers=door.as_(role)))
            is_unauthenticated(door.client.post(url, json=sent))
    assert log_size(door.client) == size


def test_every_read_of_a_review_is_logged(door: Door):
    place = door.begins()
    for what in ("", "/history", f"/cases/{door.case}"):
        assert door.client.get(f"{place}{what}", headers=door.reviewer("zheng")).status_code == 200
    door.get(REVIEWS, ground="novel_method")
    noted = door.get("/api/v1/audit/reads").json()["items"]
    mine = [(each["what"], each["stream_id"]) for each in noted if each["person"] == "zheng"]
    review = place.rpartition("/")[2]
    assert mine == [("state", door.case), ("history", review), ("state", review)]
    assert {"what": "reviews", "ground": "novel_method"} in [
        {"what": each["what"]} | each["details"] for each in noted
    ]


def test_an_auditor_sees_a_review_as_any_other_stream(door: Door):
    place = door.begins(ground=as_json(r.NOVELTY))
    stream = f"/api/v1/audit/streams/{place.rpartition('/')[2]}"
    assert door.get(stream).json()["kind_label"] == "容错审查"
    (check, _) = door.get(f"{stream}/actions").json()["actions"]  # the other action is withdraw
    assert (check["label"], check["departments"]) == ("核查事实", None)
    door.goes_on(place, 3)
    entries = door.get(f"{stream}/history").json()
    assert [each["name"] for each in entries[2]["documents"]] == ["决定", "上级签批"]
    stage = next(c for c in entries[2]["changes"] if c["path"] == "/stage")
    assert (stage["before_label"], stage["after_label"]) == ("已核查", "已决定")
    assert entries[1]["command_label"] == "核查事实"


def ids(reply: Response) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [each["review_id"] for each in reply.json()["items"]]


def test_the_tolerance_trail_is_filtered_by_ground_department_case_stage_and_outcome(
    door: Door, client: TestClient
):
    first, second = door.begins(), door.begins(ground=as_json(r.NOVELTY))
    third = door.asks(door.lead(department=ELSEWHERE), ground=as_json(r.ACCUSED)).json()["id"]
    door.goes_on(first, 2)
    project(client)
    one, two = (place.rpartition("/")[2] for place in (first, second))
    assert set(ids(door.get(REVIEWS))) == {one, two, third}
    for query, found in (
        ({"ground": "novel_method"}, {two}),
        ({"department": ELSEWHERE.code}, {third}),
        ({"case": door.case}, {one}),
        ({"stage": "requested"}, {two, third}),
        ({"outcome": "not_exempted"}, {one}),
        ({"outcome": "exempted"}, set()),
    ):
        assert set(ids(door.get(REVIEWS, **query))) == found, query
    assert set(ids(door.get(REVIEWS, "department_lead"))) == {one, two}
    assert ids(door.get(REVIEWS, "department_lead", department=ELSEWHERE.code)) == []
    assert door.get(REVIEWS, ground="good_intentions").status_code == 422


def test_the_tolerance_trail_is_paged_newest_first(door: Door, client: TestClient):
    places = []
    for _ in range(5):
        places.append(door.begins().rpartition("/")[2])
        door.clock.go_on(hours=1)
    project(client)
    first = door.get(REVIEWS, limit=2)
    second = door.get(REVIEWS, limit=2, cursor=first.json()["next"])
    third = door.get(REVIEWS, limit=2, cursor=second.json()["next"])
    assert ids(first) + ids(second) + ids(third) == places[::-1]
    assert third.json()["next"] is None
    assert door.get(REVIEWS, cursor="nothing").status_code == 400


def test_the_tolerance_trail_waits_for_the_position_of_a_request(door: Door):
    request = door.asks()
    waiting = door.as_("auditor") | {"X-Min-Position": request.headers["X-Position"]}
    reply = door.client.get(REVIEWS, params={"case": door.case}, headers=waiting)
    assert ids(reply) == [request.json()["id"]]


def test_the_public_sees_only_the_number_of_decisions(door: Door, client: TestClient):
    assert client.get(COUNTS).json() == []
    decided, undecided = door.begins(), door.begins(ground=as_json(r.NOVELTY))
    door.goes_on(decided, 2)
    project(client)
    reply = client.get(COUNTS)
    counts = [{"ground": "deferred_handling_error", "outcome": "not_exempted", "count": 1}]
    assert reply.json() == counts
    assert reply.headers["Cache-Control"].startswith("public")
    assert undecided
    page = client.get("/about", headers={"Accept": "text/html"}).text
    assert "容缺受理、容缺审查中的失误或者偏差" in page
    for secret in ("zhao", "义组〔2026〕7号", "漏记一份", decided.rpartition("/")[2]):
        assert secret not in page


def test_an_unknown_review_is_not_found(door: Door):
    nowhere = f"{REVIEWS}/{uuid4()}"
    assert {door.get(f"{nowhere}{what}").status_code for what in ("", "/history")} == {404}
    assert door.get(f"{REVIEWS}/{door.case}").status_code == 404
    assert door.get(f"/api/v1/cases/{door.begins().rpartition('/')[2]}").status_code == 404
    reply = door.client.post(f"{nowhere}/check", json=CHECK, headers=door.reviewer("zheng"))
    assert reply.status_code == 404
