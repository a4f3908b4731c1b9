"""The news, within this process, that the log has grown, and that somebody waits to see it."""

from threading import Condition


class LogSignal:
    """Read `count` before reading the log, then `wait` for more: no news is ever missed.

    Who follows may `rest` between rounds, having read `hurries` before: whoever waits is served.
    """

    def __init__(self) -> None:
        self._grown, self._hurried = Condition(), Condition()
        self.count = self.hurries = 0

    def announce(self) -> None:
        with self._grown:
            self.count += 1
            self._grown.notify_all()

    def wait(self, since: int, seconds: float) -> None:
        """Sleep until there is news since `count` was read, or so many seconds have passed."""
        with self._grown:
            self._grown.wait_for(lambda: self.count != since, seconds)

    def hurry(self) -> None:
        """Somebody waits: let nobody rest."""
        with self._hurried:
            self.hurries += 1
            self._hurried.notify_all()

    def rest(self, since: int, seconds: float) -> None:
        """Let news gather for so long, unless somebody waits since `hurries` was read."""
        with self._hurried:
            self._hurried.wait_for(lambda: self.hurries != since, seconds)
