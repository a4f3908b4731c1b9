"""The in-process signal between appends, the followers of the log, and waiting readers."""

from threading import Condition


class LogSignal:
    """Signals, within this process, that the event log has grown.

    Read `count`, then read the log, then `wait(count)`: no append is missed.  A follower may also
    read `hurries` before a round and `rest(hurries)` after it: a reader who hurries ends the rest.
    """

    def __init__(self) -> None:
        self._grown, self._hurried = Condition(), Condition()
        self.count = self.hurries = 0

    def announce(self) -> None:
        with self._grown:
            self.count += 1
            self._grown.notify_all()

    def wait(self, since: int, seconds: float) -> None:
        """Waits until `count` differs from `since`, at most this many seconds."""
        with self._grown:
            self._grown.wait_for(lambda: self.count != since, seconds)

    def hurry(self) -> None:
        """Ends the rest of every follower, because a reader is waiting for their result."""
        with self._hurried:
            self.hurries += 1
            self._hurried.notify_all()

    def rest(self, since: int, seconds: float) -> None:
        """Waits at most `seconds`; returns earlier if `hurries` is no longer `since`."""
        with self._hurried:
            self._hurried.wait_for(lambda: self.hurries != since, seconds)
