"""Tolerance reviews over HTTP: a whole review, and the refusals with their pointers."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests import reviews as r
from tests.api.conftest import Badges, log_size
from tests.conftest import Clock
from tests.support.review_client import REFUSE, REVIEWS, STEPS, Door, as_json


@pytest.fixture
def door(client: TestClient, as_: Badges, clock: Clock) -> Door:
    return Door(client, as_, clock)


# a whole review ---------------------------------------------------------------------------------


def test_a_review_runs_from_the_request_to_the_last_ruling(door: Door):
    reply = door.asks()
    view = reply.json()
    assert reply.headers["Location"] == f"{REVIEWS}/{view['id']}"
    assert (reply.headers["ETag"], view["stage"], view["outcome"]) == ('"1"', "requested", None)
    assert int(reply.headers["X-Position"]) == log_size(door.client)
    assert [link["id"] for link in view["cases"]] == [door.case]
    assert view["cases"][0]["kind"] == "deferred_materials"
    assert view["department"]["name"] == "义马市市场监督管理局"
    last = door.goes_on(reply.headers["Location"], len(STEPS))
    assert (last["stage"], last["outcome"], last["version"]) == ("final", "mitigated", 8)
    assert [ruling["changed_to"] for ruling in last["rulings"]] == ["mitigated", None]
    assert "三十日" in last["remedies"]
    assert last["actions"] == []


def test_a_review_does_not_change_the_linked_case(door: Door):
    place = f"/api/v1/cases/{door.case}"
    before = door.get(place).json(), door.get(f"{place}/history").json()
    door.goes_on(door.begins(), len(STEPS))
    assert (door.get(place).json(), door.get(f"{place}/history").json()) == before


def test_a_review_is_shown_as_it_was_at_every_version_and_instant(door: Door):
    place = door.begins()
    door.goes_on(place, 3)
    stages = [door.get(place, version=n).json()["stage"] for n in (1, 2, 3, 4)]
    assert stages == ["requested", "checked", "decided", "notified"]
    assert door.get(place, at="2026-10-12T12:00:00+08:00").json()["stage"] == "checked"
    assert door.get(place, version=5).status_code == 404
    assert door.get(place).headers["ETag"] == '"4"'


def test_the_history_of_a_review_has_a_sentence_for_each_event(door: Door):
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


def test_a_review_offers_each_actor_their_next_actions(door: Door):
    place = door.begins()
    offered = door.client.get(place, headers=door.reviewer("zheng")).json()["actions"]
    assert offered == [
        {"name": "check", "label": "核查事实", "method": "POST", "href": f"{place}/check"}
    ]
    assert [each["name"] for each in door.get(place, "department_lead").json()["actions"]] == [
        "withdraw"
    ]
    assert door.get(place).json()["actions"] == []


def test_a_repeated_request_gets_the_same_reply_and_a_stale_one_is_refused(door: Door):
    key = {"Idempotency-Key": "one"}
    first, again = door.asks(key), door.asks(key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    place, seen = first.headers["Location"], {"If-Match": '"1"'}
    door.goes_on(place, 1)
    stale = door.client.post(f"{place}/withdraw", json={"reason": "x"}, headers=door.lead() | seen)
    assert (stale.status_code, stale.json()["version"]) == (412, 2)


# refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", r.GROUNDS, ids=lambda ground: ground.ground)
def test_a_missing_field_of_a_ground_is_reported_with_its_pointer(door: Door, ground: Any):
    size = log_size(door.client)
    for name in set(type(ground).model_fields) - {"ground"}:
        facts = {key: value for key, value in as_json(ground).items() if key != name}
        reply = door.asks(ground=facts)
        assert (reply.status_code, reply.json()["code"]) == (422, "invalid-request")
        (error,) = reply.json()["errors"]
        assert error["pointer"] == f"/body/ground/{ground.ground}/{name}"
        assert error["detail"] == "缺少这一项"
    assert log_size(door.client) == size


def test_severe_harm_is_refused_with_the_pointer_to_its_field(door: Door):
    reply = door.asks(ground=as_json(r.ACCUSED) | {"harm": "severe"})
    (error,) = reply.json()["errors"]
    assert error["pointer"] == "/body/ground/accident_or_false_accusation/harm"
    assert "不能以此申请容错" in error["detail"]


@pytest.mark.parametrize(
    ("otherwise", "rule"),
    [
        (
            {"ground": as_json(r.LAW_THEN) | {"as_of": "2026-09-29"}},
            "as_of_not_after_today",
        ),
        (
            {"ground": as_json(r.BREAKTHROUGH) | {"corrected_on": "2026-06-30"}},
            "corrected_on_not_before_its_effect",
        ),
        ({"cases": [{"id": str(uuid4()), "version": 1}]}, "linked_cases_exist"),
    ],
)
def test_the_refusal_of_a_request_names_the_broken_rule(
    door: Door, otherwise: dict[str, Any], rule: str
):
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
