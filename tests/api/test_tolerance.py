"""Tolerance reviews over HTTP: a whole review, what is refused and where, who sees what of it."""

from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from application.permissions import Role
from tests import reviews as r
from tests.api.conftest import ELSEWHERE, Badges, Walk, log_size, project
from tests.api.test_auth import is_forbidden, is_unauthenticated
from tests.conftest import Clock

REVIEWS, COUNTS = "/api/v1/tolerance-reviews", "/api/v1/tolerance-counts"


def as_json(value: Any) -> Any:
    return value.model_dump(mode="json")


def document(**otherwise: Any) -> dict[str, Any]:
    return as_json(r.decision(**otherwise))


CHECK = {"check": as_json(r.check())}
REFUSE = {
    "outcome": "not_exempted",
    "decision": document(),
    "sign_off": as_json(r.SIGNED_OFF),
}
NOTIFY = {"recipient": "zhao", "served_on": "2026-10-21"}
CHANGE = {
    "outcome": "changed",
    "to": "mitigated",
    "decision": as_json(r.ruling().decision),
    "served_on": "2026-11-18",
}
LAST = r.ruling(**r.LAST_WORD)
KEEP = {"outcome": "kept", "decision": as_json(LAST.decision), "served_on": "2027-01-19"}
STEPS = [
    ("check", "zheng", r.CHECK_DAY, CHECK),
    ("decide", "wang", r.DECISION_DAY, REFUSE),
    ("notify", "wang", r.NOTICE_DAY, NOTIFY),
    ("reconsider", "wang", r.CONTEST_DAY, {"reason": "损失已经挽回"}),
    ("settle", "wang", r.RULING_DAY, CHANGE),
    ("appeal", "wang", r.APPEAL_DAY, {"reason": "应当免责"}),
    ("settle", "wang", r.LAST_DAY, KEEP),
]
"""A review after it was asked for: which verb, by whom, when, saying what."""


class Door:
    """Asks for tolerance and goes on with it, each step by whom it belongs to."""

    def __init__(self, client: TestClient, as_: Badges, clock: Clock) -> None:
        self.client, self.as_, self.clock = client, as_, clock
        self.case = Walk(client, as_, "deferred_materials").to("granted").view["id"]

    def lead(self, **who: Any) -> dict[str, str]:
        return self.as_(Role.DEPARTMENT_LEAD, **who)

    def reviewer(self, person: str = "wang") -> dict[str, str]:
        return self.as_(Role.TOLERANCE_REVIEWER, person, r.COMMISSION)

    def body(self, **otherwise: Any) -> dict[str, Any]:
        said = {
            name: as_json(r.ASKED[name]) for name in ("concerned", "plan_followed", "conditions")
        }
        ground = as_json(r.ERROR) | {"cases": [{"id": self.case, "version": 4}]}
        return said | {"superiors": [as_json(r.CITY)], "ground": ground} | otherwise

    def asks(self, headers: dict[str, str] | None = None, **otherwise: Any) -> Response:
        body = self.body(**otherwise)
        return self.client.post(REVIEWS, json=body, headers=self.lead() | (headers or {}))

    def begins(self, **otherwise: Any) -> str:
        reply = self.asks(**otherwise)
        assert reply.status_code == 201, reply.text
        return f"{REVIEWS}/{reply.json()['id']}"

    def goes_on(self, place: str, steps: int) -> dict[str, Any]:
        """So many steps of the whole review; the review as the last one left it."""
        for verb, person, day, said in STEPS[:steps]:
            self.clock.now = day
            reply = self.client.post(f"{place}/{verb}", json=said, headers=self.reviewer(person))
            assert reply.status_code == 200, reply.text
        return reply.json()

    def get(self, place: str, role: str = Role.AUDITOR, **asked: Any) -> Response:
        return self.client.get(place, params=asked, headers=self.as_(role))


@pytest.fixture
def door(client: TestClient, as_: Badges, clock: Clock) -> Door:
    return Door(client, as_, clock)


# a whole review ---------------------------------------------------------------------------------


def test_a_review_is_asked_for_and_seen_through(door: Door):
    asked = door.asks()
    view = asked.json()
    assert asked.headers["Location"] == f"{REVIEWS}/{view['id']}"
    assert (asked.headers["ETag"], view["stage"], view["outcome"]) == ('"1"', "requested", None)
    assert int(asked.headers["X-Position"]) == log_size(door.client)
    assert [link["id"] for link in view["cases"]] == [door.case]
    assert view["cases"][0]["kind"] == "deferred_materials"
    assert view["department"]["name"] == "义马市市场监督管理局"
    last = door.goes_on(asked.headers["Location"], len(STEPS))
    assert (last["stage"], last["outcome"], last["version"]) == ("final", "mitigated", 8)
    assert [ruling["changed_to"] for ruling in last["rulings"]] == ["mitigated", None]
    assert "三十日" in last["remedies"]
    assert last["actions"] == []


def test_the_case_is_shown_the_same_before_and_after(door: Door):
    place = f"/api/v1/cases/{door.case}"
    before = door.get(place).json(), door.get(f"{place}/history").json()
    door.goes_on(door.begins(), len(STEPS))
    assert (door.get(place).json(), door.get(f"{place}/history").json()) == before


def test_every_version_and_moment_can_be_seen_as_it_was(door: Door):
    place = door.begins()
    door.goes_on(place, 3)
    stages = [door.get(place, version=n).json()["stage"] for n in (1, 2, 3, 4)]
    assert stages == ["requested", "checked", "decided", "notified"]
    assert door.get(place, at="2026-10-12T12:00:00+08:00").json()["stage"] == "checked"
    assert door.get(place, version=5).status_code == 404
    assert door.get(place).headers["ETag"] == '"4"'


def test_the_history_says_who_did_what_in_words(door: Door):
    place = door.begins()
    door.goes_on(place, len(STEPS))
    entries = door.get(f"{place}/history").json()
    assert [entry["version"] for entry in entries] == list(range(1, 9))
    assert entries[0]["sentence"].startswith(
        "义马市市场监督管理局单位负责人（department_lead-01）为"
    )
    assert "四项条件满足4项" in entries[1]["sentence"]
    assert "改为从轻或者减轻" in entries[5]["sentence"]
    assert entries[7]["facts"]["ruling"]["decision"]["number"] == "三公申〔2027〕2号"


def test_who_may_go_on_is_told_how(door: Door):
    place = door.begins()
    offered = door.client.get(place, headers=door.reviewer("zheng")).json()["actions"]
    assert offered == [
        {"name": "check", "label": "核查事实", "method": "POST", "href": f"{place}/check"}
    ]
    assert [each["name"] for each in door.get(place, "department_lead").json()["actions"]] == [
        "withdraw"
    ]
    assert door.get(place).json()["actions"] == []


def test_a_repeated_request_is_answered_alike_and_a_stale_one_refused(door: Door):
    key = {"Idempotency-Key": "one"}
    first, again = door.asks(key), door.asks(key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    place, seen = first.headers["Location"], {"If-Match": '"1"'}
    door.goes_on(place, 1)
    stale = door.client.post(f"{place}/withdraw", json={"reason": "x"}, headers=door.lead() | seen)
    assert (stale.status_code, stale.json()["version"]) == (412, 2)


# what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", r.GROUNDS, ids=lambda ground: ground.ground)
def test_what_is_missing_is_pointed_at(door: Door, ground: Any):
    size = log_size(door.client)
    for name in set(type(ground).model_fields) - {"ground"}:
        said = {key: value for key, value in as_json(ground).items() if key != name}
        reply = door.asks(ground=said)
        assert (reply.status_code, reply.json()["code"]) == (422, "invalid-request")
        (error,) = reply.json()["errors"]
        assert error["pointer"] == f"/body/ground/{ground.ground}/{name}"
        assert error["detail"] == "缺少这一项"
    assert log_size(door.client) == size


def test_severe_harm_is_refused_where_it_is_said(door: Door):
    reply = door.asks(ground=as_json(r.ACCUSED) | {"severity": "severe"})
    (error,) = reply.json()["errors"]
    assert error["pointer"] == "/body/ground/accident_or_false_accusation/severity"
    assert "不能以此申请容错" in error["detail"]


@pytest.mark.parametrize(
    ("otherwise", "rule"),
    [
        (
            {"ground": as_json(r.LAW_THEN) | {"as_of": "2026-09-29"}},
            "law_is_of_the_past",
        ),
        (
            {"ground": as_json(r.BREAKTHROUGH) | {"corrected_on": "2026-06-30"}},
            "corrected_after_the_effect",
        ),
        ({"cases": [{"id": str(uuid4()), "version": 1}]}, "linked_cases_exist"),
    ],
)
def test_a_rule_that_is_broken_is_named(door: Door, otherwise: dict[str, Any], rule: str):
    reply = door.asks(**otherwise)
    assert (reply.status_code, reply.json()["rule"]) == (409, rule)


def test_the_checker_does_not_record_the_decision(door: Door):
    place = door.begins()
    door.goes_on(place, 1)
    door.clock.now = r.DECISION_DAY
    reply = door.client.post(f"{place}/decide", json=REFUSE, headers=door.reviewer("zheng"))
    assert (reply.status_code, reply.json()["rule"]) == (409, "recorded_by_another")


def test_a_loss_is_money_as_text(door: Door):
    shown = door.asks(ground=as_json(r.NOVELTY)).json()
    assert shown["ground"]["loss"] == "1200.50"
    assert shown["ground_label"] == "探索新机制新方法，无先例或者政策界限不明确"


# who sees what ----------------------------------------------------------------------------------


def test_the_trail_is_internal(door: Door):
    place = door.begins()
    readers = {"auditor", "supervisor", "tolerance_reviewer", "department_lead"}
    for role in set(Role) - readers:
        for address in (REVIEWS, place, f"{place}/history", f"{place}/cases/{door.case}"):
            is_forbidden(door.get(address, role))
    for address in (REVIEWS, place, f"{place}/history", f"{place}/cases/{door.case}"):
        is_unauthenticated(door.client.get(address))
    for role in readers:
        for address in (REVIEWS, place, f"{place}/history"):
            assert door.get(address, role).status_code == 200, (role, address)


def test_who_reviews_sees_the_linked_case_and_no_other(door: Door):
    place = door.begins()
    linked = door.client.get(f"{place}/cases/{door.case}", headers=door.reviewer()).json()
    assert (linked["id"], linked["version"], linked["actions"]) == (door.case, 4, [])
    other = Walk(door.client, door.as_).to("granted").view["id"]
    assert door.client.get(f"{place}/cases/{other}", headers=door.reviewer()).status_code == 404
    is_forbidden(door.client.get(f"/api/v1/cases/{door.case}", headers=door.reviewer()))
    is_forbidden(door.get(f"{place}/cases/{door.case}", "department_lead"))


def ids(reply: Response) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [each["review_id"] for each in reply.json()["items"]]


def test_the_trail_is_read_by_ground_department_case_stage_and_outcome(
    door: Door, client: TestClient
):
    first, second = door.begins(), door.begins(ground=as_json(r.NOVELTY))
    third = door.asks(door.lead(department=ELSEWHERE), ground=as_json(r.ACCUSED)).json()["id"]
    door.goes_on(first, 2)
    project(client)
    one, two = (place.rpartition("/")[2] for place in (first, second))
    assert set(ids(door.get(REVIEWS))) == {one, two, third}
    for asked, found in (
        ({"ground": "novel_method"}, {two}),
        ({"department": ELSEWHERE.code}, {third}),
        ({"case": door.case}, {one}),
        ({"stage": "requested"}, {two, third}),
        ({"outcome": "not_exempted"}, {one}),
        ({"outcome": "exempted"}, set()),
    ):
        assert set(ids(door.get(REVIEWS, **asked))) == found, asked
    assert set(ids(door.get(REVIEWS, "department_lead"))) == {one, two}
    assert ids(door.get(REVIEWS, "department_lead", department=ELSEWHERE.code)) == []
    assert door.get(REVIEWS, ground="good_intentions").status_code == 422


def test_the_trail_is_read_page_by_page_newest_first(door: Door, client: TestClient):
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


def test_the_trail_waits_for_what_was_just_written(door: Door):
    asked = door.asks()
    waiting = door.as_("auditor") | {"X-Min-Position": asked.headers["X-Position"]}
    reply = door.client.get(REVIEWS, params={"case": door.case}, headers=waiting)
    assert ids(reply) == [asked.json()["id"]]


def test_the_public_sees_how_many_were_decided_and_nothing_else(door: Door, client: TestClient):
    assert client.get(COUNTS).json() == []
    decided, asked = door.begins(), door.begins(ground=as_json(r.NOVELTY))
    door.goes_on(decided, 2)
    project(client)
    reply = client.get(COUNTS)
    counts = [{"ground": "deferred_handling_error", "outcome": "not_exempted", "count": 1}]
    assert reply.json() == counts
    assert reply.headers["Cache-Control"].startswith("public")
    assert asked
    page = client.get("/about", headers={"Accept": "text/html"}).text
    assert "容缺受理、容缺审查中的失误或者偏差" in page
    for secret in ("zhao", "义组〔2026〕7号", "漏记一份", decided.rpartition("/")[2]):
        assert secret not in page


def test_a_review_that_is_not_there_is_not_found(door: Door):
    nowhere = f"{REVIEWS}/{uuid4()}"
    assert {door.get(f"{nowhere}{what}").status_code for what in ("", "/history")} == {404}
    assert door.get(f"{REVIEWS}/{door.case}").status_code == 404
    assert door.get(f"/api/v1/cases/{door.begins().rpartition('/')[2]}").status_code == 404
    reply = door.client.post(f"{nowhere}/check", json=CHECK, headers=door.reviewer("zheng"))
    assert reply.status_code == 404
