"""What holds for every worklist: its lines are what its reader can do, no more and no less."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product, takewhile
from random import Random
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from application.access.permissions import PERSONS_ROLES, Role, reach
from domain.case.case import Case
from domain.kernel.aggregate import Event
from domain.values.parties import Actor
from domain.values.workdays import local_date
from tests.api.conftest import ELSEWHERE, Badges, project, the_service
from tests.conftest import Clock
from tests.given import MARKET_OFFICE, on
from tests.support.random_walk import wandering
from tests.support.service_driver import HOUSING_OFFICE, Office

CASES, PEOPLE = 60, ("sun", "qian", "newcomer")
"""The inspector and the decider of many a random case, and somebody who took part in none."""
OFFICES = (MARKET_OFFICE, HOUSING_OFFICE, ELSEWHERE)
STEPS = {"deliver", "supply", "review", "inspect", "rectify", "forewarn", "hear", "penalize"}
"""The duties from the decision on, all of which the random cases must owe."""
WATCHING = {Role.AUDITOR, Role.SUPERVISOR, Role.CREDIT_COLLECTOR}
READERS = WATCHING | {
    *(Role.INTAKE_CLERK, Role.DECISION_OFFICER, Role.INSPECTOR),
    *(Role.LEGAL_REVIEWER, Role.HEARING_CHAIR),
}


@pytest.fixture
def random_cases(client: TestClient, clock: Clock) -> list[Case]:
    """Random cases as they stood on one day; another office supervises half of them."""
    office, chance = Office(the_service(client)), Random(20261006)  # noqa: S311 - not a secret
    clock.now = on("2026-11-20")
    cases = []
    for number in range(CASES):
        whole = wandering(chance, number)
        events = list(takewhile(lambda event: event.timestamp <= clock.now, whole))
        events = supervised_elsewhere(events) if number % 2 else events
        office.records(events)
        case = Case.replay(events)
        assert case
        cases.append(case)
    project(client)
    return cases


def supervised_elsewhere(events: list[Event]) -> list[Event]:
    pinned = events[0].facts["pinned"]
    item = pinned.item.model_copy(update={"supervisor": HOUSING_OFFICE})
    opened = events[0].model_copy(update={"pinned": pinned.model_copy(update={"item": item})})
    return [opened, *events[1:]]


def readers(roles: set[Role]) -> Iterator[Actor]:
    for role, person, office in product(sorted(roles), PEOPLE, OFFICES):
        yield Actor(person=person, role=role, department=office)


def lines(client: TestClient, as_: Badges, by: Actor, **asked: str) -> list[dict[str, Any]]:
    badge, found, cursor = as_(by.role, by.person, by.department), [], None
    while True:
        asked_for = asked | {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        reply = client.get("/api/v1/worklist", params=asked_for, headers=badge)
        assert reply.status_code == 200, reply.text
        found += reply.json()["items"]
        if (cursor := reply.json()["next"]) is None:
            return found


def key(line: dict[str, Any]) -> tuple[str, str, str]:
    return line["case_id"], line["action"], line["about"] or ""


def test_the_lines_of_every_officer_are_exactly_what_they_can_do(
    client: TestClient, as_: Badges, clock: Clock, random_cases: list[Case]
):
    casework, seen = the_service(client).casework, set()
    for days in (0, 12):
        clock.now += timedelta(days=days)
        today = local_date(clock.now)
        for by in readers(READERS - WATCHING):
            ought = {
                (str(case.id), duty.action, duty.about)
                for case in random_cases
                for duty in case.ready(today)
                if duty.action in casework.actions(case, by, clock.now)
            }
            mine = lines(client, as_, by)
            assert {key(line) for line in mine} == ought, by
            assert len(mine) == len(ought)
            assert all(line["yours"] for line in mine)
            seen |= {line["action"] for line in mine}
    assert seen >= STEPS


def test_every_line_opens_a_case_that_its_reader_may_read(
    client: TestClient, as_: Badges, random_cases: list[Case]
):
    casework = the_service(client).casework
    for by in readers(READERS):
        for line in [*lines(client, as_, by), *lines(client, as_, by, group="waiting")]:
            case = casework.show(by, UUID(line["case_id"]))
            assert case.id in {each.id for each in random_cases}
            if by.role in WATCHING:
                assert not line["yours"]


def test_supervision_sees_what_everybody_owes(
    client: TestClient, as_: Badges, clock: Clock, random_cases: list[Case]
):
    today = local_date(clock.now)
    owed = {
        (str(case.id), duty.action, duty.about)
        for case in random_cases
        for duty in case.ready(today)
    }
    for by in readers(WATCHING):
        assert reach(by, "read_all")
        assert {key(line) for line in lines(client, as_, by)} == owed


def test_the_groups_together_are_all_that_stands_in_the_cases_of_an_office(
    client: TestClient, as_: Badges, clock: Clock, random_cases: list[Case]
):
    today = local_date(clock.now)
    for by in readers(READERS):
        here = [case for case in random_cases if _may_read(by, case)]
        owed = {(str(case.id), d.action, d.about) for case in here for d in case.ready(today)}
        groups = ("overdue", "today", "soon", "later", "waiting")
        found = [key(line) for group in groups for line in lines(client, as_, by, group=group)]
        assert len(found) == len(set(found)), "no line is in two groups"
        assert set(found) == owed


def _may_read(by: Actor, case: Case) -> bool:
    item = case.pinned.item
    concerned = by.department.code in {item.department.code, item.supervisor.code}
    return by.role in WATCHING or concerned


def test_nobody_else_has_a_worklist(client: TestClient, as_: Badges):
    for by in readers(set(PERSONS_ROLES) - READERS):
        badge = as_(by.role, by.person, by.department)
        assert client.get("/api/v1/worklist", headers=badge).status_code == 403
