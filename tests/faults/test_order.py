"""Order: a reader that follows the log misses no event, however many processes write."""

import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from sqlalchemy import text

from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.event_store.batch import batch_of
from infrastructure.event_store.recorder import NO_COMMAND_METADATA, EventRecorder
from tests.support.fault_cases import open_service
from tests.support.parallel import in_processes, meet
from tests.support.repetitions import count, dice, report

WRITERS = 8
FUNCTION = text("SELECT pg_get_functiondef('append_event'::regproc)")
LOCK = "UPDATE log_head SET size = size + 1 RETURNING size INTO head_size;"
NO_LOCK = "SELECT nextval('numbers') INTO head_size;"


class Tail:
    """A reader of the log: continues after the last position it has seen, and never goes back."""

    def __init__(self, recorder: EventRecorder) -> None:
        self._recorder, self.seen, self.done = recorder, [0], Flag()

    def read(self) -> int:
        page = self._recorder.select_notifications(self.seen[-1], 500, inclusive_of_start=False)
        self.seen += [note.id for note in page]
        return len(page)

    def follow(self) -> None:
        while not self.done.is_set():
            self.read()
        while self.read():
            pass

    @property
    def missed(self) -> set[int]:
        with self._recorder.commands.connect() as db:
            written = set(db.execute(text("SELECT position FROM events")).scalars())
        return written - set(self.seen)


def test_a_reader_beside_eight_writers_misses_nothing(real: Container, tmp_path: Path):
    tail = Tail(real.repository.recorder)
    reader = Thread(target=tail.follow)
    reader.start()
    url, seconds = str(real.settings.database_url), count(3, 60)
    written = in_processes(WRITERS, write, url, tmp_path, seconds)
    tail.done.set()
    reader.join()
    assert tail.missed == set()
    assert tail.seen == [*range(sum(written) + 1)]
    assert all(written)
    report(f"order: {sum(written)} events of {WRITERS} writers in {seconds} s, none missed")


def write(number: int, url: str, folder: Path, seconds: float) -> int:
    """Appends to its own streams until the time is up; returns the number of events."""
    service, sizes, total = open_service(url, folder, pool_size=1), dice(number), 0
    meet()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        total += len(service.repository.recorder.insert_events(_some_events(sizes.randrange(1, 4))))
    service.close()
    return total


def _some_events(number: int) -> list[StoredEvent]:
    stream = uuid4()
    return [StoredEvent(stream, version, "test", b"{}") for version in range(1, number + 1)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_reader_waits_for_the_earlier_of_two_open_transactions(real: Container):
    assert _missed_when_the_first_commits_last(real.repository.recorder) == set()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_lock_of_the_head_row_a_reader_would_miss_events(real: Container):
    with writing(real.engine).begin() as db:
        db.execute(text("CREATE SEQUENCE numbers"))
        db.exec_driver_sql(_without_the_lock(db.scalar(FUNCTION)))
    assert _missed_when_the_first_commits_last(real.repository.recorder) == {1}


def _without_the_lock(function: str) -> str:
    assert LOCK in function
    return function.replace(LOCK, NO_LOCK).replace("%", "%%")


def _missed_when_the_first_commits_last(recorder: EventRecorder) -> set[int]:
    """The positions missed if one transaction appends first but commits after a second one."""
    tail = Tail(recorder)
    with recorder.commands.connect() as first:
        driver: Any = first.connection.driver_connection
        driver.execute("BEGIN")
        recorder.append(driver, batch_of(_some_events(1), NO_COMMAND_METADATA, datetime.now(UTC)))
        second = Thread(target=recorder.insert_events, args=(_some_events(1),))
        second.start()
        second.join(0.5)  # with the lock it waits for the first; without the lock it has ended
        tail.read()
        driver.execute("COMMIT")
    second.join()
    tail.read()
    return tail.missed
