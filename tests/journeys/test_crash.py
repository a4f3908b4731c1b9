"""Crash tests: the server is killed; no answered command is lost, none is executed twice."""

import json
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Client, Response, TransportError
from sqlalchemy import delete, func, select

from application.access.permissions import Role
from application.law.commands import EnterArticle
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.database.schema import events
from infrastructure.projector.projector import PROJECTIONS
from projections.read_model.tables import case_summaries
from tests.api.conftest import CASES, MOVES, Badges, Walk, furnish, way_to
from tests.given import history
from tests.journeys.conftest import TIMEOUT, Running
from tests.projections.test_holdings import SCAN, opened
from tests.support.review_client import Door
from tests.support.service_driver import Office

STORY = way_to("penalized")
CLIENTS, KILLS = 4, 5


@pytest.fixture
def city(server: Running, backstage: Container) -> Running:
    furnish(backstage)
    return server.start()


# a kill between two commands --------------------------------------------------------------------


def test_a_case_survives_a_kill_after_any_of_its_commands(
    city: Running, backstage: Container, as_: Badges
):
    for version, step in enumerate(STORY, start=1):
        walk = Walk(city.client, as_).to(step)
        city.restart()
        assert walk.get(role=MOVES[step].role).json() == walk.view
        assert walk.view["version"] == version
        walk.to("penalized")
        assert (walk.view["version"], walk.view["stage"]) == (len(STORY), "penalized")
    Walk(city.client, as_).to("breached")  # a case with an open duty, for the worklist
    Office(backstage).records(history(*opened("M-02", scans=(SCAN,)), id=uuid4()))  # it is held
    Door(city.client, as_).begins()  # a tolerance review
    article = EnterArticle.examples()["录入"]
    assert city.client.post(
        "/api/v1/articles", json=article, headers=as_(Role.LEGAL_REVIEWER)
    ).is_success
    city.end(signal.SIGTERM)
    assert_projections_can_be_rebuilt(city, backstage)


def assert_projections_can_be_rebuilt(city: Running, backstage: Container) -> None:
    """Delete every row of the projections; rebuilding restores the same rows."""
    backstage.projector.catch_up_all()
    before = tables(backstage)
    assert all(before.values())
    with writing(backstage.engine).begin() as db:
        for projection in PROJECTIONS.values():
            db.execute(delete(projection.table))
        db.execute(delete(case_summaries))
    assert not any(tables(backstage).values())
    for process in [city.xinnuo("rebuild", name) for name in (*PROJECTIONS, "cases")]:
        with process:
            output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
    assert tables(backstage) == before


def tables(service: Container) -> dict[str, list[Any]]:
    """The rows of every projection by table name, sorted by primary key."""
    tables = [case_summaries, *[projection.table for projection in PROJECTIONS.values()]]
    with service.engine.connect() as db:
        rows = {table.name: select(table).order_by(*table.primary_key) for table in tables}
        return {name: [tuple(row) for row in db.execute(rows[name])] for name in rows}


# a kill during requests -------------------------------------------------------------------------


class LoadClient:
    """Opens cases and queries their credit until the server dies; each request has its own key."""

    def __init__(self, name: str, walk: Walk) -> None:
        self.name, self.walk, self.numbers = name, walk, count(1)
        self.badge = walk.as_(Role.INTAKE_CLERK, name)
        self.requests: dict[str, tuple[str, Any]] = {}
        """Address and body of every request, by idempotency key."""
        self.replies: dict[str, bytes] = {}
        """Body of every reply, by idempotency key."""

    def run(self) -> None:
        """Send requests until the server does not answer."""
        with Client(base_url=self.walk.client.base_url, timeout=TIMEOUT) as client:
            try:
                for number in self.numbers:
                    opening = CASES, self.walk.application
                    case = json.loads(self.send(client, f"{number}-open", *opening))
                    self.send(client, f"{number}-query", f"{CASES}/{case['id']}/query", {})
            except TransportError:
                return

    def send(self, client: Client, key: str, address: str, body: Any) -> bytes:
        self.requests[key] = address, body
        reply = self.post(client, key)
        self.replies[key] = reply.content
        return reply.content

    def post(self, client: Client, key: str) -> Response:
        address, body = self.requests[key]
        reply = client.post(address, json=body, headers=self.badge | {"Idempotency-Key": key})
        assert reply.is_success, reply.text
        return reply

    def repeat(self) -> None:
        """Send every request again; each reply so far must be repeated unchanged."""
        for key in self.requests:
            reply = self.post(self.walk.client, key)
            if key in self.replies:
                assert reply.headers["Idempotency-Replayed"] == "true"
                assert reply.content == self.replies[key]


def test_no_request_is_lost_or_executed_twice_when_the_server_is_killed_under_load(
    city: Running, backstage: Container, as_: Badges
):
    random = Random(20201228)  # noqa: S311 - the same pauses in every run
    clients = [LoadClient(f"w-{n}", Walk(city.client, as_)) for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        for _ in range(KILLS):
            runs = [threads.submit(client.run) for client in clients]
            time.sleep(random.uniform(0.2, 0.8))
            city.restart()
            for run in runs:
                run.result()
    requests = sum(len(client.requests) for client in clients)
    replies = sum(len(client.replies) for client in clients)
    assert requests > replies > CLIENTS * KILLS, "some requests must be under way at a kill"
    for client in clients:
        client.repeat()
    recorded = events_by_key(backstage)
    assert set(recorded.values()) == {1}
    assert len(recorded) == requests


def events_by_key(service: Container) -> Counter[str]:
    key = events.c.command_id
    counts = select(key, func.count()).where(key.is_not(None)).group_by(key)
    with service.engine.connect() as db:
        return Counter({row[0]: row[1] for row in db.execute(counts)})
