"""The access log: a read is logged before anything is shown, or nothing is shown."""

from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from application.access.permissions import Role
from infrastructure.database.engine import writing
from tests.api.conftest import CASES, CITIZEN, PAPER, Walk, the_service
from tests.api.http.test_doors import SPAN, WHO
from tests.conftest import Clock
from tests.given import DAY_1, MARKET_OFFICE
from tests.support.fault_server import wait_until
from tests.support.review_client import REVIEWS, Door

READS, EXPORTS = "/api/v1/audit/reads", "/api/v1/audit/exports"
Line = dict[str, Any]


def noted(walk: Walk, **filters: Any) -> list[Line]:
    """Returns the access log, oldest first, without the reads of this function."""
    reply = walk.client.get(READS, params=filters, headers=walk.as_("auditor", "checker"))
    lines: list[Line] = reply.json()["items"]
    return [line for line in reversed(lines) if line["person"] != "checker"]


def said(line: Line) -> tuple[str, str, str | None, str]:
    return line["person"], line["what"], line["stream_id"], line["purpose"]


@pytest.fixture
def citizen(walk: Walk) -> Walk:
    """A granted case of a natural person."""
    walk.applicant = CITIZEN
    return walk.to("granted")


# every read -------------------------------------------------------------------------------------


def test_a_read_of_personal_data_is_logged_with_its_purpose(citizen: Walk):
    id = citizen.view["id"]
    assert citizen.get("/applicant", Role.INSPECTOR, purpose="电话核实").is_success
    assert citizen.get("/applicant", Role.INTAKE_CLERK).is_success
    first, second = noted(citizen)
    assert said(first) == ("inspector-01", "identity", id, "电话核实")
    assert said(second) == ("intake_clerk-01", "identity", id, "办理本案")
    assert (second["role_label"], second["what_label"]) == ("窗口受理", "申请人身份")
    assert (second["department"], second["department_code"]) == (
        MARKET_OFFICE.name,
        MARKET_OFFICE.code,
    )
    assert CITIZEN["id_number"] not in str([first, second])


def test_a_purpose_must_be_a_text(citizen: Walk):
    for purpose in ("", " ", "x" * 201, "a\nb"):
        assert citizen.get("/applicant", Role.INSPECTOR, purpose=purpose).status_code == 422
    assert noted(citizen) == []


def test_reads_of_a_case_by_staff_are_logged(citizen: Walk):
    for role in (Role.INTAKE_CLERK, Role.SUPERVISOR):
        citizen.get("", role, version=2)
        citizen.get("/history", role)
        citizen.get("/diff", role, **SPAN)
    state, history, diff, *_ = lines = noted(citizen)
    assert [line["what"] for line in lines] == ["state", "history", "diff"] * 2
    assert {line["stream_id"] for line in lines} == {citizen.view["id"]}
    assert state["details"] == {"version": 2}
    assert history["details"] == {"version": 5}
    assert diff["details"] == {"earlier": 1, "later": 2}


def test_an_entry_holds_the_request_id(citizen: Walk):
    reply = citizen.get("", Role.INTAKE_CLERK)
    (line,) = noted(citizen)
    assert line["request_id"] == reply.headers["X-Request-Id"]


def test_a_read_that_is_refused_or_not_found_is_not_logged(citizen: Walk):
    assert citizen.get("/applicant", Role.AUDITOR).status_code == 403
    assert citizen.get("", Role.CATALOG_ADMIN).status_code == 403
    assert citizen.get("", Role.INTAKE_CLERK, version=99).status_code == 404
    assert noted(citizen) == []


def test_reads_of_lists_by_officers_are_not_logged(citizen: Walk):
    for address in (CASES, "/api/v1/worklist"):
        assert citizen.client.get(address, headers=citizen.as_("intake_clerk")).is_success
    assert noted(citizen) == []


AUDITORS = [
    door
    for door, roles in WHO.items()
    if door.startswith("GET ") and "auditor" in roles and "/reused/" not in door
]
"""tests/api/applications/test_never_asked_twice.py reads what another case holds."""


@pytest.fixture
def places(citizen: Walk, clock: Clock) -> dict[str, dict[str, str]]:
    """The path parameters of what can be read: a case and its files, an export; a review of the
    case of a company, and a document served on that: auditors get none that names a person."""
    review = Door(citizen.client, citizen.as_, clock)
    body = {"format": "ndjson", "search": {"role": "inspector"}}
    export = citizen.client.post(EXPORTS, json=body, headers=citizen.as_("auditor", "exporter"))
    place = f"{EXPORTS}/{export.json()['id']}/file"
    mine = citizen.as_("auditor", "exporter")
    wait_until(lambda: citizen.client.get(place, headers=mine).is_success)
    id = citizen.view["id"]
    here = {"case_id": id, "stream_id": id, "owner": id, "sha256": PAPER}
    return {
        REVIEWS: {"review_id": review.begins().rpartition("/")[2], "case_id": review.case},
        "{kind}": {"case_id": review.case, "kind": "notice"},
        "": here | {"export_id": export.json()["id"]},
    }


def through(walk: Walk, places: dict[str, dict[str, str]], door: str, **headers: str) -> Response:
    names = next(names for part, names in places.items() if part in door)
    address, query = door.removeprefix("GET ").format(**names), SPAN if "/diff" in door else {}
    return walk.client.get(address, params=query, headers=headers or walk.as_("auditor"))


def test_every_read_by_an_auditor_is_logged(
    citizen: Walk, places: dict[str, dict[str, str]], subtests: pytest.Subtests
):
    assert len(AUDITORS) >= 20
    for number, door in enumerate(AUDITORS, start=1):
        with subtests.test(door):
            assert through(citizen, places, door).is_success
            mine = noted(citizen, person="auditor-01")
            assert len(mine) == number
            assert mine[-1]["purpose"] == "审计监督"


# the log ----------------------------------------------------------------------------------------


def test_the_access_log_is_filtered_by_person_stream_subject_and_period(
    citizen: Walk, clock: Clock
):
    id, roles = citizen.view["id"], (Role.INTAKE_CLERK, Role.INSPECTOR, Role.SUPERVISOR)
    for role in roles:
        citizen.get("", role)
        citizen.get("/history", role)
        clock.go_on(hours=1)
    Walk(citizen.client, citizen.as_).to("opened").get("", Role.INTAKE_CLERK)

    def count(**filters: Any) -> int:
        return len(noted(citizen, **filters))

    later, last = (DAY_1 + timedelta(hours=n) for n in (1, 2))
    assert count() == 7
    assert count(stream=id) == 6
    assert count(person="inspector-01") == 2
    assert count(person="intake_clerk-01", stream=id) == 2
    assert count(what="history") == 3
    assert count(since=later.isoformat()) == 5
    assert count(until=later.isoformat()) == 2
    assert count(since=later.isoformat(), until=last.isoformat(), what="state") == 1
    assert count(person="nobody") == 0


def test_the_access_log_is_paged_newest_first(citizen: Walk):
    for version in (1, 2, 3, 4, 5):
        citizen.get("", Role.INTAKE_CLERK, version=version)
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 2, "person": "intake_clerk-01"}
    while query.get("cursor", "first"):
        page = citizen.client.get(READS, params=query, headers=citizen.as_("auditor")).json()
        seen += [line["details"]["version"] for line in page["items"]]
        query["cursor"] = page["next"]
    assert seen == [5, 4, 3, 2, 1]


def test_the_reads_of_one_stream_are_listed_under_that_stream(citizen: Walk):
    citizen.get("", Role.INSPECTOR)
    Walk(citizen.client, citizen.as_).to("opened").get("", Role.INTAKE_CLERK)
    address = f"/api/v1/audit/streams/{citizen.view['id']}/reads"
    shown = citizen.client.get(address, headers=citizen.as_("auditor")).json()["items"]
    assert [line["person"] for line in shown] == ["auditor-01", "inspector-01"]


def test_an_invalid_filter_of_the_access_log_is_refused(citizen: Walk):
    for query in ({"what": "everything"}, {"since": "2026-09-28T09:00:00"}, {"stream": "1"}):
        reply = citizen.client.get(READS, params=query, headers=citizen.as_("auditor"))
        assert reply.status_code == 422
    wrong = {"cursor": "x"}
    reply = citizen.client.get(READS, params=wrong, headers=citizen.as_("auditor"))
    assert reply.status_code == 400


# permanence -------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["UPDATE reads SET person = 'nobody'", "DELETE FROM reads"])
def test_the_database_refuses_to_change_or_remove_an_entry(citizen: Walk, act: str):
    citizen.get("", Role.INSPECTOR)
    before = noted(citizen)
    with (
        pytest.raises(DBAPIError, match="reads are for ever"),
        writing(the_service(citizen.client).engine).begin() as db,
    ):
        db.execute(text(act))
    assert noted(citizen) == before


def test_nothing_is_shown_if_the_read_cannot_be_logged(
    citizen: Walk, places: dict[str, dict[str, str]], subtests: pytest.Subtests
):
    reference = citizen.view["applicant"]["ref"]
    with writing(the_service(citizen.client).engine).begin() as db:
        db.execute(text("ALTER TABLE reads RENAME TO lost"))
    for door in [*AUDITORS, f"GET {CASES}/{{case_id}}/applicant"]:
        role = Role.INSPECTOR if door.endswith("applicant") else Role.AUDITOR
        with subtests.test(door):
            reply = through(citizen, places, door, **citizen.as_(role))
            assert (reply.status_code, reply.json()["code"]) == (503, "database-unavailable")
            assert CITIZEN["name"] not in reply.text
            assert reference not in reply.text
    assert citizen.attempt("fulfilled").is_success, "who acts is in the log of events"
