"""The guard of every recorded time: no event is written with a clock that cannot be trusted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import ParamSpec

import structlog
from sqlalchemy import Engine

from domain.kernel.errors import ClockJumped
from domain.values.workdays import minute_in_chinese
from infrastructure.clock.guarded_clock import TOLERANCE, GuardedClock
from infrastructure.clock.log_time import last_confirmed, last_known
from infrastructure.database.markers import DEMO, has_mark

log = structlog.get_logger()
Clock = Callable[[], datetime]
P = ParamSpec("P")
LONGEST_PAUSE = timedelta(days=15)
"""After a longer pause the start asks.

The longest run of days off in the arranged years is ten (春节 2020, as extended by the State
Council); leave may adjoin a holiday.
"""
_CONFIRM = "请运维人员核对时间：不对就校准，对就运行 xinnuo clock confirm --by 人员编号"
_WAITS = "在此之前不记录任何办理，查阅不受影响。"
_STALE = "这一步是在服务器时钟改正之前提交的，没有办理，请重新提交"


class TimeGuard:
    """Tells whether a time may be recorded.

    Only the system clock is guarded; a clock that a program sets itself is as it wants it.
    """

    def __init__(self, clock: Clock, engine: Engine) -> None:
        self._clock, self._engine = clock, engine
        self._guarded = clock if isinstance(clock, GuardedClock) else None
        self._begun, self._beginning = False, Lock()
        self._doubt: str | None = None
        """What the last call of `fault` found."""

    def __call__(self) -> datetime:
        """The time, to be recorded.  Raises ClockJumped if the clock cannot be trusted."""
        if fault := self.fault():
            raise ClockJumped(fault)
        return self._clock()

    def recorded_at(self, at: datetime) -> datetime:
        """The time, to be recorded with a command that was given at `at`.

        Raises ClockJumped also if `at` was read from the clock before it was put right.  Asks no
        database: whoever records holds the place of the writer, and perhaps the last connection.
        So `fault` is to be called before.  A jump that it found does not count once the clock
        came back: another thread may have called it.
        """
        if self._guarded is None:
            return self._clock()
        if self._guarded.jump or (self._doubt and not self._begun):
            raise ClockJumped(self._doubt or _STALE)
        now = self._clock()
        first = self._guarded.accepted_at
        if at > now + TOLERANCE or (first is not None and at < first - TOLERANCE):
            raise ClockJumped(_STALE)
        return now

    def fault(self) -> str | None:
        """Why no time may be recorded, in Chinese.  Returns None if the clock can be trusted.

        The wall clock is compared with the log once, at the start, and with the time since boot
        always.  A clock that comes back is trusted again; so is one that was confirmed.
        """
        if self._guarded is None:
            return None
        self._doubt = self._since_the_log() or self._since_the_last_reading()
        return self._doubt

    def unconfirmed_pause(self) -> str | None:
        """The long pause of a demonstration, of which nobody has to be asked."""
        last = None if self._guarded is None else last_known(self._engine)
        if last is None or self._clock() - last <= LONGEST_PAUSE or not self._is_demo:
            return None
        until = minute_in_chinese(last)
        return f"演示数据到{until}为止，此后的期限大多已过；可以在空文件夹里重新演示"

    @property
    def jump_seconds(self) -> float:
        """How far the wall clock stands from the time expected, in seconds."""
        return self._guarded.jump.total_seconds() if self._guarded else 0.0

    def while_trusted(self, work: Callable[P, object]) -> Callable[P, object]:
        """Returns the work, made to wait while the clock cannot be trusted."""

        def waiting(*args: P.args, **kwargs: P.kwargs) -> object:
            return None if self.fault() else work(*args, **kwargs)

        return waiting

    def _since_the_log(self) -> str | None:
        with self._beginning:
            if not self._begun and (fault := self._against_the_log()):
                return fault
            self._begun = True
        return None

    def _against_the_log(self) -> str | None:
        last, now = last_known(self._engine), self._clock()
        if last is None:
            return None
        if now < last - TOLERANCE:
            doubt = "时钟倒退了，按它记录会打乱先后"
        elif now - last > LONGEST_PAUSE and not self._is_demo:
            doubt = f"相隔{(now - last).days}天，可能停用很久，也可能时钟走快了"
        else:
            return None
        shown, known = minute_in_chinese(now), minute_in_chinese(last)
        return f"服务器时钟是{shown}，日志最后可信的时刻是{known}：{doubt}。{_WAITS}{_CONFIRM}"

    def _since_the_last_reading(self) -> str | None:
        assert self._guarded is not None
        if not (jump := self._guarded.jump):
            return None
        right = last_confirmed(self._engine)
        if right is not None and self._guarded.accept(right):
            log.warning("clock-accepted", jump_seconds=jump.total_seconds())
            return None
        expected = self._clock()
        shown, ought = minute_in_chinese(expected + jump), minute_in_chinese(expected)
        return f"服务器时钟突然变为{shown}，按开机以来的时间应为{ought}。{_WAITS}{_CONFIRM}"

    @property
    def _is_demo(self) -> bool:
        return has_mark(self._engine, DEMO)
