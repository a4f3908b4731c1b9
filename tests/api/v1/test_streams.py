"""Streams of any type for auditors: past states, differences and past possibilities."""

import json
from collections import Counter
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from httpx2 import Response
from pydantic import TypeAdapter
from sqlalchemy import select
from starlette.testclient import TestClient

from api.v1.cases.views import case_view
from domain.case.case import Case
from domain.catalogue.item import item_id
from domain.kernel.aggregate import Event
from domain.kernel.instants import instants_in_force
from infrastructure.container import Container
from infrastructure.database.schema import events
from projections.history.differences import Change, How
from projections.history.entries import state_of
from tests import stories as s
from tests.api.conftest import ITEM, Badges, Walk, the_service, way_to
from tests.api.http.test_doors import SPAN
from tests.conftest import Clock
from tests.domain.test_events import loaded
from tests.given import CHAIR, CLERK, DAY_1, DECIDER, INSPECTOR, MARKET_OFFICE, PROPOSER
from tests.projections.test_differences import applied
from tests.support.random_walk import wandering
from tests.support.repetitions import count, dice
from tests.support.service_driver import Office

AUDIT = "/api/v1/audit/streams"
as_text = TypeAdapter(Any).dump_json
AUDITOR = CLERK.model_copy(update={"person": "auditor-01", "role": "auditor"})


def get(client: TestClient, as_: Badges, id: Any, what: str = "", **query: Any) -> Response:
    return client.get(f"{AUDIT}/{id}{what}", params=query, headers=as_("auditor"))


def read_anew(service: Container, id: UUID) -> list[Event]:
    """Reads the stream from its table without the service's own code for reading."""
    c = events.c
    rows = select(c.topic, c.version, c.data).where(c.stream_id == id).order_by(c.version)
    with service.engine.connect() as db:
        return [
            loaded({"topic": topic, "id": str(id), "version": n, "state": json.loads(data)})
            for topic, n, data in db.execute(rows)
        ]


def as_sent(value: Any) -> Any:
    return json.loads(as_text(value))


# random cases -----------------------------------------------------------------------------------


def test_the_state_at_every_version_is_the_replay_of_the_events_up_to_it(
    client: TestClient, as_: Badges, clock: Clock
):
    service, began = the_service(client), monotonic()
    office, classes = Office(service), Counter[str]()
    for number in range(count(24, 1_000)):
        stream = wandering(dice(number), number)
        clock.now = max(clock.now, stream[-1].timestamp)
        office.records(stream)
        id = stream[0].originator_id
        every_version_stands(client, as_, service, id)
        classes.update(event.TOPIC for event in stream)
    size = f"{count(24, 1_000)} cases, {classes.total()} versions, {monotonic() - began:.0f} s"
    print(f"{service.engine.dialect.name}: {size}, {len(classes)} classes of events")
    assert len(classes) >= 15


def every_version_stands(client: TestClient, as_: Badges, service: Container, id: UUID) -> None:
    """Checks every state: for auditors and for the case, by version, by instant, by changes."""
    stream = read_anew(service, id)
    right = instants_in_force(stream)
    changed: dict[str, Any] = {}
    entries = get(client, as_, id, "/history").json()
    assert len(entries) == len(stream)
    for version, entry in enumerate(entries, start=1):
        case = Case.replay(stream[:version])
        assert case is not None
        shown = get(client, as_, id, version=version).json()
        assert (shown["version"], shown["kind"]) == (version, "case")
        assert shown["state"] == as_sent(state_of(case))
        changed = applied(map(sent, entry["changes"]), changed)
        assert shown["state"] == changed
        case_now = client.get(
            f"/api/v1/cases/{id}", params={"version": version}, headers=as_("auditor")
        )
        view = case_view(case, service.casework, AUDITOR, service.clock())
        assert case_now.json() == as_sent(view)
        last = max(n for n, at in right.items() if at <= right[version])
        then = get(client, as_, id, at=right[version].isoformat()).json()
        assert then["version"] == last


def sent(change: dict[str, Any]) -> Change:
    """Returns the change that the API sent as JSON."""
    return Change(change["path"], How(change["how"]), change["before"], change["after"])


# states and differences -------------------------------------------------------------------------


def test_a_catalogue_item_is_a_stream_like_any_other(client: TestClient, as_: Badges):
    id = item_id(ITEM.code)
    shown = get(client, as_, id).json()
    assert (shown["kind"], shown["kind_label"], shown["version"]) == ("item", "事项", 2)
    assert shown["state"]["listing"] == "active"
    assert get(client, as_, id, version=1).json()["state"]["listing"] == "listed"
    entries = get(client, as_, id, "/history").json()
    assert [entry["command"] for entry in entries] == ["list", "activate"]
    (change,) = get(client, as_, id, "/diff", **{"from": 1, "to": 2}).json()["changes"]
    assert (change["path"], change["after_label"]) == ("/listing", "已启用")
    possible = get(client, as_, id, "/actions").json()["actions"]
    assert [(each["name"], each["departments"]) for each in possible] == [
        ("revise", None),
        ("delist", None),
    ]


def test_a_difference_is_requested_by_version_or_by_instant(walk: Walk, clock: Clock):
    instants = []
    for step in way_to("granted"):
        walk.to(step)
        instants.append(clock.now.isoformat())
        clock.go_on(minutes=10)

    def differs(earlier: Any, later: Any, role: str = "auditor", url: str = "") -> Any:
        url = url or f"{AUDIT}/{walk.view['id']}"
        span = {"from": earlier, "to": later}
        return walk.client.get(f"{url}/diff", params=span, headers=walk.as_(role)).json()

    shown = differs(2, 5)
    assert (shown["from_version"], shown["to_version"]) == (2, 5)
    stage = {change["path"]: change for change in shown["changes"]}["/stage"]
    assert (stage["before_label"], stage["after_label"]) == ("信用良好", "已准予")
    assert differs(instants[1], 5) == differs(2, instants[4]) == shown
    assert differs(3, 3)["changes"] == []
    assert differs(2, 5, "intake_clerk", walk.url) == shown
    back = {change["path"]: change for change in differs(5, 2)["changes"]}["/stage"]
    assert (back["before_label"], back["after_label"]) == ("已准予", "信用良好")


SPANS = [
    ({}, 422),
    ({"from": 1}, 422),
    ({"from": 0, "to": 1}, 422),
    ({"from": 1, "to": 10**12}, 422),
    ({"from": 1, "to": "-1.5"}, 422),
    ({"from": 1, "to": "yesterday"}, 422),
    ({"from": 1, "to": "2026-09-28T09:30:00"}, 422),
    ({"from": 1, "to": 2}, 404),
    ({"from": "2026-09-28T08:59:59+08:00", "to": 1}, 404),
]


def test_a_difference_with_a_moment_that_never_existed_is_refused(walk: Walk):
    walk.to("opened")
    for span, status in SPANS:
        for url in (walk.url, f"{AUDIT}/{walk.view['id']}"):
            reply = walk.client.get(f"{url}/diff", params=span, headers=walk.as_("auditor"))
            assert reply.status_code == status, (span, reply.text)


def test_an_unknown_stream_is_not_found(client: TestClient, as_: Badges):
    for what in ("", "/history", "/actions"):
        assert get(client, as_, uuid4(), what).status_code == 404
    assert get(client, as_, uuid4(), "/diff", **SPAN).status_code == 404


# past possibilities -----------------------------------------------------------------------------


def test_past_possibilities_name_the_roles_and_the_barred_persons(client: TestClient, as_: Badges):
    id = Office(the_service(client)).remembers(s.HEARD)
    shown = get(client, as_, id, "/actions", version=10).json()
    assert (shown["version"], datetime.fromisoformat(shown["at"]).day) == (10, 18)
    penalize, deliver, amend, correct, contact = shown["actions"]
    assert (deliver["name"], amend["name"]) == ("deliver", "amend")
    assert (contact["name"], contact["barred"]) == ("contact", [])
    assert [(each["by"]["person"], len(each["reasons"])) for each in correct["barred"]] == [
        ("zhao", 1)
    ]
    assert (penalize["name"], penalize["label"]) == ("penalize", "失信惩戒")
    assert penalize["roles"] == [{"role": "decision_officer", "label": "审批决定"}]
    assert [each["name"] for each in penalize["departments"]] == [MARKET_OFFICE.name]
    barred = {each["by"]["person"]: each["reasons"] for each in penalize["barred"]}
    judge = ["核查人员和拟定惩戒的人员不得听取陈述申辩，也不得作出惩戒决定（I17）"]
    assert barred == {"sun": judge, "li": judge}


def test_a_barred_person_has_only_the_reasons_that_do_not_bar_everybody(
    client: TestClient, as_: Badges
):
    """Before the hearing no one may impose a sanction, but uninvolved officers may waive it."""
    id = Office(the_service(client)).remembers(s.FOREWARNED)
    shown = get(client, as_, id, "/actions", version=9).json()["actions"]
    barred = {each["name"]: each["barred"] for each in shown}
    beside = {"deliver", "amend", "correct", "contact"}
    assert set(barred) == {"hear", "penalize"} | beside
    reasons = {reason for each in barred["penalize"] for reason in each["reasons"]}
    assert reasons == {"核查人员和拟定惩戒的人员不得听取陈述申辩，也不得作出惩戒决定（I17）"}


def test_past_possibilities_depend_on_the_day(client: TestClient, as_: Badges, clock: Clock):
    id = Office(the_service(client)).remembers(s.CLEARED)
    clock.go_on(days=31)

    def names(at: datetime) -> list[str]:
        shown = get(client, as_, id, "/actions", version=2, at=at.isoformat()).json()
        return [each["name"] for each in shown["actions"]]

    assert names(DAY_1) == ["notify", "withdraw", "correct", "contact"]
    assert names(DAY_1 + timedelta(days=30)) == [
        "query",
        "notify",
        "withdraw",
        "correct",
        "contact",
    ]


def test_past_possibilities_agree_with_the_rules_that_guard_commands(
    client: TestClient, as_: Badges
):
    service = the_service(client)
    for number in range(20):
        stream = wandering(dice(1_000_000 + number), number)
        Office(service).records(stream)
        case, at = Case.replay(stream), stream[-1].timestamp
        assert case is not None
        shown = get(client, as_, case.id, "/actions", at=at.isoformat()).json()["actions"]
        for by in (CLERK, DECIDER, INSPECTOR, PROPOSER, CHAIR):
            mine = [
                each["name"]
                for each in shown
                if by.role in [role["role"] for role in each["roles"]]
                and by.department.code in [office["code"] for office in each["departments"]]
                and by.person not in [barred["by"]["person"] for barred in each["barred"]]
            ]
            assert sorted(mine) == sorted(service.casework.actions(case, by, at))
