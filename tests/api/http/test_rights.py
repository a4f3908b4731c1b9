"""Rights: lists show what single reads allow, nobody becomes the system, permission comes first."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from sqlalchemy import insert
from starlette.testclient import TestClient

from api.app import create_app
from application.access.permissions import PERSONS_ROLES, RIGHTS, Role
from application.access.persons import NotAPerson, person_at_work
from application.case.separation import barring_topics
from domain.case.case import Case
from domain.case.lifecycle import ACTIONS
from domain.values.parties import Actor, Department
from infrastructure.database.engine import writing
from infrastructure.database.schema import sessions
from infrastructure.identity.sessions import _key
from projections.audit_trail.queries import TrailQuery
from tests import stories as s
from tests.api.conftest import (
    CASES,
    ELSEWHERE,
    INSPECTORATE,
    ITEM,
    MOVES,
    Badges,
    Walk,
    log_size,
    project,
    the_service,
)
from tests.api.http.test_auth import CLAIMS, ES256, bearing, is_unauthenticated
from tests.api.http.test_doors import VERBS, is_forbidden
from tests.given import CHAIR, CLERK, DECIDER, INSPECTOR, MARKET_OFFICE, PROPOSER
from tests.support.random_walk import wandering
from tests.support.repetitions import dice
from tests.support.review_client import REVIEWS, STEPS, Door
from tests.support.service_driver import STORIES, Office

WORKLIST, EVERYTHING = "/api/v1/worklist", {"limit": 200}
PEOPLE = [role for role in Role if role in PERSONS_ROLES]
OFFICES = (MARKET_OFFICE, INSPECTORATE, ELSEWHERE)
STAFF = (CLERK, DECIDER, INSPECTOR, PROPOSER, CHAIR)
COMPANY_OF = Department(code="91411281MA9KXNT179", name="义马市某某公司")


@pytest.fixture
def city(client: TestClient) -> TestClient:
    """Cases of one office, cases that another supervises, and random ones of a third kind."""
    office = Office(the_service(client))
    for name in ("GRANTED", "COMMITTED", "FOREWARNED", "RECTIFYING", "HEARD"):
        office.remembers(STORIES[name])
    for number in range(12):
        office.records(wandering(dice(number), number))
    for end in ("granted", "unrectified", "waived", "breached", "opened"):
        Walk(client, Badges(client.app.state.tokens, the_service(client).clock)).to(end)
    project(client)
    return client


def listed(client: TestClient, address: str, badge: dict[str, str]) -> list[dict[str, Any]] | int:
    """Returns the items of the list, or the status of its refusal."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = dict(EVERYTHING)
    while True:
        reply = client.get(address, params=query, headers=badge)
        if reply.status_code != 200:
            return int(reply.status_code)
        found += reply.json()["items"]
        if reply.json()["next"] is None:
            return found
        query["cursor"] = reply.json()["next"]


# lists ------------------------------------------------------------------------------------------


def test_the_list_of_cases_is_exactly_what_single_reads_allow(city: TestClient, as_: Badges):
    everything = listed(city, CASES, as_("auditor"))
    assert isinstance(everything, list) and len(everything) >= 20
    sizes = set()
    for role, office in product(PEOPLE, OFFICES):
        badge, ids = as_(role, department=office), [line["case_id"] for line in everything]
        statuses = {id: city.get(f"{CASES}/{id}", headers=badge).status_code for id in ids}
        readable = {id for id, status in statuses.items() if status == 200}
        seen = listed(city, CASES, badge)
        if isinstance(seen, int):
            assert (seen, readable) == (403, set()), (role, office)
        else:
            assert {line["case_id"] for line in seen} == readable, (role, office)
            sizes.add(len(seen))
    assert len(sizes) >= 3


def test_a_role_that_reads_no_case_is_refused_the_lists(city: TestClient, as_: Badges):
    unread = set(PEOPLE) - RIGHTS["read"].roles - RIGHTS["read_all"].roles
    assert {"operator", "catalog_admin", "department_lead", "tolerance_reviewer"} == unread
    for role, address in product(unread, (CASES, WORKLIST)):
        is_forbidden(city.get(address, headers=as_(role)))


def test_a_duty_is_shown_only_to_who_may_do_it(city: TestClient, as_: Badges):
    """Role, office and separation of duties: each line is an action that the case offers."""
    lines = 0
    for role, office in product(RIGHTS["read"].roles, OFFICES):
        badge = as_(role, department=office)
        duties = listed(city, WORKLIST, badge)
        assert isinstance(duties, list)
        for duty in duties:
            case = city.get(f"{CASES}/{duty['case_id']}", headers=badge).json()
            assert duty["action"] in {each["name"] for each in case["actions"]}, (role, duty)
        lines += len(duties)
    assert lines >= 10


def test_no_duty_that_somebody_may_do_is_hidden_from_them(city: TestClient, as_: Badges):
    """The persons of the cases themselves, so that separation of duties is at work."""
    service, hidden = the_service(city), 0
    everything = listed(city, WORKLIST, as_("auditor"))
    assert isinstance(everything, list)
    for by in STAFF:
        badge = as_(by.role, by.person, by.department)
        mine = listed(city, WORKLIST, badge)
        assert isinstance(mine, list)
        expected = []
        for duty in everything:
            case = service.repository.get(Case, UUID(duty["case_id"]))
            if duty["action"] in service.casework.actions(case, by, service.clock()):
                expected.append((duty["case_id"], duty["action"], duty["about"]))
        shown = [(each["case_id"], each["action"], each["about"]) for each in mine]
        assert shown == expected, by
        hidden += len(everything) - len(mine)
    assert hidden


@pytest.mark.parametrize(("step", "duty"), [("granted", "inspect"), ("breached", "rectify")])
def test_who_decided_is_not_shown_the_inspection_as_theirs(
    client: TestClient, as_: Badges, step: str, duty: str
):
    Walk(client, as_).to(step)
    project(client)
    for person, shown in (("Decision_Officer-01", []), ("somebody", [duty])):
        lines = listed(client, WORKLIST, as_("inspector", person))
        assert isinstance(lines, list)
        assert [line["action"] for line in lines] == shown


def test_the_bars_of_the_worklist_are_those_of_the_rules():
    """Every rule that compares persons bars by events: over all stories and their actors."""
    compared = 0
    for number in range(60):
        events = wandering(dice(number), number)
        case = Case.replay(events)
        assert case is not None
        nobody = CLERK.model_copy(update={"person": "nobody"})
        for by, action in product({each.by for each in events}, ACTIONS):
            topics = set(barring_topics(action))
            took_part = any(e.by.person == by.person and e.TOPIC in topics for e in events)
            usual = set(case.obstacles(action, nobody, events[-1].timestamp))
            personal = set(case.obstacles(action, by, events[-1].timestamp)) - usual
            if personal and action != "correct":
                assert took_part, (action, personal)
                compared += 1
    assert compared >= 10


def test_supervision_sees_that_the_duties_of_all_are_done(city: TestClient, as_: Badges):
    for role in ("auditor", "supervisor", "credit_collector"):
        assert listed(city, WORKLIST, as_(role)) == listed(city, WORKLIST, as_("auditor"))


def test_a_department_lists_the_reviews_that_it_may_read(client: TestClient, as_: Badges):
    place = Door(client, as_).begins()
    project(client)
    for role, office in product(PEOPLE, OFFICES):
        badge = as_(role, department=office)
        status, seen = client.get(place, headers=badge).status_code, listed(client, REVIEWS, badge)
        allowed_to_list = isinstance(seen, list)
        readable = len(seen) if isinstance(seen, list) else 0
        assert readable == (1 if status == 200 else 0), (role, office)
        assert allowed_to_list or status == 403


# the system -------------------------------------------------------------------------------------

CLAIMING_TO_BE_NOBODY = {
    "the role of the system": {"role": "system"},
    "the role of the system, of an office": {"role": "system", "sub": "wang"},
    "the id of the system": {"sub": "system"},
    "the id of the system, in capitals": {"sub": "SYSTEM"},
    "the id of the system, in another width": {"sub": "ｓｙｓｔｅｍ"},
    "the code of a company": {"department": COMPANY_OF.model_dump()},
}


def test_no_token_makes_anybody_the_system(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    walk = Walk(client, as_).to("granted")
    size = log_size(client)
    for what, claims in CLAIMING_TO_BE_NOBODY.items():
        with subtests.test(what):
            badge = bearing(jwt.encode(ES256, CLAIMS | claims, as_.tokens.key))
            is_unauthenticated(client.get(walk.url, headers=badge))
            is_unauthenticated(client.get("/api/v1/audit", headers=badge))
            body = {"outcome": "passed", "note": "x"}
            is_unauthenticated(client.post(f"{walk.url}/inspect", json=body, headers=badge))
            form = {"token": badge["Authorization"].removeprefix("Bearer ")}
            page = client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
            assert page.status_code == 422 and "set-cookie" not in page.headers
    assert log_size(client) == size


def test_a_session_that_an_earlier_release_gave_the_system_is_none(client: TestClient):
    service = the_service(client)
    now = service.clock()
    times = {"begun_at": now, "seen_at": now, "ends_at": now.replace(year=2030)}
    secret, system = "s" * 43, Actor(person="x", role=Role.SYSTEM, department=MARKET_OFFICE)
    with writing(service.engine).begin() as db:
        row = {"key": _key(secret), "actor": system.model_dump(), **times}
        db.execute(insert(sessions).values(row))
    assert service.sessions.find(secret, now) is None


@pytest.mark.parametrize("role", Role, ids=str)
def test_every_role_but_those_with_doors_of_their_own_is_one_of_people(role: Role):
    actor = Actor(person="wang", role=role, department=MARKET_OFFICE)
    if role in (Role.SYSTEM, Role.SUBJECT_SELF):
        with pytest.raises(NotAPerson):
            person_at_work(actor)
    else:
        assert person_at_work(actor) is actor


def test_the_system_reads_nothing_through_a_right_of_people():
    assert {action for action, right in RIGHTS.items() if Role.SYSTEM in right.roles} == {
        "inspect",
        "rectify",
    }


def test_what_the_system_did_can_still_be_searched_for():
    assert TrailQuery(role=Role.SYSTEM).role is Role.SYSTEM


# permission before version ----------------------------------------------------------------------

STALE = {"If-Match": '"999"'}


def outsiders(roles: str) -> Iterator[tuple[str, Department]]:
    """Somebody of another role, and somebody of the right role at an office without any part."""
    yield next(role for role in PEOPLE if role not in roles.split()), MARKET_OFFICE
    yield roles.split(maxsplit=1)[0], ELSEWHERE


def test_who_may_not_act_on_a_case_does_not_learn_its_version(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    walk = Walk(client, as_).to("granted")
    for verb, (step, roles) in VERBS.items():
        body = MOVES[step].says(walk)
        for role, office in outsiders(roles):
            with subtests.test(verb, role=role):
                badge = as_(role, department=office) | STALE
                reply = client.post(f"{walk.url}/{verb}", json=body, headers=badge)
                is_forbidden(reply)
                assert "version" not in reply.json()
        unknown = as_(next(outsiders(roles))[0])
        is_forbidden(client.post(f"{CASES}/{uuid4()}/{verb}", json=body, headers=unknown))
    right = as_("intake_clerk") | STALE
    assert client.post(f"{walk.url}/withdraw", json={"reason": "x"}, headers=right).json()[
        "version"
    ]


def test_who_may_not_act_on_a_review_does_not_learn_its_version(client: TestClient, as_: Badges):
    place = Door(client, as_).begins()
    for verb, *_, body in [*STEPS, ("withdraw", {"reason": "x"})]:
        address = f"{place}/{verb}"
        is_forbidden(client.post(address, json=body, headers=as_("auditor") | STALE))
        unknown = f"{REVIEWS}/{uuid4()}/{verb}"
        is_forbidden(client.post(unknown, json=body, headers=as_("auditor")))
    lead = as_("department_lead", department=ELSEWHERE) | STALE
    is_forbidden(client.post(f"{place}/withdraw", json={"reason": "x"}, headers=lead))


def test_who_may_not_change_the_catalogue_does_not_learn_its_version(
    client: TestClient, as_: Badges
):
    for code, verb in product((ITEM.code, "000131009999"), ("activate", "delist", "revise")):
        body = {"revise": {"terms": json.loads(s.TERMS.model_dump_json())}}.get(verb, {})
        body |= {"reason": "x"} if verb == "delist" else {}
        address = f"/api/v1/catalogue/{code}/{verb}"
        is_forbidden(client.post(address, json=body, headers=as_("intake_clerk") | STALE))
        admin = client.post(address, json=body, headers=as_("catalog_admin") | STALE)
        assert admin.status_code == (412 if code == ITEM.code else 404)


def test_who_may_not_open_a_case_does_not_learn_whether_the_item_is_open(walk: Walk):
    for item in (ITEM.code, "000131009999"):
        body = walk.application | {"item": item}
        is_forbidden(walk.post("open", body, **walk.as_("auditor")))


def test_the_application_knows_no_door_that_takes_a_role(client: TestClient):
    """No parameter, header or body names the role or the office in which somebody acts."""
    document = create_app(the_service(client).settings).openapi()
    named = [
        (path, parameter["name"])
        for path, operations in document["paths"].items()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["name"].lower() in ("role", "by", "person", "x-role", "actor")
    ]
    assert set(named) <= {
        ("/api/v1/audit", "role"),
        ("/api/v1/audit", "person"),
        ("/api/v1/audit/reads", "person"),
    }, "a filter of the auditors, or a new way to claim to be somebody"


def test_nobody_at_work_has_the_id_of_an_applicant():
    actor = Actor(person=f"applicant-{uuid4()}", role=Role.AUDITOR, department=MARKET_OFFICE)
    with pytest.raises(NotAPerson):
        person_at_work(actor)
