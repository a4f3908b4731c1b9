"""The clock of the demonstration: it stands still until a step moves it on."""

from datetime import datetime


class MovingClock:
    """A clock that only goes forward, so nothing is recorded before it happens."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def reach(self, instant: datetime) -> None:
        """Moves the clock on to an instant; does nothing if it has passed it."""
        self.now = max(self.now, instant)
