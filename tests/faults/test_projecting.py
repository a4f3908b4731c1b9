"""No projection stops for good: not if a signal or a lease holder is lost, nor by a bad event."""

import json
import time
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from domain.case import events as e
from domain.case.case import Case
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild
from projections.read_model.tables import audit_trail, case_summaries
from tests.given import PINS
from tests.support import fault_cases as docket
from tests.support.background import PROJECTING, working
from tests.support.fault_server import wait_until
from tests.support.parallel import Racers
from tests.support.repetitions import count, report, steps

only_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
EACH_ROW = "FOR EACH ROW EXECUTE FUNCTION refuse()"
READERS_OF_MATERIALS = ("audit", "audited", "holdings", "papers", "statistics", "worklist")
"""The projections that read the events of materials."""
POISON = b'{"timestamp":"2026-09-28T09:00:00+08:00","material":"M-02"}'
HOLDERS = (
    "SELECT objid, pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
END_LISTENERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND query = 'LISTEN log_grown'"
)


def caught_up(service: Container) -> bool:
    return set(service.projector.lag().values()) == {0}


@only_postgresql
def test_a_listener_that_lost_its_connection_listens_again(real: Container, tmp_path: Path):
    elsewhere = docket.open_service(str(real.settings.database_url), tmp_path)
    with working(real, *PROJECTING, poll_seconds=20):  # polling alone would be too slow
        docket.granted(elsewhere)
        wait_until(lambda: caught_up(real), 5)
        assert _all(real.engine, END_LISTENERS) == [(True,)]
        docket.granted(elsewhere)
        waited = wait_until(lambda: caught_up(real), 5)
        docket.granted(elsewhere)
        wait_until(lambda: caught_up(real), 5)
        began = time.monotonic()
    assert time.monotonic() - began < 3, "a thread that is to stop does not wait for an append"
    report(f"listening again after {waited:.2f} s")
    elsewhere.close()


@only_postgresql
def test_every_projection_has_one_holder_and_the_other_takes_over(real: Container, tmp_path: Path):
    standby = docket.open_service(str(real.settings.database_url), tmp_path)
    with working(standby, *PROJECTING):
        with working(real, *PROJECTING):
            docket.granted(real)
            wait_until(lambda: caught_up(real) and len(_holders(real)) == len(PROJECTIONS))
            for pid in set(_holders(real).values()):
                _all(real.engine, f"SELECT pg_terminate_backend({pid})")
            docket.granted(real)
            wait_until(lambda: caught_up(real) and len(_holders(real)) == len(PROJECTIONS))
        docket.granted(real)
        waited = wait_until(lambda: caught_up(real))
        wait_until(lambda: len(_holders(real)) == len(PROJECTIONS))
        assert len(set(_holders(real).values())) == 1
    report(f"standby took over after {waited:.2f} s")
    assert docket.shown(real) == docket.rebuilt(real)
    standby.close()


def test_concurrent_projectors_apply_every_event_once(real: Container, tmp_path: Path):
    """This happens if a holder has lost its lock and does not know it yet."""
    url = str(real.settings.database_url)
    services = [docket.open_service(url, tmp_path) for _ in range(4)]
    with Racers(len(services)) as racers:
        for _ in steps("meetings of projectors", 5, 200):
            for _ in range(10):
                docket.granted(real)
            racers.race(lambda n: services[n].projector.catch_up_all())
    assert real.parking.all() == []
    assert docket.shown(real) == docket.rebuilt(real)
    for service in services:
        service.close()


@only_postgresql
def test_the_second_projector_at_a_bookmark_waits(real: Container):
    real.projector.catch_up_all()
    with writing(real.engine).begin() as first, writing(real.engine).begin() as second:
        real.projector.lock(first, "audit")
        second.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError):
            real.projector.lock(second, "audit")


def _holders(service: Container) -> dict[int, int]:
    """The session that holds each advisory lock; PostgreSQL gives a lock to one session only."""
    return {lock: pid for lock, pid in _all(service.engine, HOLDERS)}


def _all(engine: Engine, statement: str) -> list[tuple[int, int]]:
    with engine.connect() as db:
        return [tuple(row) for row in db.execute(text(statement))]


@only_postgresql
@pytest.mark.parametrize("state", ["53100", "57014", "55P03", "42501"])
def test_a_table_that_cannot_be_written_to_is_not_blamed_on_an_event(real: Container, state: str):
    """The errors: disk full, statement cancelled, lock not available, right withdrawn."""
    refuse = f"BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '{state}'; END"
    _do(real.engine, f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${refuse}$$")
    _do(real.engine, f"CREATE TRIGGER refuse BEFORE INSERT ON audit_trail {EACH_ROW}")
    docket.granted(real)
    with pytest.raises((SQLAlchemyError, psycopg.Error)):
        real.projector.catch_up(PROJECTIONS["audit"])
    assert (real.parking.all(), real.projector.position("audit")) == ([], 0)
    _do(real.engine, "DROP TRIGGER refuse ON audit_trail")
    real.projector.catch_up_all()
    assert docket.shown(real) == docket.rebuilt(real)


def _do(engine: Engine, statement: str) -> None:
    with engine.begin() as db:
        db.execute(text(statement))


def test_a_bad_event_stops_its_own_case_only_and_after_mending_it_goes_on_in_order(
    real: Container, monkeypatch: pytest.MonkeyPatch
):
    others = [docket.granted(real) for _ in range(count(20, 9_999))]
    for each in others:
        for version in (5, 6):
            docket.act(real, each, version)
    bad = _case_with_a_bad_event(real, like=others[0])
    docket.act(real, others[0], 7)
    real.projector.catch_up_all()
    parked = real.parking.all()
    assert {each.stream_id for each in parked} == {bad}
    assert {each.projection for each in parked} == set(READERS_OF_MATERIALS)
    assert "ValidationError" in parked[0].error
    assert [each.error.split(":")[0] for each in parked[1:3]] == ["前面的事件尚未处理"] * 2
    went_on = dict.fromkeys(others, 7) | {others[0]: 8}
    assert _audited(real) == went_on | {bad: 6}
    assert real.parking.retry("audit") == 0, "nothing has been mended yet"
    _mend(monkeypatch)
    assert [real.parking.retry(name) for name in READERS_OF_MATERIALS] == [3] * 6
    assert real.parking.all() == []
    assert _audited(real) == went_on | {bad: 9}
    assert docket.shown(real) == docket.rebuilt(real)


def _case_with_a_bad_event(service: Container, like: UUID) -> UUID:
    """A case whose version 7 cannot be read; versions 8 and 9 are copied from another case.

    The copies pin no documents: those of the other case are not this one's.
    """
    case_id, recorder = docket.granted(service), service.repository.recorder
    docket.act(service, case_id, docket.GRANTED)
    recorder.insert_events([StoredEvent(case_id, 7, e.MaterialReturned.TOPIC, POISON)])
    service.projector.catch_up_all()
    for version, event in enumerate(recorder.select_events(like, gt=5), start=8):
        state = {name: said for name, said in json.loads(event.state).items() if name not in PINS}
        recorder.insert_events(
            [StoredEvent(case_id, version, event.topic, json.dumps(state).encode())]
        )
    return case_id


def _mend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adds an upcaster that completes the bad event."""

    def upcast(facts: dict[str, object]) -> dict[str, object]:
        return {"reason": "未写明", "due": {"on": "2026-10-12"}, "by": docket.officer()} | facts

    monkeypatch.setattr(e.MaterialReturned, "UPCASTERS", (upcast,))


def _audited(service: Container) -> dict[UUID, int]:
    """The number of rows that the audit trail has for each case."""
    c = audit_trail.c
    with service.engine.connect() as db:
        of_cases = select(c.stream_id, func.count()).where(c.topic.startswith(f"{Case.TOPIC}/"))
        rows = db.execute(of_cases.group_by(c.stream_id))
        return {stream: number for stream, number in rows}


class Watcher(Thread):
    """Reads the lists repeatedly: no read may fail, and no version may go back."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine, self._before, self.done = engine, {}, Flag()
        self.slowest, self.looks, self.went_back = 0.0, 0, []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while not self.done.is_set():
                self._look()
        except Exception as error:
            self.error = error

    def _look(self) -> None:
        t, c, began = audit_trail.c, case_summaries.c, time.monotonic()
        with self._engine.connect() as db:
            trail = select(t.stream_id, func.max(t.version)).group_by(t.stream_id)
            now = {("trail", row[0]): row[1] for row in db.execute(trail)}
            now |= {("list", row[0]): row[1] for row in db.execute(select(c.case_id, c.version))}
        self.slowest, self.looks = max(self.slowest, time.monotonic() - began), self.looks + 1
        self.went_back += [key for key, old in self._before.items() if now.get(key, 0) < old]
        self._before = now


def test_a_rebuild_disturbs_neither_writers_nor_readers(real: Container):
    stop, cases = Flag(), [docket.granted(real) for _ in range(count(100, 5_000))]
    watchers = [Watcher(real.engine) for _ in range(2)]
    writer = Thread(target=_write, args=(real, cases, stop))
    with working(real, *PROJECTING):
        wait_until(lambda: caught_up(real))
        for thread in (*watchers, writer):
            thread.start()
        for projection in PROJECTIONS.values():
            for _ in range(count(1, 10)):
                rebuild(real.projector, projection)
        stop.set()
        writer.join()
        wait_until(lambda: caught_up(real))
        for watcher in watchers:
            watcher.done.set()
            watcher.join()
    assert [(watcher.error, watcher.went_back) for watcher in watchers] == [(None, [])] * 2
    assert docket.shown(real) == docket.rebuilt(real)
    slowest = max(watcher.slowest for watcher in watchers) * 1000
    report(f"rebuild: {sum(w.looks for w in watchers)} looks meanwhile, longest {slowest:.0f} ms")


def _write(service: Container, cases: list[UUID], stop: Flag) -> None:
    for version in range(docket.GRANTED, 1_000):
        for case_id in cases:
            if stop.is_set():
                return
            docket.act(service, case_id, version)
