"""An application is received, put right once, and accepted, over HTTP (行政许可法 32)."""

from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import func, select
from starlette.testclient import TestClient

from projections.statistics.tables import monthly_totals
from tests.api.conftest import MOVES, PAPER, Walk, project, the_service
from tests.api.site.test_own_case import Door, door, said

__all__ = ["door"]

HEALTH = {"material": "M-02", "what": "没有提交，请补交"}
FORM = {"what": "申请书没有盖章"}


def ask(walk: Walk, *rows: dict[str, str], role: str = "intake_clerk") -> Response:
    return walk.post("accept", {"outcome": "ask", "asked": [*rows]}, **walk.as_(role))


def complete(walk: Walk, *codes: str, **said: Any) -> Response:
    body = {"received_on": walk.today, "submitted": [*codes]} | said
    return walk.post("complete", body, **walk.as_("intake_clerk"))


def accept(walk: Walk, role: str = "intake_clerk") -> Response:
    return walk.post("accept", {"outcome": "accept"}, **walk.as_(role))


def documents(walk: Walk) -> list[str]:
    return [each["kind"] for each in walk.get("/documents", "decision_officer").json()]


def owed(shown: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["action"], each["due_on"]) for each in shown["duties"]]


# received ---------------------------------------------------------------------------------------


def test_an_opening_that_says_nothing_is_accepted_on_the_spot(walk: Walk):
    shown = walk.to("opened").view["acceptance"]
    assert (shown["state"], shown["state_label"]) == ("accepted", "已受理")
    assert (shown["accepted_at"], shown["correction"]) == (walk.view["opened_at"], None)
    assert documents(walk) == ["acceptance"]


def test_an_incomplete_application_is_received_and_waits_for_its_acceptance(walk: Walk):
    shown = walk.to("received").view
    assert shown["acceptance"]["state"] == "pending"
    assert shown["acceptance"]["accepted_at"] is None
    assert owed(shown) == [("accept", "2026-10-10")]
    assert {"accept", "withdraw"} <= {each["name"] for each in shown["actions"]}
    assert documents(walk) == []


def test_the_same_application_is_refused_where_it_is_to_be_accepted_at_once(walk: Walk):
    body = walk.application | {"submitted": ["M-01", "M-03"]}
    refused = walk.post("open", body, **walk.as_("intake_clerk"))
    assert (refused.status_code, refused.json()["rule"]) == (
        409,
        "promise_replaces_what_is_missing",
    )


@pytest.mark.parametrize("step", ["received", "asked", "completed"])
def test_nobody_queries_before_the_acceptance(walk: Walk, step: str):
    refused = walk.to(step).post("query", {}, **walk.as_("intake_clerk"))
    assert (refused.status_code, refused.json()["rule"]) == (409, "application_is_accepted")
    assert "受理审查" in refused.json()["detail"]


# the correction ---------------------------------------------------------------------------------


def test_what_must_be_put_right_is_told_once_and_shown(walk: Walk):
    shown = ask(walk.to("received"), HEALTH, FORM)
    assert shown.is_success, shown.text
    assert shown.json()["acceptance"]["correction"] == {
        "asked_on": walk.today,
        "correct_by": {"on": "2026-10-16", "provisional": False},
        "asked": [
            {"material": "M-02", "name": "从业人员健康证明", "what": HEALTH["what"]},
            {"material": None, "name": "申请书", "what": FORM["what"]},
        ],
        **{"received_on": None, "submitted": [], "form": None},
    }
    assert owed(shown.json()) == [("complete", "2026-10-16")]
    assert documents(walk) == ["correction"]
    again = ask(walk, HEALTH)
    assert (again.status_code, again.json()["rule"]) == (409, "stage")


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([FORM], "everything_that_lacks_is_asked"),
        ([HEALTH, HEALTH | {"material": "M-09"}], "only_what_may_be_asked_is_put_right"),
    ],
)
def test_a_request_that_is_not_whole_or_goes_too_far_is_refused(walk: Walk, rows: Any, rule: str):
    refused = ask(walk.to("received"), *rows)
    assert (refused.status_code, refused.json()["rule"]) == (409, rule)


@pytest.mark.parametrize("rows", [[], [FORM, FORM], [HEALTH, HEALTH], [{"material": "M-02"}]])
def test_a_request_that_says_nothing_or_the_same_twice_is_no_request(walk: Walk, rows: Any):
    assert ask(walk.to("received"), *rows).status_code == 422


@pytest.mark.parametrize("role", ["decision_officer", "inspector", "auditor"])
def test_only_who_takes_applications_in_accepts_them(walk: Walk, role: str):
    assert ask(walk.to("received"), HEALTH, role=role).status_code == 403
    assert accept(walk, role).status_code == 403


def test_a_correction_names_only_files_that_were_uploaded(walk: Walk):
    scan = {"material": "M-02", "digest": "0" * 64}
    refused = complete(walk.to("asked"), "M-02", scans=[scan])
    assert (refused.status_code, refused.json()["rule"]) == (409, "document_is_filed")


def test_what_came_is_examined_anew_and_its_files_are_in_the_case(walk: Walk):
    shown = walk.to("completed").view
    correction = shown["acceptance"]["correction"]
    assert (correction["submitted"], correction["form"]) == (["M-02"], PAPER)
    assert owed(shown) == [("accept", "2026-10-10")]
    url = f"/api/v1/files/{walk.view['id']}"
    found = walk.client.get(url, headers=walk.as_("decision_officer")).json()
    assert {"补正的材料", "补正的申请书"} & {each["title"] for each in found}


# the acceptance ---------------------------------------------------------------------------------


def test_an_accepted_application_goes_the_way_of_every_other(walk: Walk):
    shown = walk.to("let in").view
    assert shown["acceptance"]["state"] == "accepted"
    assert owed(shown) == [("query", "2026-09-28")]
    assert documents(walk) == ["correction", "acceptance"]
    for step in ("cleared", "notified"):
        move = MOVES[step]
        assert walk.post(move.verb, {}, **walk.as_(move.role)).is_success


def test_nothing_is_accepted_that_still_lacks_something(walk: Walk):
    refused = accept(walk.to("received"))
    assert (refused.status_code, refused.json()["rule"]) == (
        409,
        "promise_replaces_what_is_missing",
    )


def test_the_statistics_count_the_acceptance_and_not_the_receipt(client: TestClient, walk: Walk):
    def accepted() -> int:
        project(client)
        with the_service(client).engine.connect() as db:
            return db.scalar(select(func.coalesce(func.sum(monthly_totals.c.accepted), 0))) or 0

    before = accepted()
    walk.to("received")
    assert accepted() == before
    walk.to("let in")
    assert accepted() == before + 1


# what the applicant reads -----------------------------------------------------------------------


def test_the_page_says_what_must_be_put_right_and_until_when(door: Door):
    door.walk.to("asked")
    page = said(door.opens())
    assert "请补正申请材料，最迟 2026年10月16日" in page
    assert "补正申请材料：《从业人员健康证明》：没有提交，请补交；申请书：申请书第二页" in page
    assert "收到申请材料" in page
    assert "补正告知书（PDF）" in page
    assert "受理通知书" not in page


@pytest.mark.parametrize(
    ("step", "stands"),
    [
        ("received", "已收到您的申请材料，等待决定是否受理，最迟 2026年10月10日"),
        ("completed", "已收到补正的材料，等待决定是否受理"),
        ("let in", "已受理，等待信用查询"),
    ],
)
def test_the_page_says_whether_the_application_is_accepted(door: Door, step: str, stands: str):
    door.walk.to(step)
    assert stands in said(door.opens())
