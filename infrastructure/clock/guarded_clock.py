"""The system clock: a wall clock that jumps against the time since boot is noticed.

Synchronisation (NTP) slews a clock by parts of a second; a change of the date, a lost battery or a
virtual machine that was paused makes it jump.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

TOLERANCE = timedelta(minutes=1)
"""The largest difference between the two clocks since the last good reading that is no jump.

Readings follow each other within seconds while the service runs, so that no slewing adds up to it.
"""
_AT_ONCE = 0.1
"""Seconds between two readings that count as one: the process was not interrupted between them."""


def seconds_since_boot() -> float:
    """The seconds since boot; time asleep counts, where the system can tell (CLOCK_BOOTTIME)."""
    boot_time: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


def wall_time() -> datetime:
    return datetime.now(UTC)


class Reading(NamedTuple):
    """Both clocks at one moment."""

    wall: datetime
    boot: float


class GuardedClock:
    """Calling it returns the time in UTC.

    While the wall clock stands off, the last good time goes on by the time since boot: readers see
    no jump.  Nobody may record such a time (TimeGuard).
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = wall_time,
        boot: Callable[[], float] = seconds_since_boot,
    ) -> None:
        self._wall, self._boot = wall, boot
        self._good = self.read()
        self.accepted_at: datetime | None = None
        """The wall time at which a jump was last found right.  None if there was none."""

    def __call__(self) -> datetime:
        now = self.read()
        return now.wall - self._offset(now)

    @property
    def jump(self) -> timedelta:
        """How far the wall clock stands from the time expected; zero within the tolerance."""
        return self._offset(self.read())

    def read(self) -> Reading:
        """Reads both clocks, again if the process was interrupted meanwhile."""
        while True:
            before, wall = self._boot(), self._wall()
            if self._boot() - before < _AT_ONCE:
                return Reading(wall, before)

    def accept(self, found_right_at: datetime) -> bool:
        """Goes on with the wall clock if it was found right after the jump.

        `found_right_at` is what the wall clock showed then.  Returns False if that was before the
        jump, or by a clock that shows another time.
        """
        now, last = self.read(), self._good
        longest = timedelta(seconds=now.boot - last.boot) + TOLERANCE
        if not -TOLERANCE <= now.wall - found_right_at <= longest:
            return False
        self._good, self.accepted_at = now, now.wall
        return True

    def _offset(self, now: Reading) -> timedelta:
        expected = self._good.wall + timedelta(seconds=now.boot - self._good.boot)
        offset = now.wall - expected
        if abs(offset) > TOLERANCE:
            return offset
        self._good = now
        return timedelta()
