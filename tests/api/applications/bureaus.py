"""Three bureaus whose items ask for the same materials, and applications to them over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from httpx2 import Response
from starlette.testclient import TestClient

from application.catalogue.commands import ActivateItem, ListItem
from application.execution.context import CommandContext
from domain.case.events import CaseOpened
from domain.catalogue.terms import Material, Terms, Weight
from domain.values.parties import Department
from tests import stories as s
from tests.api.conftest import ELSEWHERE, KEEPER, MOVES, Badges, Walk, project, the_service
from tests.given import MARKET_OFFICE
from tests.papers import digest

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


def applications(client: TestClient, as_: Badges) -> At:
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
