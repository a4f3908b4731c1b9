"""A decision is delivered, and an issued one is corrected, over HTTP (F23, 行政许可法 44)."""

from datetime import date, timedelta

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.api.conftest import MOVES, PAPER, Badges, Walk, project
from tests.conftest import Clock
from tests.papers import digest

NUMBER = "义市监许〔2026〕900号"
LICENCE = digest("licence")
DATED = {"valid_from": "2026-10-01", "valid_until": "2031-09-30", "result": LICENCE}
DECISIONS = pytest.mark.parametrize("step", ["granted", "refused"])


def grant(walk: Walk, **document: str) -> Response:
    facts = {"number": NUMBER, "kind": "licence", "title": "食品经营许可证"} | document
    body = {"outcome": "grant", "document": facts}
    return walk.post("decide", body, **walk.as_("decision_officer"))


def deliver(walk: Walk, role: str = "intake_clerk", **said: str) -> Response:
    return walk.post("deliver", MOVES["delivered"].says(walk) | said, **walk.as_(role))


def amend(walk: Walk, approved_by: str = "wu-01", **document: str) -> Response:
    body = MOVES["amended"].says(walk) | {"approved_by": approved_by}
    body["document"] |= document
    return walk.post("amend", body, **walk.as_("decision_officer"))


def verify_addresses(walk: Walk) -> dict[str, str]:
    listed = walk.get("/documents", "decision_officer").json()
    return {each["kind"]: each["verify_at"][-len("/verify/") - 32 :] for each in listed}


# the decision -----------------------------------------------------------------------------------


def test_one_organ_gives_a_number_of_a_year_to_one_decision(client: TestClient, as_: Badges):
    first, second = (Walk(client, as_).to("committed") for _ in range(2))
    assert grant(first).is_success
    refused = grant(second)
    assert (refused.status_code, refused.json()["rule"]) == (409, "number_is_new")


def test_a_grant_tells_validity_licence_and_day_of_issue(walk: Walk):
    shown = grant(walk.to("committed"), **DATED)
    assert shown.is_success, shown.text
    decision = shown.json()["decision"]
    assert decision == DATED | {
        **{"number": NUMBER, "kind": "licence", "title": "食品经营许可证"},
        **{"issued_on": walk.today, "corrected_on": None},
    }
    assert shown.json()["delivery"]["state"] == "none"
    titles = [each["title"] for each in _files(walk)]
    assert "核发的证照、批文" in titles


def _files(walk: Walk) -> list[dict[str, str]]:
    url = f"/api/v1/files/{walk.view['id']}"
    found = walk.client.get(url, headers=walk.as_("decision_officer")).json()
    return found["items"] if isinstance(found, dict) else found


def test_a_validity_that_ends_before_it_begins_is_refused(walk: Walk):
    backwards = {"valid_from": "2026-10-01", "valid_until": "2026-09-30"}
    refused = grant(walk.to("committed"), **backwards)
    rule = "valid_until_not_before_its_beginning"
    assert (refused.status_code, refused.json()["rule"]) == (409, rule)


# the delivery -----------------------------------------------------------------------------------


@DECISIONS
def test_a_decision_is_owed_within_ten_working_days_and_its_delivery_is_recorded(
    walk: Walk, step: str
):
    owed = {each["action"]: each["due_on"] for each in walk.to(step).view["duties"]}
    assert owed["deliver"] == "2026-10-16"
    project(walk.client)
    listed = walk.client.get("/api/v1/worklist", headers=walk.as_("intake_clerk")).json()["items"]
    assert [each["action"] for each in listed if each["action"] == "deliver"] == ["deliver"]
    done = deliver(walk).json()
    assert done["delivery"] == {
        **{"state": "delivered", "state_label": "已送达"},
        **{"how": "at_counter", "how_label": "直接送达"},
        **{"delivered_on": walk.today, "receipt": PAPER},
    }
    assert "deliver" not in {each["action"] for each in done["duties"]}
    project(walk.client)
    listed = walk.client.get("/api/v1/worklist", headers=walk.as_("intake_clerk")).json()["items"]
    assert "deliver" not in {each["action"] for each in listed}


def test_a_decision_is_delivered_once(walk: Walk):
    again = deliver(walk.to("delivered"))
    assert (again.status_code, again.json()["rule"]) == (409, "stage")


def test_a_delivery_lies_between_the_decision_and_today(walk: Walk, clock: Clock):
    walk.to("granted")
    decided = date.fromisoformat(walk.today)
    clock.go_on(days=2)
    for day, rule in (
        (decided - timedelta(days=1), "delivered_on_not_before_the_paper"),
        (decided + timedelta(days=3), "delivered_on_not_after_today"),
    ):
        refused = deliver(walk, delivered_on=day.isoformat())
        assert (refused.status_code, refused.json()["rule"]) == (409, rule)
    done = deliver(walk, "decision_officer", delivered_on=decided.isoformat(), how="by_post")
    assert done.json()["delivery"]["delivered_on"] == decided.isoformat()


# the correction ---------------------------------------------------------------------------------


def test_nobody_corrects_a_decision_alone(walk: Walk):
    refused = amend(walk.to("granted"), approved_by="decision_officer-01")
    rule = "another_approves_the_amendment"
    assert (refused.status_code, refused.json()["rule"]) == (409, rule)


def test_a_corrected_paper_is_replaced_and_delivered_anew(walk: Walk):
    walk.to("delivered")
    before = verify_addresses(walk)
    walk.view = amend(walk).json()
    assert walk.view["decision"]["valid_until"] == "2031-09-27"
    assert walk.view["decision"]["corrected_on"] == walk.today
    assert walk.view["delivery"]["state"] == "none"
    assert "deliver" in {each["action"] for each in walk.view["duties"]}
    project(walk.client)
    after = verify_addresses(walk)
    for kind in ("grant", "delivery"):
        assert "已被新的文书替换" in walk.client.get(before[kind]).text
        assert "这份文书有效" in walk.client.get(after[kind]).text
    assert deliver(walk).is_success


def test_the_public_reads_the_corrected_document(walk: Walk):
    code = walk.to("granted").view["commitment"]["code"]
    renamed = amend(walk, title="食品经营许可证（副本）", number="义市监许〔2026〕901号")
    assert renamed.is_success, renamed.text
    project(walk.client)
    entry = walk.client.get(f"/api/v1/disclosures/{code}").json()
    shown = {name: entry[name] for name in ("document_number", "document_title")}
    assert shown == {
        "document_number": "义市监许〔2026〕901号",
        "document_title": "食品经营许可证（副本）",
    }


def test_a_new_number_of_a_correction_is_claimed(client: TestClient, as_: Badges):
    first, second = (Walk(client, as_).to("granted") for _ in range(2))
    assert amend(first, number=NUMBER).is_success
    taken = amend(second, number=NUMBER)
    assert (taken.status_code, taken.json()["rule"]) == (409, "number_is_new")
