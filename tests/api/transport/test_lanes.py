"""Lanes: whoever has no valid token shares few places; long work has a thread of its own."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.http.thread_pools import LONG_WORKS, Threads, TooBusy
from api.server.lanes import PLACES, READERS, WAITING, Lanes
from infrastructure.container import Container
from infrastructure.outbox.outbox import MessageState
from tests.api.conftest import OPERATORS, Walk, the_service
from tests.conftest import Clock, tokens_of
from tests.given import CLERK
from tests.support.fake_platform import becomes, rows
from tests.support.parallel import in_a_loop

Fields = dict[str, str]


class Site:
    """An application whose answers wait until the test lets them go on."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.tokens = tokens_of(folder)
        self.token = self.tokens.mint(CLERK, clock(), 8)
        self._state = SimpleNamespace(tokens=self.tokens, container=SimpleNamespace(clock=clock))
        self.lanes, self.go_on = Lanes(self._answer), asyncio.Event()
        self.at_work = 0
        self.answers: Counter[int] = Counter()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        self.at_work += 1
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        self.at_work -= 1

    async def ask(
        self, fields: Fields, method: str = "GET", receive: Any = None, taken: Any = None
    ) -> None:
        """One request; `receive` gives its body, `taken` is awaited for each part of the answer."""
        headers = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
        scope = {"type": "http", "method": method, "path": "/api/v1/x", "headers": headers}
        state = {"request_id": "00000000-0000-4000-8000-000000000000"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.answers[message["status"]] += 1
            if taken:
                await taken()

        more = {"app": SimpleNamespace(state=self._state), "state": state, "query_string": b""}
        await self.lanes(scope | more, receive, send)


@pytest.fixture
def site(migrated_sqlite: Path, clock: Clock) -> Site:
    return Site(migrated_sqlite.parent / "keys", clock)


async def settled() -> None:
    """Lets everything that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def at_work_of(site: Site, number: int, fields: Fields) -> int:
    """How many of so many requests are at work at once; ends them afterwards."""
    asked = [asyncio.create_task(site.ask(fields)) for _ in range(number)]
    await settled()
    found = site.at_work
    site.go_on.set()
    await asyncio.gather(*asked)
    return found


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({}, PLACES),
        ({"Cookie": "xinnuo=anything"}, PLACES),
        ({"Authorization": "Bearer a.b.c"}, PLACES),
        ({"Authorization": "Basic dGVzdDp0ZXN0"}, PLACES),
    ],
)
def test_ten_requests_without_a_valid_token_are_answered_two_at_a_time(
    site: Site, fields: Fields, places: int
):
    assert in_a_loop(at_work_of(site, 10, fields)) == places
    assert site.answers == {200: 10}


def test_requests_with_a_valid_token_wait_for_nobody(site: Site):
    async def scene() -> None:
        crowd = [asyncio.create_task(site.ask({})) for _ in range(10)]
        await settled()
        mine = {"Authorization": f"Bearer {site.token}"}
        staff = [asyncio.create_task(site.ask(mine)) for _ in range(20)]
        await settled()
        assert site.at_work == PLACES + 20
        site.go_on.set()
        await asyncio.gather(*crowd, *staff)

    in_a_loop(scene())


def test_whoever_is_signed_in_does_not_wait_behind_the_public(site: Site):
    async def scene() -> None:
        crowd = [asyncio.create_task(site.ask({})) for _ in range(10)]
        mine = asyncio.create_task(site.ask({"Cookie": "xinnuo=mine"}))
        await settled()
        assert site.at_work == PLACES + 1
        site.go_on.set()
        await asyncio.gather(*crowd, mine)

    in_a_loop(scene())


def test_more_than_may_wait_are_told_to_come_again(site: Site):
    too_many = 7
    in_a_loop(at_work_of(site, PLACES + WAITING + too_many, {}))
    assert site.answers == {200: PLACES + WAITING, 503: too_many}


def test_few_may_wait_for_a_position_without_a_token(site: Site):
    assert in_a_loop(at_work_of(site, 10, {"X-Min-Position": "9"})) == READERS
    assert site.answers == {200: READERS, 503: 10 - READERS}


def test_a_body_that_does_not_come_holds_no_place(site: Site):
    async def never() -> Any:
        await asyncio.Event().wait()

    async def scene() -> int:
        slow = [asyncio.create_task(site.ask({}, "POST", never)) for _ in range(5)]
        await settled()
        found = await at_work_of(site, 5, {})
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return found

    assert in_a_loop(scene()) == PLACES
    assert site.answers == {200: 5}


def test_an_answer_that_nobody_takes_holds_no_place(site: Site):
    async def scene() -> None:
        site.go_on.set()
        never = asyncio.Event()
        slow = [asyncio.create_task(site.ask({}, taken=never.wait)) for _ in range(5)]
        await settled()
        await asyncio.gather(*[site.ask({}) for _ in range(3)])
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    in_a_loop(scene())
    assert site.answers == {200: 8}


def test_long_work_leaves_the_writer_free_and_is_bounded(service: Container):
    async def scene() -> None:
        threads, done = Threads(service.engine, 8), Event()
        long = [asyncio.create_task(threads.work_long(done.wait)) for _ in range(LONG_WORKS)]
        await settled()
        assert await threads.write(lambda: "written") == "written"
        assert await threads.read(lambda: "read") == "read"
        with pytest.raises(TooBusy):
            await threads.work_long(done.wait)
        done.set()
        assert await asyncio.gather(*long) == [True] * LONG_WORKS
        assert await threads.work_long(lambda: "again") == "again"
        threads.stop()

    in_a_loop(scene())


# what operators are shown -----------------------------------------------------------------------


def test_the_public_is_not_shown_the_metrics(client: TestClient):
    refused = client.get("/metrics")
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    assert client.get(f"{OPERATORS}/metrics").status_code == 200


def test_the_public_is_told_whether_the_service_is_ready_and_no_more(client: TestClient):
    assert client.get("/readyz").json().keys() == {"ready", "findings"}
    assert {"lag", "outbox", "database"} <= client.get(f"{OPERATORS}/readyz").json().keys()


@pytest.fixture
def measured(walk: Walk) -> Iterator[Callable[[], str]]:
    yield lambda: str(walk.to("granted").client.get(f"{OPERATORS}/metrics").text)


def test_the_metrics_are_measured_at_most_once_a_second(
    measured: Callable[[], str], walk: Walk, clock: Clock
):
    line = 'xinnuo_outbox_messages{state="dead"} '
    assert f"{line}0.0" in measured()
    service = the_service(walk.client)
    becomes(service, next(row.position for row in rows(service)), MessageState.DEAD)
    assert f"{line}0.0" in measured()
    clock.go_on(seconds=2)
    assert f"{line}1.0" in measured()
