"""Lists: pages, filters, and who may see which entries."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.http import dependencies as deps
from projections.disclosures import name_search as names
from projections.disclosures.name_search import NAMES
from tests.api.conftest import (
    CASES,
    CITIZEN,
    DELISTED,
    ELSEWHERE,
    INSPECTORATE,
    ITEM,
    WAITING,
    Badges,
    Walk,
    log_size,
    project,
    the_service,
)
from tests.conftest import Clock

DISCLOSURES, CATALOGUE = "/api/v1/disclosures", "/api/v1/catalogue"
WORKLIST, AUDIT = "/api/v1/worklist", "/api/v1/audit"
ADDRESSES = (DISCLOSURES, CATALOGUE, WORKLIST, CASES, AUDIT)


@pytest.fixture
def busy(client: TestClient, as_: Badges, clock: Clock) -> TestClient:
    """Cases of both types at several stages, opened one hour apart."""
    for kind, end in (
        ("notice_commitment", "opened"),
        ("notice_commitment", "penalized"),
        ("deferred_materials", "granted"),
        ("deferred_materials", "granted"),
        ("notice_commitment", "fulfilled"),
    ):
        Walk(client, as_, kind).to(end)
        clock.go_on(hours=1)
    Walk(client, as_, applicant=CITIZEN).to("granted")
    project(client)
    return client


def pages(client: TestClient, address: str, badge: dict[str, str], **query: Any) -> Iterator[list]:
    """Every page of a list, fetched by following the cursors."""
    cursor: dict[str, str] = {}
    while True:
        reply = client.get(address, params=query | cursor, headers=badge)
        assert reply.status_code == 200, reply.text
        yield reply.json()["items"]
        if not (following := reply.json()["next"]):
            return
        cursor = {"cursor": following}


def items(reply: Response) -> list[dict[str, Any]]:
    assert reply.status_code == 200, reply.text
    return reply.json()["items"]


# every list -------------------------------------------------------------------------------------


def test_the_pages_together_are_the_whole_list(
    busy: TestClient, as_: Badges, subtests: pytest.Subtests
):
    badge = as_("auditor")
    for address in ADDRESSES:
        with subtests.test(address):
            whole = items(busy.get(address, params={"limit": 200}, headers=badge))
            assert len(whole) >= 3
            for size in (1, 2, len(whole) - 1, len(whole)):
                cut = list(pages(busy, address, badge, limit=size))
                assert [entry for page in cut for entry in page] == whole
                assert {len(page) for page in cut[:-1]} <= {size}
                assert 1 <= len(cut[-1]) <= size


def test_a_page_stays_the_same_while_the_list_grows(busy: TestClient, as_: Badges, clock: Clock):
    badge = as_("auditor")
    first, *rest = pages(busy, CASES, badge, limit=2)
    cursor = busy.get(CASES, params={"limit": 2}, headers=badge).json()["next"]
    clock.go_on(hours=1)
    Walk(busy, as_).to("opened")
    project(busy)
    again = pages(busy, CASES, badge, limit=2, cursor=cursor)
    assert next(again) == rest[0]
    assert first[0] != items(busy.get(CASES, headers=badge))[0]


def test_a_page_has_1_to_200_items(client: TestClient, as_: Badges):
    for address in ADDRESSES:
        for size, status in ((0, 422), (-1, 422), (1, 200), (200, 200), (201, 422), ("x", 422)):
            reply = client.get(address, params={"limit": size}, headers=as_("auditor"))
            assert reply.status_code == status, (address, size)


def test_the_settings_give_the_page_size_unless_the_request_does(
    busy: TestClient, as_: Badges, monkeypatch: pytest.MonkeyPatch
):
    service = the_service(busy)
    short = service.settings.model_copy(update={"page_size": 2})
    monkeypatch.setattr(busy.app.state, "container", replace(service, settings=short))
    for address in ADDRESSES:
        for query, size in (({}, 2), ({"limit": 3}, 3)):
            page = items(busy.get(address, params=query, headers=as_("auditor")))
            assert len(page) == size, address


BAD_CURSORS = (
    "x", "====", "W10", "bnVsbA", "eyJhIjoxfQ", "WyJcdTAwMDAiXQ", "WyJcdWQ4MDAiXQ", 
    "WyIyMDI2LTEzLTQwIiwgIngiXQ", "W1tbW1tbW1tb", "%00", "信诺",
)  # fmt: skip


def test_a_foreign_cursor_is_refused(client: TestClient, as_: Badges):
    for address in ADDRESSES:
        for cursor in BAD_CURSORS:
            reply = client.get(address, params={"cursor": cursor}, headers=as_("auditor"))
            assert (reply.status_code, reply.json().get("code")) == (400, "bad-cursor"), (
                address,
                cursor,
            )
        reply = client.get(address, params={"cursor": "x" * 401}, headers=as_("auditor"))
        assert reply.status_code == 422


def test_a_public_list_may_be_cached_for_a_minute_and_no_other_list_at_all(
    busy: TestClient, as_: Badges
):
    policy = busy.get(DISCLOSURES).headers["Cache-Control"]
    assert policy == "public, max-age=60"
    for address in (WORKLIST, CASES, AUDIT):
        assert busy.get(address, headers=as_("auditor")).headers["Cache-Control"] == "no-store"


# the public list --------------------------------------------------------------------------------


def public(client: TestClient, **query: Any) -> list[str]:
    """The listed entries, each by the last digit of its commitment code."""
    return [entry["code"][-1] for entry in items(client.get(DISCLOSURES, params=query))]


def test_the_public_list_is_filtered(busy: TestClient):
    for query, found in (
        ({}, "4321"),  # the fifth applicant is a person
        ({"status": "supervised"}, "32"),
        ({"status": "fulfilled"}, "4"),
        ({"status": "unfulfilled"}, "1"),
        ({"kind": "deferred_materials"}, "32"),
        ({"field": "other_high_frequency"}, "4321"),
        ({"field": "citizen"}, ""),
        ({"sanctioned": "true"}, "1"),
        ({"q": "千秋"}, "4321"),
        ({"q": "91411281ma9kxnt179"}, "4321"),
        ({"q": "41128120260928000003"}, "3"),
        ({"q": "%"}, ""),
    ):
        assert "".join(public(busy, **query)) == found, query
    for query in ({"status": "x"}, {"kind": "x"}, {"field": "x"}, {"sanctioned": "x"}):
        assert busy.get(DISCLOSURES, params=query).status_code == 422


def test_a_common_part_of_a_name_finds_the_same_entries_as_a_rare_one(
    busy: TestClient, monkeypatch: pytest.MonkeyPatch
):
    for module in (deps, names):
        monkeypatch.setattr(module, "MANY", 1)
    assert public(busy, q="千秋") == ["4", "3", "2", "1"]
    first = busy.get(DISCLOSURES, params={"q": "千秋", "limit": 3}).json()
    rest = busy.get(DISCLOSURES, params={"q": "千秋", "cursor": first["next"]})
    assert [entry["code"][-1] for entry in items(rest)] == ["1"]
    assert public(busy, q="千秋", status="supervised") == ["3", "2"]
    assert public(busy, q="没有这家") == []


def test_a_search_waits_for_the_projection_of_names(
    busy: TestClient, monkeypatch: pytest.MonkeyPatch
):
    def status(**query: str) -> int:
        ahead = {"X-Min-Position": str(log_size(busy))}
        return busy.get(DISCLOSURES, params=query, headers=ahead).status_code

    assert status() == status(q="千秋") == 200
    monkeypatch.setattr(deps, "NAMES", replace(NAMES, name="far behind"))
    monkeypatch.setattr(deps, "PROJECTION_TIMEOUT", 0.1)
    assert (status(), status(q="千秋")) == (200, 503)


def test_an_entry_is_found_by_its_code(busy: TestClient):
    entry = busy.get(f"{DISCLOSURES}/41128120260928000001").json()
    assert entry["sanction_measures"] == ["列为重点审查对象，不适用告知承诺等简化程序"]
    assert (entry["public_earliest_end"], entry["public_until"]) == ("2026-12-28", "2027-09-28")
    assert busy.get(f"{DISCLOSURES}/41128120260928000005").status_code == 404
    assert busy.get(f"{DISCLOSURES}/41128120260928000009").status_code == 404


def test_a_sanction_leaves_the_list_after_its_last_day(busy: TestClient, clock: Clock):
    clock.now = clock.now.replace(year=2027)
    assert public(busy) == ["4", "3", "2", "1"]
    clock.go_on(days=1)
    assert public(busy) == ["4", "3", "2"]
    assert busy.get(f"{DISCLOSURES}/41128120260928000001").status_code == 410


# the catalogue ----------------------------------------------------------------------------------


def test_the_catalogue_is_filtered(client: TestClient):
    project(client)
    for query, found in (
        ({}, [ITEM, WAITING, DELISTED]),
        ({"listing": "active"}, [ITEM]),
        ({"listing": "listed"}, [WAITING]),
        ({"listing": "delisted"}, [DELISTED]),
        ({"field": "other_high_frequency"}, [ITEM, WAITING, DELISTED]),
        ({"field": "citizen"}, []),
    ):
        listed = items(client.get(CATALOGUE, params=query))
        assert [line["item_code"] for line in listed] == [item.code for item in found], query
    shown = client.get(f"{CATALOGUE}/{ITEM.code}").json()
    assert (shown["listing"], shown["terms"]["measures"]) == ("active", ["H1", "H3", "H5"])
    assert client.get(f"{CATALOGUE}/000131001777").status_code == 404


# the worklist -----------------------------------------------------------------------------------


def duties(client: TestClient, badge: dict[str, str]) -> list[str]:
    return [duty["action"] for duty in items(client.get(WORKLIST, headers=badge))]


def test_an_officer_sees_the_duties_of_their_role(busy: TestClient, as_: Badges):
    assert duties(busy, as_("intake_clerk")) == ["query", *["supply"] * 4, *["deliver"] * 5]
    assert duties(busy, as_("inspector")) == ["inspect"] * 3
    assert duties(busy, as_("decision_officer")) == ["query", *["deliver"] * 5]
    assert duties(busy, as_("hearing_chair")) == []
    assert len(duties(busy, as_("auditor"))) == 13


def test_no_officer_sees_the_duties_of_another_office(busy: TestClient, as_: Badges):
    for role in ("intake_clerk", "inspector", "decision_officer"):
        assert duties(busy, as_(role, department=ELSEWHERE)) == []


def test_the_worklist_starts_with_the_most_urgent_duty_and_marks_overdue_ones(
    busy: TestClient, as_: Badges, clock: Clock
):
    def late() -> list[bool]:
        lines = items(busy.get(WORKLIST, headers=as_("intake_clerk")))
        assert [line["due_on"] for line in lines] == sorted(line["due_on"] for line in lines)
        return [line["overdue"] for line in lines]

    assert late() == [False] * 10
    clock.now += timedelta(days=1)
    assert late() == [True] + [False] * 9


# cases ------------------------------------------------------------------------------------------


def test_an_office_sees_its_own_cases_and_supervision_sees_all(busy: TestClient, as_: Badges):
    def seen(role: str, **where: Any) -> int:
        return len(items(busy.get(CASES, headers=as_(role, **where))))

    assert [seen(role) for role in ("auditor", "supervisor", "credit_collector")] == [6, 6, 6]
    assert seen("auditor", department=ELSEWHERE) == 6
    assert seen("intake_clerk") == seen("inspector") == 6
    assert seen("intake_clerk", department=INSPECTORATE) == 6
    assert seen("intake_clerk", department=ELSEWHERE) == 0


def test_cases_are_filtered_by_stage_and_listed_newest_first(busy: TestClient, as_: Badges):
    def stages(**query: str) -> list[str]:
        return [line["stage"] for line in items(busy.get(CASES, params=query, headers=badge))]

    badge = as_("auditor")
    assert stages() == ["granted", "fulfilled", "granted", "granted", "penalized", "received"]
    assert stages(stage="granted") == ["granted"] * 3
    assert stages(stage="spared") == []
    assert busy.get(CASES, params={"stage": "x"}, headers=badge).status_code == 422


def test_a_list_names_no_person(busy: TestClient, as_: Badges):
    newest = items(busy.get(CASES, headers=as_("auditor")))[0]
    assert newest["applicant"] == "自然人"
    for address in ADDRESSES:
        text = busy.get(address, params={"limit": 200}, headers=as_("auditor")).text
        assert CITIZEN["name"] not in text
        assert CITIZEN["id_number"] not in text


# the trail --------------------------------------------------------------------------------------


def test_the_trail_is_the_whole_log_in_order(busy: TestClient, as_: Badges):
    trail = items(busy.get(AUDIT, params={"limit": 200}, headers=as_("auditor")))
    assert [entry["position"] for entry in trail] == list(range(1, log_size(busy) + 1))
    assert all(entry["sentence"] for entry in trail)


def test_the_trail_is_filtered_by_case_or_person(busy: TestClient, as_: Badges):
    badge = as_("auditor")
    penalized = items(busy.get(CASES, params={"stage": "penalized"}, headers=badge))[0]
    of_case = items(busy.get(AUDIT, params={"stream": penalized["case_id"]}, headers=badge))
    assert [entry["version"] for entry in of_case] == list(range(1, 12))
    of_person = items(busy.get(AUDIT, params={"person": "hearing_chair-01"}, headers=badge))
    assert [entry["topic"] for entry in of_person] == ["case/statement-waived"]
    assert items(busy.get(AUDIT, params={"person": "nobody"}, headers=badge)) == []
