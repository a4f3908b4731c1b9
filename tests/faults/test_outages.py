"""Outages: without a database, with a full disk or a clock that goes back, nothing is lost.

Every refused request is answered 503 and says when to retry.
"""

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
from domain.case import events as e
from domain.case import periods
from domain.case.case import Case
from domain.values.workdays import Party
from infrastructure.container import Container
from infrastructure.settings import Settings
from projections.read_model.tables import duties
from tests.conftest import Clock, migrate, tokens_of
from tests.given import CALENDAR, CLERK, on
from tests.support import fault_cases as docket
from tests.support.fault_server import Serving, version_of, wait_until
from tests.support.postgres import Server
from tests.support.repetitions import report, steps

LONGEST = 5.0
"""Maximum seconds for an answer: 3 for a connection of the pool, and 2 for everything else."""
CUT_OFF = {"ConnectError", "ReadError", "RemoteProtocolError"}
PAGES = ("/api/v1/cases", "/api/v1/worklist", "/api/v1/disclosures", "/")


class Traffic(Thread):
    """A client that acts on its own case, reads lists, and records every answer."""

    def __init__(self, serving: Serving, case_id: UUID) -> None:
        super().__init__()
        self._client, self.case_id, self.version = serving.client(), case_id, docket.GRANTED
        self.answers: list[tuple[float, int]] = []
        self.acknowledged, self.slowest, self.failures = 0, 0.0, list[str]()
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
        """Returns a successful answer; returns None for any other.

        An answer that is neither successful nor a refusal that says when to retry is a failure.
        """
        began = time.monotonic()
        try:
            answer = ask()
        except httpx2.TransportError as error:
            self.failures.append(type(error).__name__)
            time.sleep(0.05)
            return None
        now = time.monotonic()
        self.slowest = max(self.slowest, now - began)
        self.answers.append((now, answer.status_code))
        if answer.status_code == 503 and _says_when_to_retry(answer):
            time.sleep(0.05)
        elif answer.status_code != 200:
            self.failures.append(f"{answer.status_code} {answer.text[:300]}")
        return answer if answer.status_code == 200 else None


@contextmanager
def traffic_on(serving: Serving, service: Container) -> Iterator[list[Traffic]]:
    """Runs four clients until the block ends."""
    traffic = [Traffic(serving, docket.granted(service)) for _ in range(4)]
    for each in traffic:
        each.start()
    try:
        yield traffic
    finally:
        for each in traffic:
            each.done.set()
            each.join()


def _says_when_to_retry(answer: httpx2.Response) -> bool:
    media_type = answer.headers["content-type"]
    return "Retry-After" in answer.headers and media_type.startswith("application/problem+json")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL server for this test only, which it can stop and start."""
    with Server() as server:
        migrate(Settings(data_dir=tmp_path, database_url=server.url))
        yield server


def test_while_postgresql_is_down_every_answer_says_when_to_retry(database: Server, tmp_path: Path):
    service = docket.open_service(database.url, tmp_path)
    with Serving(database.url, tmp_path) as serving, traffic_on(serving, service) as traffic:
        recoveries = [_outage(database, traffic) for _ in steps("outages", 2, 10)]
    assert [each.failures for each in traffic] == [[]] * 4
    assert max(each.slowest for each in traffic) < LONGEST
    assert max(recoveries) < 5
    for each in traffic:
        case = service.repository.get(Case, each.case_id)
        assert docket.GRANTED + each.acknowledged == each.version
        assert case.version - each.version in (0, 1), "the last one may not have been answered"
    _report_outages(traffic, recoveries)
    service.close()


def _outage(database: Server, traffic: list[Traffic]) -> float:
    """Stops the database for a second; returns the seconds until every client acts again."""
    time.sleep(1)
    database.stop("immediate")
    time.sleep(1)
    before = [each.acknowledged for each in traffic]
    database.start()
    return wait_until(lambda: all(t.acknowledged > b for t, b in zip(traffic, before, strict=True)))


def _report_outages(traffic: list[Traffic], recoveries: list[float]) -> None:
    answers = Counter(status for each in traffic for _, status in each.answers)
    slowest = max(each.slowest for each in traffic)
    back = max(recoveries)
    report(f"outages: {dict(answers)}, slowest {slowest:.2f} s, all served {back:.2f} s after")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_when_every_connection_is_taken_the_answer_says_when_to_retry(settings: Settings):
    with TestClient(create_app(settings)) as http, ExitStack() as taken:
        service: Container = http.app.state.container  # type: ignore[attr-defined]
        case_id = docket.granted(service)
        for engine in (service.engine, service.repository.recorder.commands):
            for _ in range(settings.pool_size):
                taken.enter_context(engine.connect())
        began = time.monotonic()
        answer = _act(http, service, case_id, docket.GRANTED)
        assert time.monotonic() - began < LONGEST
        assert (answer.status_code, _says_when_to_retry(answer)) == (503, True)
        page = http.get("/", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers.get("Retry-After")) == (503, "5")
        taken.close()
        assert _act(http, service, case_id, docket.GRANTED).status_code == 200


def _act(http: TestClient, service: Container, case_id: UUID, version: int) -> Any:
    """Sends the next command of a case to the application in this process."""
    by, command = docket.next_act(version)
    token = tokens_of(service.settings.keys_dir).mint(by, service.clock(), 8)
    return http.post(
        f"/api/v1/cases/{case_id}/{command.VERB}",
        headers={"Authorization": f"Bearer {token}"},
        json=command.model_dump(mode="json"),
    )


def test_a_server_that_is_told_to_stop_keeps_what_it_has_acknowledged(
    real: Container, serving: Serving
):
    with traffic_on(serving, real) as traffic:
        time.sleep(1.5)
        ended = serving.stop()
    assert ended == 0
    statuses = {status for each in traffic for _, status in each.answers}
    assert statuses == {200}
    assert {failure for each in traffic for failure in each.failures} <= CUT_OFF
    for each in traffic:
        assert each.acknowledged
        assert real.repository.get(Case, each.case_id).version - each.version in (0, 1)


class Disk:
    """Limits the size of the SQLite file, for every connection from now on."""

    def __init__(self, service: Container) -> None:
        self._service, self._limit = service, 2**30
        event.listen(service.engine, "connect", self._limited)

    def _limited(self, connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self._limit}")

    def leave(self, pages: int) -> None:
        """Lets the file grow by this many pages."""
        self._limit = self.pragma("page_count") + pages
        self._service.engine.dispose()

    def pragma(self, name: str) -> Any:
        with self._service.engine.connect() as db:
            return db.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_with_a_full_disk_every_answer_says_when_to_retry_and_nothing_is_harmed(settings: Settings):
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
    report(f"full disk: {refused} refusals that say when to retry")


def _fill(http: TestClient, service: Container, case_id: UUID) -> int:
    """Acts until the disk is full and five acts are refused; returns the number of refusals."""
    done, refused = service.repository.get(Case, case_id).version, 0
    for _ in range(200):
        answer = _act(http, service, case_id, done)
        done += answer.status_code == 200
        if answer.status_code != 200:
            assert (answer.status_code, _says_when_to_retry(answer)) == (503, True)
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
    events = [each.event for each in service.repository.history(case_id)]
    assert [each.timestamp for each in events] == sorted(each.timestamp for each in events)
    assert {each.timestamp for each in events[5:]} == {on("2026-10-09", hour=0)}
    days = {each.review_by for each in events if isinstance(each, e.MaterialSupplied)}
    assert days == {CALENDAR.add(events[-1].day, periods.REVIEW_MATERIAL, Party.GOVERNMENT)}
    service.projector.catch_up_all()
    assert _duties(service) == {(duty.action, duty.due.on) for duty in case.duties}


def _duties(service: Container) -> set[tuple[str, date]]:
    """The duties on the worklist: action and due date."""
    with service.engine.connect() as db:
        return {(row.action, row.due_on) for row in db.execute(duties.select())}
