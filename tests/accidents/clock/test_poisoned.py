"""A clock 300 days ahead for one command: what it poisoned goes on after a correction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import Table, select
from starlette.testclient import TestClient

from application.access.permissions import Role
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild
from projections.read_model.tables import case_summaries, disclosures, duties, tolerance_reviews
from tests.api.conftest import (
    MARKET_OFFICE,
    PAPER,
    Badges,
    Walk,
    as_,
    client,
    log_size,
    logs,
    project,
    the_service,
    visitor,
    walk,
)
from tests.api.http.test_doors import denied
from tests.conftest import Clock
from tests.support.browser_client import Visitor
from tests.support.review_client import CHECK, REFUSE, Door

__all__ = ["as_", "client", "logs", "visitor", "walk"]

SAID = {"reason": "服务器时钟快了三百天，已校准", "evidence": PAPER, "approved_by": "wu-01"}


@contextmanager
def ahead(clock: Clock) -> Iterator[None]:
    """The clock runs 300 days ahead until the block ends."""
    clock.go_on(days=300)
    yield
    clock.go_on(days=-300)


def poisoned(walk: Walk, clock: Clock, step: str) -> Walk:
    """The case up to this step, which is taken by a clock 300 days ahead."""
    with ahead(clock):
        walk.to(step)
    clock.go_on(minutes=5)
    return walk


def retimed(walk: Walk, **said: Any) -> Response:
    return walk.post("retime", SAID | said, **walk.as_(Role.SUPERVISOR))


def rows(client: TestClient, table: Table) -> list[dict[str, Any]]:
    with the_service(client).engine.connect() as db:
        return [dict(row._mapping) for row in db.execute(select(table))]


def test_a_case_shut_by_a_wrong_clock_goes_on_after_a_correction(walk: Walk, clock: Clock):
    poisoned(walk.to("opened"), clock, "cleared").to("notified")
    assert walk.view["duties"][0]["due_on"] > "2027-07-01"
    refused = walk.attempt("committed")
    assert (refused.status_code, refused.json()["rule"]) == (409, "signed_on_not_before_the_notice")
    before = clock.now.isoformat()
    assert walk.get(at=before).json()["version"] == 1

    clock.go_on(minutes=5)
    stated = [{"version": 2, "at": "2026-09-28T09:01:00+08:00"}]
    done = retimed(walk, instants=stated)
    assert done.is_success, done.text
    assert [(d["action"], d["due_on"]) for d in done.json()["duties"]] == [("commit", "2026-10-10")]
    assert done.json()["updated_at"] == "2026-09-28T09:10:00+08:00"
    walk.to("granted")
    assert walk.get(at="2026-09-28T09:02:00+08:00").json()["version"] == 2
    assert walk.get(at=clock.now.isoformat()).json()["version"] == 6


def test_only_a_supervisor_corrects_and_only_where_an_instant_lies_ahead(walk: Walk, clock: Clock):
    assert "retime" not in _offered(walk.to("opened"))
    assert retimed(walk).json()["rule"] == "last_step_lies_ahead"
    poisoned(walk, clock, "cleared")
    assert "retime" in _offered(walk)
    size = log_size(walk.client)
    for role in denied("supervisor"):
        reply = walk.post("retime", SAID, **walk.as_(role))
        assert (reply.status_code, reply.json()["code"]) == (403, "not-permitted"), role
    assert log_size(walk.client) == size
    assert retimed(walk).is_success
    assert "retime" not in _offered(walk)


def _offered(walk: Walk) -> set[str]:
    return {action["name"] for action in walk.get(role=Role.SUPERVISOR).json()["actions"]}


@pytest.mark.parametrize(
    "instants",
    [
        [{"version": 2, "at": 1790000000}],
        [{"version": 2, "at": "2026-09-28T09:01:00"}],
        [{"version": 2, "at": "9999-12-31T23:59:59Z"}],
        [{"version": 0, "at": "2026-09-28T09:01:00Z"}],
        [{"version": 2, "at": "2026-09-28T09:01:00Z"}] * 2,
    ],
    ids=["seconds", "without zone", "beyond the calendar", "version 0", "twice"],
)
def test_a_badly_written_instant_is_refused(walk: Walk, clock: Clock, instants: Any):
    poisoned(walk.to("opened"), clock, "cleared")
    assert retimed(walk, instants=instants).status_code == 422


def test_history_and_timeline_show_the_recorded_and_the_right_instant(
    walk: Walk, clock: Clock, visitor: Visitor
):
    poisoned(walk.to("opened"), clock, "cleared")
    assert retimed(walk).is_success
    entry = walk.get("/history").json()[1]
    assert (entry["at"], entry["right_at"]) == (
        "2027-07-25T09:00:00+08:00",
        "2026-09-28T09:05:00+08:00",
    )
    assert walk.get("/history").json()[0]["right_at"] is None
    visitor.sign_in()
    page = walk.client.get(f"/audit/streams/{walk.view['id']}").text
    assert "2027年7月25日 09:00" in page
    assert "应为" in page
    assert "纠正为2026年9月28日 09:05" in page


@pytest.mark.parametrize("step", ["granted", "fulfilled", "penalized"])
def test_the_public_list_and_the_worklist_show_the_right_days(walk: Walk, clock: Clock, step: str):
    """They are corrected at once, and a rebuild finds the same."""
    poisoned(walk, clock, step)
    project(walk.client)
    assert rows(walk.client, disclosures)[0]["granted_on"].year == 2027
    done = retimed(walk)
    assert done.is_success, done.text
    project(walk.client)
    (line,) = rows(walk.client, disclosures)
    columns = ("granted_on", "concluded_on", "sanctioned_on", "public_from", "updated_at")
    assert {line[name].year for name in columns if line[name]} == {2026}
    owed = [(d["action"], d["due_on"]) for d in done.json()["duties"]]
    assert [(row["action"], row["due_on"].isoformat()) for row in rows(walk.client, duties)] == owed
    (summary,) = rows(walk.client, case_summaries)
    assert summary["updated_at"].year == 2026
    shown = {table: rows(walk.client, table) for table in (disclosures, duties)}
    for name in ("disclosure", "worklist"):
        rebuild(the_service(walk.client).projector, PROJECTIONS[name], lambda _: None)
    assert {table: rows(walk.client, table) for table in shown} == shown


def test_a_review_shut_by_a_wrong_clock_goes_on_after_a_correction(
    client: TestClient, as_: Badges, clock: Clock
):
    door = Door(client, as_, clock)
    place = door.begins()
    with ahead(clock):
        assert client.post(f"{place}/check", json=CHECK, headers=door.reviewer("zheng")).is_success
    clock.go_on(days=30)
    decide = {"json": REFUSE, "headers": door.reviewer()}
    refused = client.post(f"{place}/decide", **decide)
    assert refused.json()["rule"] == "issued_on_not_before_the_check"
    stated = {"instants": [{"version": 2, "at": "2026-10-12T09:00:00+08:00"}]}
    supervisor = as_(Role.SUPERVISOR, department=MARKET_OFFICE)
    for role in denied("supervisor"):
        assert client.post(f"{place}/retime", json=SAID, headers=as_(role)).status_code == 403
    done = client.post(f"{place}/retime", json=SAID | stated, headers=supervisor)
    assert done.is_success, done.text
    project(client)
    assert rows(client, tolerance_reviews)[0]["checked_on"].isoformat() == "2026-10-12"
    assert client.post(f"{place}/decide", **decide).is_success
