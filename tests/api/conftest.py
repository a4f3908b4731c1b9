"""Fixtures: the application on both databases, tokens for every role, a case over HTTP."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from itertools import takewhile
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import pytest
import structlog
from fastapi import FastAPI
from httpx2 import Client, Headers, Response
from starlette.testclient import TestClient

from api.app import create_app
from api.http.auth import Tokens, Unauthenticated
from application.access.permissions import Role
from application.catalogue.commands import ActivateItem, DelistItem, ListItem
from application.execution.context import CommandContext
from domain.values.credit import CreditEntry
from domain.values.parties import Actor, Department
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.settings import Settings
from tests import stories as s
from tests.api.checked_item import needing_a_check
from tests.conftest import OPERATOR_PORT, Clock, tokens_of
from tests.given import MARKET_OFFICE
from tests.papers import digest, lodge
from tests.support.browser_client import Visitor

INSPECTORATE = Department(code="11411281005802440Q", name="义马市人力资源和社会保障局")
"""The office that supervises the cases of the market office."""
ELSEWHERE = Department(code="11411281005807006L", name="义马市政务服务和大数据管理局")
KEEPER = Actor(person="keeper", role=Role.CATALOG_ADMIN, department=ELSEWHERE)

ITEM = s.ITEM.model_copy(update={"supervisor": INSPECTORATE})
WAITING = ITEM.model_copy(update={"code": "000131001002", "name": "食品小作坊登记"})
DELISTED = ITEM.model_copy(update={"code": "000131001003", "name": "食品摊贩备案"})

COMPANY = s.APPLICANT.model_dump()
ON_RECORD = {"kind": "organisation", "code": "91411281MA973UW600", "name": "义马市示例失信有限公司"}
CITIZEN = {"kind": "person", "name": "欧阳千秋", "id_number": "411281199001010014"}
RESPELT = {
    "correct_name": "义马市千秋·食品有限公司",
    "reason": "录入有误",
    "evidence": digest("spelling"),
}
"""A correction of the company's name to a spelling that compares equal."""
REACHED = {"contact_name": "示例联系人", "phone": "13800138000", "consents": True}
CASES = "/api/v1/cases"
PAPER = digest("paper")
"""The hash of a scanned document."""


# tokens -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Badges:
    """Authorization headers: `as_("auditor")` is an auditor at the usual office of that role."""

    tokens: Tokens
    clock: Callable[[], datetime]

    def __call__(
        self, role: str, person: str = "", department: Department | None = None
    ) -> dict[str, str]:
        office = department or (INSPECTORATE if role == Role.INSPECTOR else MARKET_OFFICE)
        actor = Actor(person=person or f"{role}-01", role=role, department=office)
        return {"Authorization": f"Bearer {self.tokens.mint(actor, self.clock(), 8)}"}


@pytest.fixture
def as_(settings: Settings, clock: Clock) -> Badges:
    return Badges(tokens_of(settings.keys_dir), clock)


# the application --------------------------------------------------------------------------------


def furnish(service: Container) -> None:
    """Adds an active item, an item without terms, a delisted item, and a credit record."""
    catalogue, context = service.catalogue, CommandContext(KEEPER, service.clock())
    for item, terms in ((ITEM, s.TERMS), (WAITING, None), (DELISTED, s.TERMS)):
        catalogue.list_item(context, ListItem(item=item, terms=terms))
    catalogue.act(context, ITEM.code, ActivateItem())
    catalogue.act(context, DELISTED.code, DelistItem(reason="不再适用"))
    record = {"kind": "serious_dishonesty", "document": "义示失信认定〔2025〕1号"}
    subject = {"subject_kind": "organisation", "subject_code": ON_RECORD["code"]}
    state = {"decided_on": date(2025, 3, 11), "duty_fulfilled": False, "repaired": False}
    service.register.take_in([CreditEntry(**record, **subject, **state)])


OPERATORS = f"http://testserver:{OPERATOR_PORT}"
"""The operators' listener: what begins with this comes in through it."""


@pytest.fixture
def logs() -> Iterator[StringIO]:
    """The log that the application of `served` writes."""
    yield StringIO()
    structlog.reset_defaults()


def served(settings: Settings, clock: Clock, logs: StringIO) -> FastAPI:
    """Returns the application, which writes its log to `logs`."""
    app = create_app(settings, clock)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(logs))
    return app


class ScanningClient(TestClient):
    """A client whose users upload the papers that their commands name, before they send them."""

    def request(self, method: str, url: Any, **how: Any) -> Response:
        scheme, _, token = Headers(how.get("headers")).get("Authorization", "").partition(" ")
        if scheme == "Bearer":
            self._lodge(token, json.dumps(how.get("json")) + repr(how.get("content")))
        return super().request(method, url, **how)

    def _lodge(self, token: str, said: str) -> None:
        service = the_service(self)
        with suppress(Unauthenticated):
            lodge(service, self.app.state.tokens.read(token, service.clock()), said)


@pytest.fixture
def client(
    furnished: None, settings: Settings, clock: Clock, logs: StringIO
) -> Iterator[TestClient]:
    """The whole application, with a small catalogue and a filled credit register."""
    with ScanningClient(served(settings, clock, logs), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def visitor(client: TestClient, as_: Badges) -> Visitor:
    return Visitor(client, as_)


def the_service(client: TestClient) -> Container:
    service: Container = client.app.state.container
    return service


def log_size(client: TestClient) -> int:
    """Returns the number of events in the log."""
    return the_service(client).repository.recorder.max_notification_id() or 0


def project(client: TestClient) -> None:
    """Updates all projections now, without waiting for the worker."""
    the_service(client).projector.catch_up_all()


# a case, step by step ---------------------------------------------------------------------------


class Move(NamedTuple):
    """A step of a case: the step before it, its verb, its role, its request body."""

    after: str
    verb: str
    role: Role
    says: Callable[["Walk"], dict[str, Any]]


def _says(outcome: str = "", **facts: Any) -> Callable[["Walk"], dict[str, Any]]:
    body = {"outcome": outcome} if outcome else {}
    return lambda _: body | facts


def _document(walk: "Walk", kind: str) -> dict[str, str]:
    return {"number": f"义市监许〔2026〕{walk.number}号", "kind": kind, "title": "食品经营许可证"}


def _grant(walk: "Walk") -> dict[str, Any]:
    return {"outcome": "grant", "document": _document(walk, "licence")}


def _refuse(walk: "Walk") -> dict[str, Any]:
    document = _document(walk, "other")
    return {"outcome": "refuse", "document": document, "ground": "conditions", "reason": "不予许可"}


def _checked(walk: "Walk") -> dict[str, Any]:
    said = {"colleague": "wu-01", "checked_on": walk.today, "record": PAPER}
    return said | {"finding": "现场核对经营场所，与平面图一致", "found_true": True}


def _amended(walk: "Walk") -> dict[str, Any]:
    document = _document(walk, "licence") | {"valid_until": "2031-09-27"}
    return {"document": document, "reason": "漏写了有效期", "approved_by": "wu-01"}


def _promise(walk: "Walk") -> dict[str, Any]:
    mark = "signature" if walk.applicant["kind"] == "person" else "seal"
    signature = {"mark": mark, "signed_on": walk.today}
    notice = {"notice_digest": walk.view["notice"]["digest"], "digest": PAPER}
    return {"outcome": "promise", "letter": notice | {"signature": signature, "attested": True}}


def _rectified(walk: "Walk") -> dict[str, Any]:
    return {"outcome": "rectified", "evidence": "任命文件", "done_on": walk.today}


def _impose(walk: "Walk") -> dict[str, Any]:
    served = {"issued_on": walk.today, "served_on": walk.today}
    office = {"code": MARKET_OFFICE.code, "name": MARKET_OFFICE.name}
    paper = {"number": f"义市监罚〔2026〕{walk.number + 30}号", "digest": PAPER, "issuer": office}
    basis = {"kind": "penalty_decision"} | paper | served
    facts = {"measures": ["H1"], "severity": "general", "basis": basis, "verdict": _BROKEN}
    return {"outcome": "impose"} | facts


_BROKEN = {"status": "3", "unfulfilled_content": "没有专职人员", "breach_consequence": "撤销许可"}
_LATER = {"submitted": ["M-01", "M-03"], "acceptance": "received"}
_ASKED = [{"material": "M-02", "what": "没有提交，请补交"}, {"what": "申请书第二页没有填写面积"}]
_CAME = {"submitted": ["M-02"], "scans": [{"material": "M-02", "digest": PAPER}], "form": PAPER}
_HANDED = {"how": "at_counter", "receipt": PAPER}
_REFUSAL = {"proof": "signed", "digest": PAPER}
_PROOF = {"digest": PAPER}
_EXCUSE = {"reason": "no_fault", "explanation": "备案系统故障", "proof": _PROOF}
C, D, I, H = Role.INTAKE_CLERK, Role.DECISION_OFFICER, Role.INSPECTOR, Role.HEARING_CHAIR  # noqa: E741

MOVES = {
    "opened": Move("", "open", C, lambda walk: walk.application),
    "received": Move("", "open", C, lambda walk: walk.application | _LATER),
    "asked": Move("received", "accept", C, _says("ask", asked=_ASKED)),
    "completed": Move("asked", "complete", C, lambda walk: _CAME | {"received_on": walk.today}),
    "let in": Move("completed", "accept", C, _says("accept")),
    "cleared": Move("opened", "query", C, _says()),
    "notified": Move("cleared", "notify", C, _says()),
    "renotified": Move("notified", "renotify", C, _says(reason="补交期限告知有误")),
    "committed": Move("notified", "commit", C, _promise),
    "declined": Move("notified", "commit", C, _says("decline", reason="改走一般程序")),
    "withdrawn": Move("committed", "withdraw", C, _says(reason="暂缓开店")),
    "checked": Move("committed", "check", D, _checked),
    "granted": Move("committed", "decide", D, _grant),
    "refused": Move("committed", "decide", D, _refuse),
    "delivered": Move("granted", "deliver", C, lambda walk: _HANDED | {"delivered_on": walk.today}),
    "amended": Move("delivered", "amend", D, _amended),
    "supplied": Move("granted", "supply", C, _says(material="M-02", digest=PAPER)),
    "accepted": Move("supplied", "review", D, _says("accept", material="M-02")),
    "returned": Move("supplied", "review", D, _says("return", material="M-02", reason="已过期")),
    "fulfilled": Move("granted", "inspect", I, _says("passed", note="与承诺一致")),
    "breached": Move(
        "granted", "inspect", I, _says("breach", kind="non_performance", finding="没有专职人员")
    ),
    "rectifying": Move("breached", "rectify", I, _says("order", items=["配备专职人员"])),
    "rectified": Move("rectifying", "rectify", I, _rectified),
    "unrectified": Move(
        "rectifying", "rectify", I, _says("failed", shortfall="inadequate", finding="仍未配备")
    ),
    "defiant": Move("rectifying", "rectify", I, _says("refused", evidence=_REFUSAL)),
    "forewarned": Move("unrectified", "forewarn", I, _says(measures=["H1"], reason="逾期未整改")),
    "heard": Move("forewarned", "hear", H, _says("heard", statement="正在招聘", opinion="不采纳")),
    "waived": Move("forewarned", "hear", H, _says("waived", digest=PAPER)),
    "penalized": Move("waived", "penalize", D, _impose),
    "spared": Move("unrectified", "penalize", D, _says("spare", verdict=_BROKEN, **_EXCUSE)),
    "corrected": Move("granted", "correct", D, _says(**RESPELT)),
    "reachable": Move("opened", "contact", C, _says("agree", **REACHED)),
}
"""Every step of a case; the longest way, to `penalized`, has eleven steps."""


def way_to(name: str) -> list[str]:
    """Returns the steps that lead to this one, and this one as the last."""
    before = MOVES[name].after
    return [*(way_to(before) if before else ()), name]


_WALKS: WeakKeyDictionary[Client, int] = WeakKeyDictionary()


@dataclass
class Walk:
    """A case driven over HTTP: `Walk(client, as_).to("granted")` takes each step in its role."""

    client: Client
    as_: Badges
    kind: str = "notice_commitment"
    applicant: dict[str, str] = field(default_factory=lambda: dict(COMPANY))
    item: str = ITEM.code
    at: str = ""
    view: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    """The number of this walk on its client, and of the documents in it."""

    def __post_init__(self) -> None:
        self.number = _WALKS[self.client] = _WALKS.get(self.client, 0) + 1

    @property
    def today(self) -> str:
        return local_date(self.as_.clock()).isoformat()

    @property
    def url(self) -> str:
        return f"{CASES}/{self.view['id']}"

    @property
    def application(self) -> dict[str, Any]:
        submitted = ["M-01"] if self.kind == "deferred_materials" else list(s.ALL_IN)
        facts = {"item": self.item, "kind": self.kind, "submitted": submitted}
        return facts | {"applicant": self.applicant}

    def to(self, name: str) -> "Walk":
        """Takes every step up to this one; each must succeed."""
        self.suits(name)
        ahead = takewhile(lambda step: step != self.at, reversed(way_to(name)))
        for step in reversed(list(ahead)):
            reply = self.attempt(step)
            assert reply.is_success, reply.text
            self.at, self.view = step, reply.json()
        return self

    def before(self, name: str) -> "Walk":
        """Takes every step up to the one before this, of an item that has this step."""
        return self.suits(name).to(MOVES[name].after)

    def suits(self, name: str) -> "Walk":
        """Chooses an item that has this step; it counts once the case is opened."""
        if MOVES[name].verb == "check":
            service = the_service(self.client)
            self.item = needing_a_check(service, CommandContext(KEEPER, service.clock()))
        return self

    def attempt(self, name: str, **headers: str) -> Response:
        """Requests one step in its role, and returns the reply without advancing the walk."""
        move = MOVES[name]
        return self.post(move.verb, move.says(self), **self.as_(move.role), **headers)

    def post(self, verb: str, body: Any, **headers: str) -> Response:
        address = CASES if verb == "open" else f"{self.url}/{verb}"
        spelt = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(address, json=body, headers=spelt)

    def get(self, what: str = "", role: str = Role.AUDITOR, **parameters: Any) -> Response:
        return self.client.get(f"{self.url}{what}", params=parameters, headers=self.as_(role))


@pytest.fixture
def walk(client: TestClient, as_: Badges) -> Walk:
    """A case that is not open yet."""
    return Walk(client, as_)
