"""Storage faults at every write: SQLite stays intact, and every acknowledged append is kept."""

import re
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import cycle
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from shutil import copyfile, copytree
from signal import SIGKILL
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from infrastructure.container import Container
from infrastructure.outbox.outbox import MessageState
from tests.faults.crash_writer import append_durably
from tests.support import fault_cases as docket
from tests.support.fake_platform import rows, states, taken_in
from tests.support.parallel import PROCESSES
from tests.support.repetitions import SOAK, report, steps

WRITES = ("pwrite64", "fdatasync", "fsync", "ftruncate", "fallocate", "unlink")
"""The system calls with which SQLite changes files; that process uses them for nothing else."""
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")
ACTS = 10


class Point(NamedTuple):
    """One fault at the n-th call of this kind."""

    call: str
    n: int
    fault: str


class Outcome(NamedTuple):
    acknowledged: list[int]
    ended: int
    calls: Counter[str]


@pytest.fixture
def before(migrated_sqlite: Path, tmp_path: Path) -> tuple[Path, UUID]:
    """A database to copy for every fault: a granted case to act on, and a message for each act."""
    path = tmp_path / "before.db"
    copyfile(migrated_sqlite, path)
    copytree(migrated_sqlite.parent / "keys", tmp_path / "keys")
    service = docket.open_service(f"sqlite:///{path}", tmp_path)
    case_id = docket.granted(service)
    for _ in range(ACTS // 2 - 1):
        docket.granted(service)
    service.projector.catch_up_all()
    service.close()
    return path, case_id


def test_no_fault_of_the_disk_loses_what_was_acknowledged(
    before: tuple[Path, UUID], tmp_path: Path
):
    usual = _run(before, tmp_path)
    assert usual.acknowledged == [*range(docket.GRANTED + 1, docket.GRANTED + 1 + ACTS)]
    points, ends = _points(usual.calls), Counter[str]()
    for step in steps("faults of the disk", len(points), len(points)):
        outcome = _run(before, tmp_path, points[step])
        _check(tmp_path, before[1], outcome)
        ends[f"{points[step].fault}, {'killed' if outcome.ended else 'went on'}"] += 1
    assert not SOAK or len(points) >= 1000
    report(f"storage: {len(points)} faults of {dict(usual.calls)}: {dict(ends)}")


def _points(usual: Counter[str]) -> list[Point]:
    """In a soak every call with every fault; otherwise every twelfth call with one of them."""
    calls = [(call, n + 1) for call, number in sorted(usual.items()) for n in range(number)]
    if SOAK:
        return [Point(call, n, fault) for call, n in calls for fault in FAULTS]
    return [Point(*call, fault) for call, fault in zip(calls[::12], cycle(FAULTS), strict=False)]


def _run(before: tuple[Path, UUID], folder: Path, point: Point | None = None) -> Outcome:
    """Runs the writer on a fresh copy, under strace, with at most one fault."""
    path, case_id = folder / "now.db", before[1]
    for old in folder.glob("now.db*"):
        old.unlink()
    copyfile(before[0], path)
    ours, theirs = PROCESSES.Pipe()
    arguments = (theirs, f"sqlite:///{path}", folder, case_id, ACTS)
    process = PROCESSES.Process(target=append_durably, args=arguments)
    process.start()
    theirs.close()
    assert ours.recv() == "ready"
    with _traced(process, folder / "trace", point):
        ours.send("go")
        versions = [*iter(lambda: _received(ours), "done")]
        process.join()
    ours.close()
    assert process.exitcode in (0, -SIGKILL)
    return Outcome(versions, process.exitcode, _calls(folder / "trace"))


def _received(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        return "done"


@contextmanager
def _traced(process: BaseProcess, trace: Path, point: Point | None) -> Iterator[None]:
    """Traces a process until it ends: writes down its calls and injects the fault."""
    inject = [f"--inject={point.call}:{point.fault}:when={point.n}"] if point else []
    watch = ["-p", str(process.pid), "-o", str(trace), f"--trace={','.join(WRITES)}"]
    with subprocess.Popen(["strace", *watch, *inject], stderr=subprocess.PIPE) as strace:
        assert strace.stderr
        output = strace.stderr.readline()
        assert b"attached" in output, output
        yield


def _calls(trace: Path) -> Counter[str]:
    return Counter(re.findall(r"^(\w+)\(", trace.read_text(), re.MULTILINE))


def _check(folder: Path, case_id: UUID, outcome: Outcome) -> None:
    """Asserts that the database is intact and that nothing is lost.

    Every acknowledged event is there once, the projections equal a rebuild, and every message is
    delivered with one effect.
    """
    path = folder / "now.db"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    service = docket.open_service(f"sqlite:///{path}", folder)
    versions = [each.event.originator_version for each in service.repository.history(case_id)]
    assert versions == [*range(1, len(versions) + 1)]
    assert len(versions) >= max(outcome.acknowledged, default=docket.GRANTED)
    assert len(versions) <= docket.GRANTED + len(outcome.acknowledged) + 1
    docket.act(service, case_id, len(versions))
    service.projector.catch_up_all()
    assert service.parking.all() == []
    assert docket.shown(service) == docket.rebuilt(service)
    _check_messages(service)
    service.close()


def _check_messages(service: Container) -> None:
    """Asserts that every message reaches the platform once, in the order of its case.

    A message that was delivered but not recorded as delivered is delivered again, with one effect.
    """
    recorded = {row.position for row in rows(service) if row.state == MessageState.DELIVERED}
    before = taken_in(service)
    assert recorded <= {row.position for row in before}
    assert len(before) <= len(recorded) + 1
    assert service.relay.run() == ACTS - len(recorded)
    after = taken_in(service)
    assert states(service) == [MessageState.DELIVERED] * ACTS
    assert [row.position for row in after] == [row.position for row in rows(service)]
    assert set(before) <= set(after), "no message is stored a second time"
