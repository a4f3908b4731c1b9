"""What the city holds of a subject no department asks for again; it opens it for a purpose."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from application.catalogue.commands import ActivateItem, ListItem
from application.execution.context import CommandContext
from domain.case.events import CaseOpened
from domain.catalogue.terms import Material, Terms, Weight
from domain.values.parties import Department
from infrastructure.database.engine import writing
from infrastructure.database.schema import vault
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild
from projections.holdings.tables import holdings
from tests import stories as s
from tests.api.conftest import (
    CITIZEN,
    ELSEWHERE,
    KEEPER,
    MOVES,
    ON_RECORD,
    Badges,
    Walk,
    log_size,
    project,
    the_service,
)
from tests.api.http.test_doors import is_forbidden
from tests.conftest import Clock
from tests.given import MARKET_OFFICE
from tests.infrastructure.letters.pdf_reader import text_of
from tests.papers import PAPERS, digest

HOUSING = Department(code="11411281005801851C", name="义马市住房和城乡建设局")
HEALTH, PLAN, LEASE = "从业人员健康证明", "经营场所布局图", "经营场所租赁合同"
SCAN, DRAWING = digest("health certificate"), digest("plan of the premises")
READS = "/api/v1/audit/streams/{}/reads"


def material(code: str, name: str, *, shareable: bool = True) -> Material:
    return Material(code=code, name=name, weight=Weight.SECONDARY, shareable=shareable)


def asks(*materials: Material) -> Terms:
    """The terms of an item that asks for its own form and for these."""
    form = Material(code="M-01", name="申请书", weight=Weight.PRIMARY)
    others = tuple(each.model_copy(update={"replaced_by_promise": True}) for each in materials)
    return s.TERMS.model_copy(update={"materials": (form, *others)})


@dataclass(frozen=True)
class Bureau:
    """A department with one item; its people handle the cases of it."""

    department: Department
    code: str
    terms: Terms

    def lists(self, client: TestClient) -> None:
        service = the_service(client)
        item = s.ITEM.model_copy(
            update={
                "code": self.code,
                "name": f"{self.department.name}的事项",
                "department": self.department,
                "supervisor": self.department,
            }
        )
        context = CommandContext(KEEPER, service.clock())
        service.catalogue.list_item(context, ListItem(item=item, terms=self.terms))
        service.catalogue.act(context, self.code, ActivateItem())


@dataclass(frozen=True)
class Staff(Badges):
    """The badges of the people of one department."""

    department: Department = MARKET_OFFICE

    def __call__(
        self, role: str, person: str = "", department: Department | None = None
    ) -> dict[str, str]:
        return super().__call__(role, person, department or self.department)


@dataclass
class Application(Walk):
    """A case at one bureau; by default only the form is handed in."""

    bureau: Bureau = field(kw_only=True)
    handed_in: tuple[str, ...] = ("M-01",)
    scans: tuple[dict[str, str], ...] = ()

    @property
    def application(self) -> dict[str, Any]:
        facts = {"item": self.bureau.code, "kind": self.kind, "applicant": self.applicant}
        return facts | {"submitted": list(self.handed_in), "scans": list(self.scans)}

    def opens(self) -> CaseOpened:
        """Opens the case, which must succeed; the register is up to date before and after."""
        project(self.client)
        self.to("opened")
        project(self.client)
        opened, *_ = the_service(self.client).repository.events(UUID(self.view["id"]))
        assert isinstance(opened, CaseOpened)
        return opened

    def opens_reused(self, code: str, role: str = "intake_clerk", **asked: str) -> Response:
        return self.get(f"/reused/{code}", role, **asked)


At = Callable[..., Application]
A = Bureau(MARKET_OFFICE, "000131001021", asks(material("M-02", HEALTH)))
B = Bureau(ELSEWHERE, "000131001022", asks(material("M-02", PLAN)))
C = Bureau(HOUSING, "000131001023", asks(material("M-07", HEALTH), material("M-08", PLAN)))
WITH_SCAN = {
    "handed_in": ("M-01", "M-02"),
    "scans": ({"material": "M-02", "digest": SCAN},),
}


@pytest.fixture
def at(client: TestClient, as_: Badges) -> At:
    """`at(A, …)` is an application to bureau A, whose item is listed if it was not yet."""
    listed: set[str] = set()

    def application(bureau: Bureau, **how: Any) -> Application:
        if bureau.code not in listed:
            bureau.lists(client)
            listed.add(bureau.code)
        staff = Staff(as_.tokens, as_.clock, bureau.department)
        return Application(client, staff, bureau=bureau, **how)

    return application


def supplied(application: Application, code: str, sha: str, *steps: str) -> None:
    """The deferred material comes in after the decision; then these steps are taken with it."""
    application.to("granted")
    reply = application.post(
        "supply", {"material": code, "digest": sha}, **application.as_("intake_clerk")
    )
    assert reply.is_success, reply.text
    for step in steps:
        move = MOVES[step]
        body = move.says(application) | {"material": code}
        assert application.post(move.verb, body, **application.as_(move.role)).is_success
    project(application.client)


def notes(application: Application, case_id: object) -> list[dict[str, Any]]:
    project(application.client)
    reply = application.client.get(
        READS.format(case_id), headers=application.as_("auditor", "auditor-09")
    )
    assert reply.is_success, reply.text
    return [each for each in reply.json()["items"] if each["what"] == "files"]


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
