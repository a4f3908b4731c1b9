"""Whatever the server has answered is kept, wherever it dies; a repeated request stays one."""

import json
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random
from typing import Any

import pytest
from httpx2 import Client, Response, TransportError
from sqlalchemy import delete, func, select

from application.access.permissions import Role
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.database.schema import events
from infrastructure.projector.projector import PROJECTIONS
from projections.read_model.tables import case_summaries
from tests.api.conftest import CASES, MOVES, Badges, Walk, furnish, way_to
from tests.journeys.conftest import PATIENCE, Running
from tests.support.review_client import Door

STORY = way_to("penalized")
CLIENTS, KILLS = 4, 5
DONE = ("asked", "answered")


@pytest.fixture
def city(server: Running, backstage: Container) -> Running:
    furnish(backstage)
    return server.start()


# between two commands ---------------------------------------------------------------------------


def test_a_case_survives_a_kill_after_any_of_its_commands(
    city: Running, backstage: Container, as_: Badges
):
    for taken, step in enumerate(STORY, start=1):
        walk = Walk(city.client, as_).to(step)
        city.restart()
        assert walk.get(role=MOVES[step].role).json() == walk.view
        assert walk.view["version"] == taken
        walk.to("penalized")
        assert (walk.view["version"], walk.view["stage"]) == (len(STORY), "penalized")
    Walk(city.client, as_).to("breached")  # so that somebody still owes something
    Door(city.client, as_).begins()  # and asks for tolerance
    city.end(signal.SIGTERM)
    the_projections_can_be_told_again(city, backstage)


def the_projections_can_be_told_again(city: Running, backstage: Container) -> None:
    """Emptied behind the back of the service, they come back the same, row by row."""
    backstage.projector.catch_up_all()
    before = tables(backstage)
    assert all(before.values())
    with writing(backstage.engine).begin() as db:
        for projection in PROJECTIONS.values():
            db.execute(delete(projection.table))
        db.execute(delete(case_summaries))
    assert not any(tables(backstage).values())
    for rebuilding in [city.xinnuo("rebuild", name) for name in (*PROJECTIONS, "cases")]:
        with rebuilding:
            said, _ = rebuilding.communicate(timeout=60)
        assert rebuilding.returncode == 0, said
    assert tables(backstage) == before


def tables(service: Container) -> dict[str, list[Any]]:
    """Every row of every projection, in one order."""
    found = [case_summaries, *[projection.table for projection in PROJECTIONS.values()]]
    with service.engine.connect() as db:
        rows = {table.name: select(table).order_by(*table.primary_key) for table in found}
        return {name: [tuple(row) for row in db.execute(rows[name])] for name in rows}


# in the midst of them ---------------------------------------------------------------------------


class Customer:
    """Opens a case and has its credit queried, over and over, each request under its own key."""

    def __init__(self, name: str, walk: Walk) -> None:
        self.name, self.walk, self.errands = name, walk, count(1)
        self.badge = walk.as_(Role.INTAKE_CLERK, name)
        self.asked: dict[str, tuple[str, Any]] = {}
        self.answered: dict[str, bytes] = {}

    def trade(self) -> None:
        """Until the server does not answer any more."""
        with Client(base_url=self.walk.client.base_url, timeout=PATIENCE) as client:
            try:
                for errand in self.errands:
                    opening = CASES, self.walk.application
                    case = json.loads(self.ask(client, f"{errand}-open", *opening))
                    self.ask(client, f"{errand}-query", f"{CASES}/{case['id']}/query", {})
            except TransportError:
                return

    def ask(self, client: Client, key: str, address: str, body: Any) -> bytes:
        self.asked[key] = address, body
        reply = self.post(client, key)
        self.answered[key] = reply.content
        return reply.content

    def post(self, client: Client, key: str) -> Response:
        address, body = self.asked[key]
        reply = client.post(address, json=body, headers=self.badge | {"Idempotency-Key": key})
        assert reply.is_success, reply.text
        return reply

    def ask_again(self) -> None:
        """Every request so far; what was answered must be answered the same."""
        for key in self.asked:
            reply = self.post(self.walk.client, key)
            if key in self.answered:
                assert reply.headers["Idempotency-Replayed"] == "true"
                assert reply.content == self.answered[key]


def test_no_request_is_lost_or_done_twice_when_the_server_dies_under_load(
    city: Running, backstage: Container, as_: Badges
):
    dice = Random(20201228)  # noqa: S311 - the same every time
    customers = [Customer(f"w-{n}", Walk(city.client, as_)) for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        for _ in range(KILLS):
            trading = [threads.submit(customer.trade) for customer in customers]
            time.sleep(dice.uniform(0.2, 0.8))
            city.restart()
            for done in trading:
                done.result()
    asked, answered = (sum(len(getattr(c, what)) for c in customers) for what in DONE)
    assert asked > answered > CLIENTS * KILLS, "the kills came in the midst of requests"
    for customer in customers:
        customer.ask_again()
    recorded = events_by_key(backstage)
    assert set(recorded.values()) == {1}
    assert len(recorded) == asked


def events_by_key(service: Container) -> Counter[str]:
    key = events.c.command_id
    asked = select(key, func.count()).where(key.is_not(None)).group_by(key)
    with service.engine.connect() as db:
        return Counter({row[0]: row[1] for row in db.execute(asked)})
