"""What the city holds of a subject no department asks for again; it opens it for a purpose."""

from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from infrastructure.database.engine import writing
from infrastructure.database.schema import vault
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild
from projections.holdings.tables import holdings
from tests.api.applications.bureaus import (
    DRAWING,
    HEALTH,
    HOUSING,
    LEASE,
    PLAN,
    SCAN,
    WITH_SCAN,
    A,
    At,
    B,
    Bureau,
    C,
    applications,
    asks,
    material,
    notes,
    supplied,
)
from tests.api.conftest import (
    CITIZEN,
    ELSEWHERE,
    MOVES,
    ON_RECORD,
    Badges,
    log_size,
    project,
    the_service,
)
from tests.api.http.test_doors import is_forbidden
from tests.conftest import Clock
from tests.given import MARKET_OFFICE
from tests.infrastructure.letters.pdf_reader import text_of
from tests.papers import PAPERS, digest


@pytest.fixture
def at(client: TestClient, as_: Badges) -> At:
    return applications(client, as_)


# the third case of one subject over three departments -----------------------------------------


def test_the_third_case_asks_for_nothing_that_the_city_holds(at: At, clock: Clock):
    first = at(A, **WITH_SCAN)
    first.opens()
    second = at(B, kind="deferred_materials")
    assert second.opens().reused == ()
    supplied(second, "M-02", DRAWING, "accepted")
    clock.go_on(days=1)

    third = at(C)
    opened = third.opens()
    held = {each.material: (each.digest, str(each.case), each.holder) for each in opened.reused}
    assert held == {
        "M-07": (SCAN, first.view["id"], MARKET_OFFICE),
        "M-08": (DRAWING, second.view["id"], ELSEWHERE),
    }
    assert [(m["code"], m["holder"]["name"]) for m in third.view["reused"]] == [
        ("M-07", MARKET_OFFICE.name),
        ("M-08", ELSEWHERE.name),
    ]
    third.to("committed")
    assert third.view["supplements"] == []
    told = text_of(third.get("/documents/notice", "intake_clerk").content)
    assert f"{HEALTH}（次要材料）：{MARKET_OFFICE.name}已经持有，不向您索要" in told
    assert f"{PLAN}（次要材料）：{ELSEWHERE.name}已经持有，不向您索要" in told


def test_the_trail_tells_what_was_not_asked_for(at: At):
    at(A, **WITH_SCAN).opens()
    third = at(C)
    third.opens()
    told = third.get("/history", "intake_clerk").json()[0]["sentence"]
    assert f"收到材料1份；《{HEALTH}》{MARKET_OFFICE.name}已经持有，没有再索要" in told


def test_the_public_reads_how_much_was_not_asked_for(at: At, clock: Clock):
    at(A, **WITH_SCAN).opens()
    third = at(C)
    third.opens()
    clock.go_on(days=3)
    found = third.client.get("/api/v1/statistics", params={"period": "2026-09"}).json()["figures"]
    assert [each["value"] for each in found if each["name"] == "not_asked"] == [1]


def test_a_deferred_case_defers_only_what_the_city_does_not_hold(at: At):
    at(A, **WITH_SCAN).opens()
    third = at(C, kind="deferred_materials")
    third.opens()
    third.to("notified")
    assert [each["code"] for each in third.view["notice"]["deferred"]] == ["M-08"]


def test_who_asks_all_the_same_is_refused(at: At):
    at(A, **WITH_SCAN).opens()
    third = at(C, handed_in=("M-01", "M-07", "M-08"))
    project(third.client)
    size, reply = log_size(third.client), third.attempt("opened")
    assert (reply.status_code, reply.json()["rule"]) == (
        409,
        "only_what_may_be_asked_is_taken",
    )
    assert log_size(third.client) == size


# opening what another case holds --------------------------------------------------------------


def test_what_another_case_holds_is_opened_for_a_purpose_and_noted_there(at: At):
    first, third = at(A, **WITH_SCAN), at(C)
    first.opens()
    third.opens()
    reply = third.opens_reused("M-07", purpose="核对健康证明")
    assert (reply.status_code, reply.content) == (200, PAPERS[SCAN])
    assert reply.headers["Content-Type"] == "application/pdf"
    for case_id in (first.view["id"], third.view["id"]):
        (note,) = notes(third, case_id)
        assert (note["purpose"], note["person"]) == ("核对健康证明", "intake_clerk-01")
        assert note["details"] == {"document": SCAN, "reused_in": third.view["id"]}


def test_an_auditors_opening_is_noted_and_without_a_note_nothing_is_shown(at: At):
    first, third = at(A, **WITH_SCAN), at(C)
    first.opens()
    third.opens()
    assert third.opens_reused("M-07", "auditor", purpose="抽查").is_success
    (note,) = notes(third, first.view["id"])
    assert (note["purpose"], note["person"]) == ("抽查", "auditor-01")
    with writing(the_service(third.client).engine).begin() as db:
        db.execute(text("ALTER TABLE reads RENAME TO lost"))
    reply = third.opens_reused("M-07", "auditor", purpose="抽查")
    assert (reply.status_code, reply.json()["code"]) == (503, "database-unavailable")


def test_nothing_is_opened_without_a_purpose_or_a_right_or_a_reuse(at: At):
    first, third = at(A, **WITH_SCAN), at(C)
    first.opens()
    third.opens()
    assert third.opens_reused("M-07").status_code == 422
    assert third.opens_reused("M-07", purpose=" ").status_code == 422
    assert third.opens_reused("M-01", purpose="核对").status_code == 404
    assert third.opens_reused("M-08", purpose="核对").status_code == 404
    for role in ("operator", "catalog_admin", "department_lead"):
        is_forbidden(third.opens_reused("M-07", role, purpose="核对"))
    stranger = third.as_("intake_clerk", department=MARKET_OFFICE)
    is_forbidden(
        third.client.get(f"{third.url}/reused/M-07", params={"purpose": "核对"}, headers=stranger)
    )
    assert notes(third, first.view["id"]) == []


# what is not reused ---------------------------------------------------------------------------


def test_a_material_that_has_expired_is_asked_for_again(at: At, clock: Clock):
    scan = {"material": "M-02", "digest": SCAN, "valid_until": "2026-09-29"}
    at(A, handed_in=("M-01", "M-02"), scans=(scan,)).opens()
    clock.go_on(days=1)
    assert [each.material for each in at(C).opens().reused] == ["M-07"]
    clock.go_on(days=1)
    assert at(C).opens().reused == ()


def test_the_newest_valid_one_is_reused(at: At, clock: Clock):
    newer = digest("newer certificate")
    expiring = {"material": "M-02", "digest": newer, "valid_until": "2026-09-28"}
    at(A, **WITH_SCAN).to("opened")
    at(A, handed_in=("M-01", "M-02"), scans=(expiring,)).to("opened")
    assert [each.digest for each in at(C).opens().reused] == [newer]
    clock.go_on(days=1)
    assert [each.digest for each in at(C).opens().reused] == [SCAN]


def test_a_material_is_the_same_under_the_same_folded_name(at: At):
    at(A, **WITH_SCAN).opens()
    spelt = Bureau(ELSEWHERE, "000131001024", asks(material("M-02", "从业人员 健康证明")))
    assert [each.digest for each in at(spelt).opens().reused] == [SCAN]


def test_another_subjects_material_is_not_reused(at: At):
    at(A, applicant=dict(ON_RECORD), **WITH_SCAN).opens()
    assert at(C).opens().reused == ()


def test_what_is_shareable_in_only_one_of_the_items_is_not_reused(at: At):
    kept = Bureau(ELSEWHERE, "000131001025", asks(material("M-02", LEASE, shareable=False)))
    shared = Bureau(HOUSING, "000131001026", asks(material("M-02", LEASE)))
    at(kept, **WITH_SCAN).opens()
    assert at(shared, **WITH_SCAN).opens().reused == ()
    assert at(kept).opens().reused == ()


def test_what_waits_for_its_review_or_was_returned_is_not_held(at: At):
    second = at(B, kind="deferred_materials")
    second.opens()
    supplied(second, "M-02", DRAWING)
    assert at(C).opens().reused == ()
    move = MOVES["returned"]
    body = move.says(second)
    assert second.post(move.verb, body, **second.as_(move.role)).is_success
    assert at(C).opens().reused == ()


def test_what_was_handed_in_without_a_scan_is_not_held(at: At):
    at(A, handed_in=("M-01", "M-02")).opens()
    assert at(C).opens().reused == ()


# natural persons ------------------------------------------------------------------------------


def test_a_persons_material_is_reused_until_they_are_erased(at: At):
    first = at(A, applicant=dict(CITIZEN), **WITH_SCAN)
    person = first.opens().applicant
    third = at(C, applicant=dict(CITIZEN))
    assert [each.material for each in third.opens().reused] == ["M-07"]
    assert third.opens_reused("M-07", purpose="核对").content == PAPERS[SCAN]
    with writing(the_service(third.client).engine).begin() as db:
        db.execute(vault.update().where(vault.c.ref == person.ref).values(wrapped_key=None))
    reply = third.opens_reused("M-07", purpose="核对")
    assert reply.status_code == 404
    assert "已经依法删除" in reply.json()["detail"]
    assert at(C, applicant=dict(CITIZEN)).opens().reused == ()


# the register ---------------------------------------------------------------------------------


def test_the_register_equals_a_rebuilt_one(at: At, client: TestClient):
    service = the_service(client)

    def rows() -> list[Any]:
        with service.engine.connect() as db:
            return sorted(map(tuple, db.execute(holdings.select())), key=str)

    at(A, **WITH_SCAN).opens()
    at(A, applicant=dict(CITIZEN), **WITH_SCAN).opens()
    second = at(B, kind="deferred_materials")
    second.opens()
    supplied(second, "M-02", DRAWING, "accepted")
    at(C).opens()
    before = rows()
    assert len(before) == 3
    rebuild(service.projector, PROJECTIONS["holdings"])
    assert rows() == before
