"""The news, within this process, that the log has grown, and that somebody waits to see it."""

from threading import Condition
from threading import Event as Flag


class Growth:
    """Read `count` before reading the log, then `wait` for more: no news is ever missed."""

    def __init__(self) -> None:
        self._condition, self._hurried = Condition(), Flag()
        self.count = 0

    def announce(self) -> None:
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait(self, since: int, seconds: float) -> None:
        """Sleep until there is news since `count` was read, or so many seconds have passed."""
        with self._condition:
            self._condition.wait_for(lambda: self.count != since, seconds)

    def hurry(self) -> None:
        """Somebody waits: let nobody rest."""
        self._hurried.set()

    def rest(self, seconds: float) -> None:
        """Let news gather for so long, unless somebody waits for it."""
        self._hurried.wait(seconds)
        self._hurried.clear()
