"""The health doors tell all that the program knows: what waits, is set aside, or runs out."""

import re
import shutil
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from infrastructure.health.checks import Unsound, examine, require_sound
from infrastructure.health.findings import Severity
from infrastructure.health.measures import measure, measured
from infrastructure.projector.projector import PROJECTIONS
from tests import stories as s
from tests.accidents.releases.foreign import arrives, projected
from tests.api.conftest import OPERATORS, Walk, project, the_service
from tests.given import on
from tests.support.fault_server import wait_until
from tests.support.service_driver import Office

GIB = 1024**3


def figures(client: TestClient, name: str) -> dict[str, float]:
    """The values of a metric, by label."""
    lines = re.findall(
        rf'(?m)^{name}(?:{{\w+="(\w+)"}})? (\S+)$', client.get(f"{OPERATORS}/metrics").text
    )
    return {label: float(value) for label, value in lines}


def found(service, check):
    return [(each.severity, each.text) for each in examine(service) if each.check == check]


def with_free_disk(monkeypatch, free):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))


def test_parked_and_unknown_events_are_counted_and_warned_of(walk: Walk):
    client = walk.to("granted").client
    before = client.get(f"{OPERATORS}/readyz").json()
    assert (before["unknown"], set(before["parked"].values())) == (0, {0})
    arrives(the_service(client), UUID(walk.view["id"]))
    project(client)
    told = client.get(f"{OPERATORS}/readyz").json()
    assert told["ready"] and told["unknown"] == 1
    assert told["parked"] == dict.fromkeys(PROJECTIONS, 1)
    warned = [each["text"] for each in told["findings"] if each["check"] == "parked"]
    assert "1个事件由更新的版本写入" in warned[0] and "audit 1个" in warned[1]
    walk.as_.clock.go_on(seconds=2)
    assert figures(client, "xinnuo_unknown_events") == {"": 1}
    assert figures(client, "xinnuo_projection_parked_events") == dict.fromkeys(PROJECTIONS, 1)


def test_a_projection_with_parked_events_has_no_lag_but_is_warned_of(service):
    arrives(service, Office(service).remembers(s.GRANTED))
    projected(service)
    values = measured(service)
    assert (set(values.lag.values()), set(values.parked.values())) == ({0}, {1})
    assert {severity for severity, _ in found(service, "parked")} == {Severity.WARNS}


def test_a_running_service_seals_and_says_so(walk: Walk):
    client = walk.to("granted").client
    wait_until(lambda: client.get(f"{OPERATORS}/readyz").json()["unsealed"] == 0)
    walk.as_.clock.go_on(seconds=2)
    assert figures(client, "xinnuo_unsealed_events") == {"": 0}


def test_events_that_nobody_seals_are_warned_of_after_ten_minutes(service, clock):
    Office(service).remembers(s.GRANTED)
    clock.go_on(minutes=9)
    assert (measured(service).log.unsealed, found(service, "sealer")) == (5, [])
    clock.go_on(minutes=2)
    ((severity, text),) = found(service, "sealer")
    assert severity is Severity.WARNS and "5个事件没有封存" in text
    service.sealer.seal()
    assert found(service, "sealer") == []


def test_the_clock_beside_the_last_instant_of_the_log(service, clock):
    assert measured(service).log.clock_ahead_seconds == 0
    Office(service).remembers(s.GRANTED)
    clock.go_on(minutes=3)
    assert measured(service).log.clock_ahead_seconds == 180
    clock.go_on(hours=-1)
    assert measured(service).log.clock_ahead_seconds == -3420


def test_the_longest_overdue_duty_and_the_days_that_the_calendar_covers(service, clock):
    Office(service).remembers(s.DEFERRED_GRANTED)
    projected(service)
    assert measured(service).oldest_duty_days == 0
    clock.now = on("2026-10-15")
    values = measured(service)
    assert values.oldest_duty_days == 5
    assert values.calendar_days == (service.calendar.covered_until - clock.now.date()).days


def test_the_age_of_the_oldest_message_that_was_not_delivered(service, clock):
    Office(service).remembers(s.GRANTED)
    clock.go_on(minutes=2)
    assert measured(service).oldest_message_seconds == 120


@pytest.mark.parametrize(
    ("free", "grave"), [(2 * GIB, None), (GIB // 2, Severity.WARNS), (1000, Severity.STOPS)]
)
def test_a_disk_that_runs_full_is_told_and_a_full_one_stops(service, monkeypatch, free, grave):
    with_free_disk(monkeypatch, free)
    severities = [severity for severity, _ in found(service, "disks")]
    if service.engine.dialect.name == "postgresql":  # its disk is not ours
        assert severities == ([Severity.WARNS] if grave else [])
        return
    assert severities[-1:] == ([grave] if grave else [])
    if grave is Severity.STOPS:
        with pytest.raises(Unsound, match="数据库所在的文件夹的磁盘已满"):
            require_sound(service)


def test_a_full_disk_is_never_ready(client: TestClient, monkeypatch, database_url):
    with_free_disk(monkeypatch, 1000)
    stops = database_url.startswith("sqlite")
    assert client.get(f"{OPERATORS}/readyz").status_code == (503 if stops else 200)


def test_the_free_disk_is_measured(client: TestClient):
    free = figures(client, "xinnuo_free_disk_bytes")
    assert free and set(free) <= {"data", "database"} and min(free.values()) > 0
    assert set(client.get(f"{OPERATORS}/readyz").json()["free_disk"]) <= set(free)


def test_metrics_are_measured_once_a_second_at_most(service, clock):
    sent: list[str] = []
    event.listen(service.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    first = measure(service)
    once = len(sent)
    assert measure(service) is first and len(sent) == once
    clock.go_on(seconds=2)
    assert measure(service) is not first and len(sent) == 2 * once
    clock.go_on(seconds=-1)
    measure(service)
    assert len(sent) == 3 * once, "a clock that goes back never freezes the values"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_measure_reads_the_log(service):
    Office(service).remembers(s.GRANTED)
    sent: list[tuple[str, tuple[object, ...]]] = []
    event.listen(service.engine, "before_cursor_execute", lambda *told: sent.append(told[2:4]))
    measured(service)
    with service.engine.connect() as db:
        plans = [db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", facts) for sql, facts in [*sent]]
        steps = [row.detail for plan in plans for row in plan]
    assert any("events" in step for step in steps)
    assert [step for step in steps if re.match(r"SCAN (events|duties|checkpoints)\b", step)] == []
