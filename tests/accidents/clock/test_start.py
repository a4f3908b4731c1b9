"""The clock at the start: compared with the log; an operator is asked once, if at all."""

import json
from contextlib import closing
from datetime import timedelta
from itertools import pairwise

import pytest

from domain.kernel.errors import ClockJumped
from infrastructure.clock.log_time import confirm, last_known
from infrastructure.clock.time_guard import LONGEST_PAUSE
from infrastructure.container import Container, build
from infrastructure.database.markers import DEMO, set_mark
from infrastructure.health.checks import Severity, Unsound, examine, require_sound
from infrastructure.settings import Settings
from tests.accidents.clock.test_jumps import Machine, machine, record, restarted, running, stops
from tests.api.cli.test_main import Run, command, in_one_line, xinnuo
from tests.conftest import Clock
from tests.given import CALENDAR

__all__ = ["command", "machine", "running", "xinnuo"]


def test_a_start_on_an_empty_database_asks_nobody(settings: Settings, machine: Machine):
    container = restarted(settings, machine)
    require_sound(container)
    container.close()


@pytest.mark.parametrize("behind", [{"minutes": 2}, {"days": 1}, {"days": 20000}])
def test_a_start_with_a_clock_behind_the_log_is_refused_until_it_is_confirmed(
    running: Container, settings: Settings, machine: Machine, behind: dict[str, float]
):
    machine.set(**{unit: -size for unit, size in behind.items()})
    later = restarted(settings, machine)
    with pytest.raises(Unsound, match="时钟倒退了") as refused:
        require_sound(later)
    assert "2026年9月28日 09:00" in str(refused.value)
    confirm(later.engine, machine.wall, "ops-01")
    require_sound(later)
    record(later)
    later.close()


@pytest.mark.parametrize("pause", [{"days": 16}, {"days": 60}, {"days": 400}])
def test_a_start_after_a_long_pause_asks_once(
    running: Container, settings: Settings, machine: Machine, pause: dict[str, float]
):
    machine.go_on(**pause)
    later = restarted(settings, machine)
    with pytest.raises(Unsound, match=f"相隔{int(pause['days'])}天"):
        require_sound(later)
    with pytest.raises(ClockJumped):
        record(later)
    confirm(later.engine, machine.wall, "ops-01")
    require_sound(later)
    later.close()
    machine.go_on(days=14)
    again = restarted(settings, machine)
    require_sound(again)
    again.close()


def test_no_holiday_is_a_long_pause():
    end = CALENDAR.covered_until
    days = [end - timedelta(days=n) for n in range(6 * 365)]
    working_days = [day for day in reversed(days) if CALENDAR.is_workday(day)]
    assert max(later - earlier for earlier, later in pairwise(working_days)) < LONGEST_PAUSE


def test_after_a_holiday_no_command_is_refused(
    running: Container, settings: Settings, machine: Machine
):
    machine.go_on(days=11)
    later = restarted(settings, machine)
    require_sound(later)
    record(later)
    later.close()


def test_a_service_that_ran_through_a_long_pause_asks_nobody(running: Container, machine: Machine):
    machine.go_on(days=40)
    assert not stops(running)
    record(running)


def test_an_old_demonstration_only_warns(running: Container, settings: Settings, machine: Machine):
    set_mark(running.engine, DEMO, machine.wall)
    machine.go_on(days=60)
    later = restarted(settings, machine)
    assert [(f.check, f.severity) for f in examine(later) if f.check == "clock"] == [
        ("clock", Severity.WARNS)
    ]
    require_sound(later)
    record(later)
    later.close()


def test_an_event_recorded_in_the_future_stops_no_start_once_a_later_one_is_right(
    running: Container, settings: Settings, machine: Machine
):
    machine.set(days=300)
    confirm(running.engine, machine.wall, "careless")
    assert not stops(running)
    record(running)
    machine.set(days=-300)
    assert stops(running)
    confirm(running.engine, machine.wall, "ops-01")
    assert not stops(running)
    later = restarted(settings, machine)
    require_sound(later)
    assert last_known(later.engine) == machine.wall
    later.close()


# the command line -------------------------------------------------------------------------------


def test_the_command_line_shows_a_doubtful_clock_and_takes_one_confirmation(
    xinnuo: Run,
    settings: Settings,
    clock: Clock,
):
    with closing(build(settings, clock)) as service:  # its last event is of September 2026
        record(service)
    shown = xinnuo("clock")
    assert shown.code == 1
    assert "日志最后可信的时刻  2026-09-28 09:00:00" in shown.out
    assert "xinnuo clock confirm --by 人员编号" in shown.err
    assert in_one_line(shown)
    assert xinnuo("clock", "confirm", "--by", "不 行").code == 1
    assert xinnuo("sweep").code == 1, "no command of the command line records anything either"
    confirmed = xinnuo("clock", "confirm", "--by", "OPS-01")
    assert confirmed.code == 0
    assert "ops-01确认服务器时钟" in confirmed.out
    assert [json.loads(confirmed.err)[key] for key in ("event", "by")] == [
        "clock-confirmed",
        "ops-01",
    ]
    assert xinnuo("clock").out.endswith("时钟可信\n")
    assert xinnuo("sweep").code == 0
