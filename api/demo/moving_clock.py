"""The clock of the demonstration: it stands still until a step moves it on."""

from datetime import datetime, timedelta

FULL_DAYS = 500
"""With more cases than these the pauses between two steps shrink, so that a day holds them."""


class MovingClock:
    """A clock that only goes forward, and never beyond the present."""

    def __init__(self, now: datetime, present: datetime, cases: int) -> None:
        self.now, self.present = now, present
        self._pace = min(1, FULL_DAYS / cases)

    def __call__(self) -> datetime:
        return self.now

    def reach(self, instant: datetime) -> datetime:
        """Moves the clock on to an instant, unless it has passed it; returns its time."""
        self.now = max(self.now, min(instant, self.present))
        return self.now

    def pause(self, minutes: int) -> timedelta:
        """The pause between two steps of a visit."""
        return timedelta(minutes=minutes) * self._pace
