"""Clocks that jump, stand still for months or were wrong: nothing false is recorded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from application.catalogue.commands import ListItem
from application.execution.context import CommandContext
from domain.kernel.errors import ClockJumped
from infrastructure.clock.guarded_clock import TOLERANCE, GuardedClock
from infrastructure.clock.log_time import confirm
from infrastructure.container import Container, build
from infrastructure.database.engine import writing
from infrastructure.database.schema import clock_confirmations, events
from infrastructure.exports.records import ExportState, Requester
from infrastructure.health.checks import Severity, examine, require_sound
from infrastructure.outbox.outbox import MessageState
from infrastructure.settings import Settings
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.queries import TrailQuery
from tests import stories as s
from tests.api.conftest import (
    KEEPER,
    OPERATORS,
    Badges,
    ScanningClient,
    Walk,
    furnish,
    served,
    the_service,
)
from tests.conftest import tokens_of
from tests.given import DAY_1
from tests.infrastructure.projector.test_projector import eventually
from tests.support.background import working
from tests.support.service_driver import AUDITOR, Office


class Machine:
    """A computer: time goes on in both of its clocks, and its wall clock can be set."""

    def __init__(self, now: datetime = DAY_1) -> None:
        self.wall, self.seconds, self.readings = now, 1000.0, 0
        self.clock = self.restarted()

    def restarted(self) -> GuardedClock:
        return GuardedClock(self._read, lambda: self.seconds)

    def _read(self) -> datetime:
        self.readings += 1
        return self.wall

    def go_on(self, **time: float) -> None:
        passed = timedelta(**time)
        self.wall, self.seconds = self.wall + passed, self.seconds + passed.total_seconds()

    def set(self, **by: float) -> None:
        self.wall += timedelta(**by)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def running(settings: Settings, machine: Machine) -> Iterator[Container]:
    """The service with a small catalogue, on this machine."""
    container = build(settings, machine.clock)
    require_sound(container)
    furnish(container)
    yield container
    container.close()


@pytest.fixture
def walk(settings: Settings, machine: Machine) -> Iterator[Walk]:
    """A case over HTTP, not open yet, in a service on this machine."""
    tokens = tokens_of(settings.keys_dir)
    app = served(settings, machine.clock, StringIO())
    with ScanningClient(app, raise_server_exceptions=False) as client:
        furnish(the_service(client))
        yield Walk(client, Badges(tokens, machine.clock))
    structlog.reset_defaults()


def restarted(settings: Settings, machine: Machine) -> Container:
    return build(settings, machine.restarted())


def record(container: Container, context: CommandContext | None = None) -> None:
    """Records one event, now or as of the context."""
    item = s.ITEM.model_copy(update={"code": f"{container.log_size():012}"})
    given = context or CommandContext(KEEPER, container.clock())
    container.catalogue.list_item(given, ListItem(item=item, terms=None))


def stops(container: Container) -> list[str]:
    return [f.text for f in examine(container) if f.severity is Severity.STOPS]


c = clock_confirmations
JUMPS: dict[str, dict[str, float]] = {
    "300 days ahead": {"days": 300},
    "two hours ahead": {"hours": 2},
    "two minutes ahead": {"minutes": 2},
    "300 days back": {"days": -300},
    "two hours back": {"hours": -2},
    "to 1970": {"days": -20000},
}

# a clock that jumps while the service runs ------------------------------------------------------


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_nothing_is_recorded_with_a_clock_that_jumped(
    running: Container, machine: Machine, jump: dict[str, float]
):
    before = running.log_size()
    machine.set(**jump)
    with pytest.raises(ClockJumped, match="xinnuo clock confirm --by"):
        record(running)
    assert running.log_size() == before
    assert len(stops(running)) == 1
    assert running.guard.jump_seconds == timedelta(**jump).total_seconds()


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_comes_back_is_trusted_again(
    running: Container, machine: Machine, jump: dict[str, float]
):
    machine.set(**jump)
    assert stops(running)
    machine.go_on(minutes=3)
    machine.set(**{unit: -size for unit, size in jump.items()})
    assert not stops(running)
    record(running)


def test_a_clock_that_came_back_is_trusted_at_once_whatever_another_thread_saw(
    running: Container, machine: Machine
):
    machine.set(days=300)
    assert running.guard.fault()
    machine.set(days=-300)
    assert running.guard.recorded_at(machine.wall) == machine.wall


def test_a_jump_is_answered_503_over_http_while_reading_goes_on(walk: Walk, machine: Machine):
    walk.to("cleared")
    machine.set(days=300)
    machine.go_on(seconds=5)
    refused = walk.attempt("notified")
    assert (refused.status_code, refused.json()["code"]) == (503, "clock-jumped")
    assert refused.headers["Retry-After"]
    assert "2027年7月25日" in refused.json()["detail"]
    assert walk.get().json()["version"] == 2, "a token of today is still read"
    readiness = walk.client.get("/readyz")
    assert (readiness.status_code, readiness.json()["ready"]) == (503, False)
    assert [f["check"] for f in readiness.json()["findings"] if f["severity"] == "stops"] == [
        "clock"
    ]
    measured = walk.client.get(f"{OPERATORS}/metrics").text
    assert "xinnuo_clock_jump_seconds 2.592e+07" in measured
    machine.set(days=-300)
    assert walk.attempt("notified").is_success


def test_a_repeated_request_gets_its_first_answer_during_a_jump(walk: Walk, machine: Machine):
    walk.to("cleared")
    first = walk.attempt("notified", Idempotency_Key="k")
    machine.set(days=300)
    again = walk.attempt("notified", Idempotency_Key="k")
    assert (again.status_code, again.json()["version"]) == (200, first.json()["version"])


@pytest.mark.parametrize("sleep", [{"hours": 9}, {"days": 2}, {"seconds": 59}])
def test_a_computer_that_slept_has_not_jumped(running: Container, machine: Machine, sleep: Any):
    machine.go_on(**sleep)
    assert not stops(running)
    record(running)


def test_slewing_adds_up_to_no_jump(running: Container, machine: Machine):
    for _ in range(600):  # the clock loses a tenth of a second in every second, chrony's utmost
        machine.go_on(seconds=1)
        machine.set(seconds=-0.1)
        assert not running.guard.fault()
    record(running)


def test_a_small_step_of_synchronisation_is_no_jump(running: Container, machine: Machine):
    for _ in range(3):
        machine.set(seconds=TOLERANCE.total_seconds() / 2)
        assert not running.guard.fault()


def test_an_interruption_between_two_readings_is_no_jump(machine: Machine):
    readings = iter([machine.seconds, machine.seconds + 300])

    def interrupted() -> float:
        return next(readings, machine.seconds + 300)

    clock = GuardedClock(lambda: machine.wall + timedelta(seconds=300), interrupted)
    assert clock.jump == timedelta()


@pytest.mark.parametrize("worker", ["sealer", "relay", "exports"])
def test_background_work_waits_while_the_clock_is_off(
    running: Container, machine: Machine, worker: str
):
    Office(running).remembers(s.GRANTED)
    running.projector.catch_up_all()
    export = running.exports.ask(Requester.of(AUDITOR), TrailQuery(), Format.CSV)
    machine.set(hours=3)
    with working(running, worker):
        asked = machine.readings
        eventually(lambda: machine.readings > asked + 10)
        assert _untouched(running, export) == {"sealer", "relay", "exports"}
        machine.set(hours=-3)
        eventually(lambda: worker not in _untouched(running, export))


def _untouched(service: Container, export: UUID) -> set[str]:
    """The workers that have done nothing yet."""
    asked, told = service.exports.one(export), service.outbox.standing(service.clock())
    still = {
        "sealer": service.proofs.newest() is None,
        "relay": told.counts[MessageState.WAITING] > 0,
        "exports": asked is not None and asked.state is ExportState.WAITING,
    }
    return {name for name, waits in still.items() if waits}


def test_the_sweep_finds_no_breach_by_a_wrong_clock(walk: Walk, machine: Machine):
    walk.kind = "deferred_materials"
    walk.to("granted")
    service = the_service(walk.client)
    service.projector.catch_up_all()
    machine.set(days=300)
    with pytest.raises(ClockJumped):
        list(service.sweep.run(machine.wall))
    assert walk.get().json()["stage"] == "granted"


def test_the_register_takes_in_nothing_by_a_wrong_clock(running: Container, machine: Machine):
    machine.set(days=-300)
    with pytest.raises(ClockJumped):
        running.register.take_in([])


# a jump that was right --------------------------------------------------------------------------


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_jump_that_is_confirmed_becomes_the_time(
    running: Container, machine: Machine, jump: dict[str, float]
):
    machine.set(**jump)
    assert stops(running)
    machine.go_on(minutes=20)
    confirm(running.engine, machine.wall, "ops-01")
    machine.go_on(seconds=30)
    assert not stops(running)
    record(running)
    newest = select(events.c.recorded_at).order_by(events.c.position.desc()).limit(1)
    with running.engine.connect() as db:
        assert db.scalar(newest) == machine.wall


def test_a_confirmation_before_the_jump_confirms_nothing(running: Container, machine: Machine):
    confirm(running.engine, machine.wall, "ops-01")
    machine.go_on(hours=1)
    assert not stops(running)
    machine.set(minutes=-40)
    assert stops(running)


def test_a_confirmation_on_another_computer_confirms_nothing_here(
    running: Container, machine: Machine
):
    machine.set(days=300)
    machine.go_on(minutes=1)
    confirm(running.engine, machine.wall - timedelta(days=300), "ops-01")
    assert stops(running)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_command_that_was_given_before_the_clock_was_put_right_is_not_recorded(
    running: Container, machine: Machine, jump: dict[str, float]
):
    given = CommandContext(KEEPER, running.clock())
    machine.set(**jump)
    confirm(running.engine, machine.wall, "ops-01")
    assert not stops(running)
    with pytest.raises(ClockJumped, match="重新提交"):
        record(running, given)


def test_a_command_of_the_future_is_not_recorded(running: Container):
    ahead = CommandContext(KEEPER, running.clock() + timedelta(days=300))
    with pytest.raises(ClockJumped):
        record(running, ahead)


@pytest.mark.parametrize(
    "change", [update(clock_confirmations).values(by="x"), delete(clock_confirmations)]
)
def test_a_confirmation_is_for_ever(running: Container, machine: Machine, change: Any):
    confirm(running.engine, machine.wall, "ops-01")
    with pytest.raises(DBAPIError), writing(running.engine).begin() as db:
        db.execute(change)
