"""Process locks: one process at a time for a work on a database, and a record of who it is.

On SQLite the lock is a file beside the database, which the kernel unlocks when the process ends,
however it ends; on PostgreSQL it is an advisory lock of a session.
"""

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Engine, make_url

from domain.values.workdays import SHANGHAI
from infrastructure.database.engine import unpooled

FOLLOWER = "follower"
"""The work of following the log: projections, relay, sealer, exports."""
DEMONSTRATION = "demo"
ATTEMPTS, PAUSE = 3, 0.1
"""How often a lock is tried, and the seconds between; who asks for its holder has it briefly."""
_held: set[Path] = set()
"""The lock files that this process holds: a work inside the same work needs no second lock."""


class Holder(NamedTuple):
    """The process that holds a lock, as it described itself."""

    pid: int
    host: str
    command: str
    since: str

    def __str__(self) -> str:
        return f"进程{self.pid}（{self.host}，{self.command}，{self.since}起）"


class Occupied(RuntimeError):
    """Another process does this work on this database; the message names it."""


@contextmanager
def following(engine: Engine, at: datetime) -> Iterator[None]:
    """Holds the lock of the process that follows the log of a SQLite database.

    On PostgreSQL several processes may, and leases divide the work.  Raises Occupied.
    """
    path = lock_file(engine.url, FOLLOWER)
    if path is None or path in _held:
        yield
        return
    with _locked(path, at, _refuse):
        yield


@contextmanager
def alone(engine: Engine, work: str, at: datetime, waits: Callable[[str], Any]) -> Iterator[None]:
    """Does a work that only one process may do at a time; waits until another one has finished.

    `waits` is told who the other one is.
    """
    if path := lock_file(engine.url, work):
        with _locked(path, at, lambda holder: waits(str(holder or "另一个进程"))):
            yield
        return
    with closing(unpooled(engine)) as session:
        key = (f"xinnuo {work}",)
        query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        taken = session.execute(query, key).fetchone()
        if not (taken and taken[0]):
            waits("另一个进程")
            session.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key)
        yield


def holder_of(url: URL | str, work: str = FOLLOWER) -> Holder | None:
    """Returns who holds a lock on a SQLite database.  Returns None if nobody does."""
    path = lock_file(url, work)
    if path is None or not path.exists():
        return None
    with path.open("rb") as file:
        return None if _taken(file, fcntl.LOCK_SH) else _read(file)


def lock_file(url: URL | str, work: str) -> Path | None:
    """Returns the lock file of a work.  Returns None if the database is not a SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    file = Path(str(parsed.database)).resolve()
    return file.with_name(f"{file.name}-{work}.lock")


def _refuse(holder: Holder | None) -> None:
    who = holder or "另一个进程"
    raise Occupied(
        f"{who}已经在跟随这个数据库的日志，SQLite 只能有一个：请先停止它，或者改用 PostgreSQL"
    )


@contextmanager
def _locked(path: Path, at: datetime, occupied: Callable[[Holder | None], Any]) -> Iterator[None]:
    """Holds the lock of a file; if another process holds it, calls `occupied`, then waits."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        if not _taken(file, fcntl.LOCK_EX, ATTEMPTS):
            occupied(_read(file))
            fcntl.flock(file, fcntl.LOCK_EX)
        _write(file, at)
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)


def _taken(file: Any, how: int, attempts: int = 1) -> bool:
    """Takes the lock of an open file.  Returns False if another process holds it."""
    for attempt in range(attempts):
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if attempt + 1 < attempts:
                time.sleep(PAUSE)
    return False


def _write(file: Any, at: datetime) -> None:
    """Writes who holds the lock; the file is never removed, or two could lock two files."""
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
    since = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    holder = Holder(os.getpid(), socket.gethostname(), command, since)
    file.seek(0)
    file.truncate()
    file.write(json.dumps(holder._asdict(), ensure_ascii=False).encode())
    file.flush()


def _read(file: Any) -> Holder | None:
    """Returns the holder that the file names.  Returns None if it has not written its name yet."""
    try:
        file.seek(0)
        return Holder(**json.loads(file.read()))
    except (ValueError, TypeError):
        return None
