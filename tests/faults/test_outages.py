"""The database goes away, the disk is full, the clock goes back: refused politely, nothing lost."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from api.app import create_app
from api.http.auth import Tokens
from domain.case import events as e
from domain.case import periods
from domain.case.case import Case
from domain.values.workdays import Party
from infrastructure.container import Container
from infrastructure.database.engine import open_database
from infrastructure.identity.keys import token_key
from infrastructure.migrations import upgrade
from infrastructure.settings import Settings
from projections.read_model.tables import duties
from tests.conftest import Clock
from tests.given import CALENDAR, CLERK, on
from tests.support import fault_cases as docket
from tests.support.fault_server import Serving, version_of, wait_until
from tests.support.postgres import Server
from tests.support.repetitions import steps, tell

LONGEST = 5.0
"""Seconds: three for a place in the pool or a connection, and two for the rest."""
CUT_OFF = {"ConnectError", "ReadError", "RemoteProtocolError"}
PAGES = ("/api/v1/cases", "/api/v1/worklist", "/api/v1/disclosures", "/")


class Traffic(Thread):
    """One who acts on a case of one's own and reads lists, and notes every answer."""

    def __init__(self, serving: Serving, case_id: UUID) -> None:
        super().__init__()
        self._client, self.case_id, self.version = serving.client(), case_id, docket.GRANTED
        self.answers: list[tuple[float, int]] = []
        self.acknowledged, self.slowest, self.rude = 0, 0.0, list[str]()
        self.done = Flag()

    def run(self) -> None:
        with self._client as client:
            key = str(uuid4())
            while not self.done.is_set():
                for page in PAGES:
                    self._send(lambda: client.get(page, CLERK))  # noqa: B023
                if answer := self._send(lambda: client.act(self.case_id, self.version, key)):  # noqa: B023
                    self.acknowledged, self.version = self.acknowledged + 1, version_of(answer)
                    key = str(uuid4())

    def _send(self, ask: Callable[[], httpx2.Response]) -> httpx2.Response | None:
        """The answer when it is a success; any other must be a refusal that says when to retry."""
        began = time.monotonic()
        try:
            answer = ask()
        except httpx2.TransportError as error:
            self.rude.append(type(error).__name__)
            time.sleep(0.05)
            return None
        now = time.monotonic()
        self.slowest = max(self.slowest, now - began)
        self.answers.append((now, answer.status_code))
        if answer.status_code == 503 and _is_polite(answer):
            time.sleep(0.05)
        elif answer.status_code != 200:
            self.rude.append(f"{answer.status_code} {answer.text[:300]}")
        return answer if answer.status_code == 200 else None


@contextmanager
def traffic_on(serving: Serving, service: Container) -> Iterator[list[Traffic]]:
    """Four of them, until the block ends."""
    traffic = [Traffic(serving, docket.granted(service)) for _ in range(4)]
    for each in traffic:
        each.start()
    try:
        yield traffic
    finally:
        for each in traffic:
            each.done.set()
            each.join()


def _is_polite(answer: httpx2.Response) -> bool:
    kind = answer.headers["content-type"]
    return "Retry-After" in answer.headers and kind.startswith("application/problem+json")


@pytest.fixture
def database() -> Iterator[Server]:
    """A PostgreSQL of one's own, to be stopped at will."""
    with Server() as server:
        engine = open_database(server.url)
        upgrade(engine)
        engine.dispose()
        yield server


def test_while_postgresql_is_away_every_answer_is_a_polite_no(database: Server, tmp_path: Path):
    service = docket.open_service(database.url, tmp_path)
    with Serving(database.url, tmp_path) as serving, traffic_on(serving, service) as traffic:
        recoveries = [_outage(database, traffic) for _ in steps("outages", 2, 10)]
    assert [each.rude for each in traffic] == [[]] * 4
    assert max(each.slowest for each in traffic) < LONGEST
    assert max(recoveries) < 5
    for each in traffic:
        case = service.repository.get(Case, each.case_id)
        assert docket.GRANTED + each.acknowledged == each.version
        assert case.version - each.version in (0, 1), "the last one may not have been answered"
    _tell_outages(traffic, recoveries)
    service.close()


def _outage(database: Server, traffic: list[Traffic]) -> float:
    """A second without the database; how long it takes afterwards until a command is done."""
    time.sleep(1)
    database.stop("immediate")
    time.sleep(1)
    before = [each.acknowledged for each in traffic]
    database.start()
    return wait_until(lambda: all(t.acknowledged > b for t, b in zip(traffic, before, strict=True)))


def _tell_outages(traffic: list[Traffic], recoveries: list[float]) -> None:
    answers = Counter(status for each in traffic for _, status in each.answers)
    slowest = max(each.slowest for each in traffic)
    back = max(recoveries)
    tell(f"outages: {dict(answers)}, slowest {slowest:.2f} s, all served {back:.2f} s after")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_when_every_connection_is_taken_the_answer_is_a_polite_no(settings: Settings):
    with TestClient(create_app(settings)) as http, ExitStack() as taken:
        service: Container = http.app.state.container  # type: ignore[attr-defined]
        case_id = docket.granted(service)
        for engine in (service.engine, service.repository.recorder.commands):
            for _ in range(settings.pool_size):
                taken.enter_context(engine.connect())
        began = time.monotonic()
        answer = _act(http, service, case_id, docket.GRANTED)
        assert time.monotonic() - began < LONGEST
        assert (answer.status_code, _is_polite(answer)) == (503, True)
        page = http.get("/", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers.get("Retry-After")) == (503, "5")
        taken.close()
        assert _act(http, service, case_id, docket.GRANTED).status_code == 200


def _act(http: TestClient, service: Container, case_id: UUID, version: int) -> Any:
    """The next step of a case, through the doors of this process."""
    by, command = docket.next_act(version)
    token = Tokens(token_key(service.settings.keys_dir)).mint(by, service.clock(), 8)
    return http.post(
        f"/api/v1/cases/{case_id}/{command.VERB}",
        headers={"Authorization": f"Bearer {token}"},
        json=command.model_dump(mode="json"),
    )


def test_whoever_is_told_to_stop_keeps_what_it_has_acknowledged(real: Container, serving: Serving):
    with traffic_on(serving, real) as traffic:
        time.sleep(1.5)
        ended = serving.stop()
    assert ended == 0
    said = {status for each in traffic for _, status in each.answers}
    assert said == {200}
    assert {rude for each in traffic for rude in each.rude} <= CUT_OFF
    for each in traffic:
        assert each.acknowledged
        assert real.repository.get(Case, each.case_id).version - each.version in (0, 1)


class Disk:
    """How large the file may grow, for every connection from now on."""

    def __init__(self, service: Container) -> None:
        self._service, self._limit = service, 2**30
        event.listen(service.engine, "connect", self._limited)

    def _limited(self, connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self._limit}")

    def leave(self, pages: int) -> None:
        """So many pages more and no others."""
        self._limit = self.pragma("page_count") + pages
        self._service.engine.dispose()

    def pragma(self, name: str) -> Any:
        with self._service.engine.connect() as db:
            return db.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_a_polite_no_and_harms_nothing(settings: Settings):
    with TestClient(create_app(settings)) as http:
        service: Container = http.app.state.container  # type: ignore[attr-defined]
        disk, case_id, refused = Disk(service), docket.granted(service), 0
        for _ in steps("full disks", 3, 20):
            disk.leave(pages=8)
            refused += _fill(http, service, case_id)
            disk.leave(pages=2**20)
            version = service.repository.get(Case, case_id).version
            assert _act(http, service, case_id, version).status_code == 200
        assert disk.pragma("integrity_check") == "ok"
        wait_until(lambda: set(service.projector.lag().values()) == {0})
        assert service.parking.all() == [], "no event is blamed for the disk"
        assert docket.shown(service) == docket.rebuilt(service)
    tell(f"full disk: {refused} polite refusals")


def _fill(http: TestClient, service: Container, case_id: UUID) -> int:
    """Act until nothing more can be kept, and a few times beyond that; how often it was refused."""
    done, refused = service.repository.get(Case, case_id).version, 0
    for _ in range(200):
        answer = _act(http, service, case_id, done)
        done += answer.status_code == 200
        if answer.status_code != 200:
            assert (answer.status_code, _is_polite(answer)) == (503, True)
            refused += 1
        if refused == 5:
            break
    assert refused == 5, "the disk never was full"
    assert service.repository.get(Case, case_id).version == done
    return refused


def test_time_never_runs_backwards_within_a_case(service: Container, clock: Clock):
    clock.now = on("2026-10-09", hour=0)
    case_id = docket.granted(service, on("2026-10-08"))
    for version in range(docket.GRANTED, docket.GRANTED + 6):
        docket.act(service, case_id, version)
        clock.go_on(hours=-1)
    case = service.repository.get(Case, case_id)
    told = [each.event for each in service.repository.history(case_id)]
    assert [each.timestamp for each in told] == sorted(each.timestamp for each in told)
    assert {each.timestamp for each in told[5:]} == {on("2026-10-09", hour=0)}
    days = {each.review_by for each in told if isinstance(each, e.MaterialSupplied)}
    assert days == {CALENDAR.add(told[-1].day, periods.REVIEW_MATERIAL, Party.GOVERNMENT)}
    service.projector.catch_up_all()
    assert _duties(service) == {(duty.action, duty.due.on) for duty in case.duties}


def _duties(service: Container) -> set[tuple[str, date]]:
    """What the worklist says is owed, and by when."""
    with service.engine.connect() as db:
        return {(row.action, row.due_on) for row in db.execute(duties.select())}
