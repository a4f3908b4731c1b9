"""Servers that start quickly, because they are forked from a process that has imported everything.

Each is `xinnuo serve` in a process of its own; the process it is forked from opens no database.
"""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]


class Forked:
    """A forked server process, with the methods of Popen that the tests need."""

    def __init__(self, pid: int) -> None:
        self.pid, self._handle = pid, os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Returns None while the process runs, then 0; its exit code is not known."""
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self, seconds: float) -> None:
        ended = select.select([self._handle], [], [], seconds)[0]
        os.close(self._handle)
        assert ended, "the server did not end"

    def send_signal(self, which: int) -> None:
        signal.pidfd_send_signal(self._handle, which)


class Nursery:
    """The process from which servers are forked."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.terminate()

    def fork(self, environment: dict[str, str], log: Path) -> Forked:
        assert self._process.stdin and self._process.stdout
        print(json.dumps([environment, str(log)]), file=self._process.stdin, flush=True)
        return Forked(int(self._process.stdout.readline()))


def main() -> None:
    """Forks a server for every environment on standard input, and prints its process id."""
    from api.cli import main as cli  # noqa: PLC0415 - the tests themselves need none of this

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended servers leave no zombies
    for line in sys.stdin:
        environment, log = json.loads(line)
        if pid := os.fork():
            print(pid, flush=True)
            continue
        try:
            _become_a_server(environment, log)
            cli.main()
        finally:
            os._exit(0)


def _become_a_server(environment: dict[str, str], log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(output, stream)
    sys.argv = ["xinnuo", "serve"]


if __name__ == "__main__":
    main()
