"""What can be measured of a running service; each value costs an index lookup or a small table.

Readiness, metrics and the checks of the operation read the same values.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, make_url, select

from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.database.schema import events, log_head
from infrastructure.evidence.sealer import sealed_size
from infrastructure.settings import Settings
from projections.worklist.lists import longest_overdue

MAX_AGE = timedelta(seconds=1)
"""For how long `measure` answers with the values that it has."""
DATA, DATABASE = "data", "database"
_recent: WeakKeyDictionary[Engine, tuple[datetime, "Measures"]] = WeakKeyDictionary()
_measuring = Lock()


@dataclass(frozen=True)
class LogMeasures:
    """How far the log is sealed, and its last instant beside the clock."""

    unsealed: int
    unsealed_seconds: float
    """How long the first event that is not sealed has waited."""
    clock_ahead_seconds: float
    """The clock minus the time at which the last event was recorded; negative if the clock is
    behind."""


@dataclass(frozen=True)
class Measures:
    lag: dict[str, int]
    parked: dict[str, int]
    """The number of parked events, by projection."""
    unknown: int
    """The number of parked events of the log that only a newer release can read."""
    log: LogMeasures
    undelivered: dict[str, int]
    """The number of messages that the platform was not told, by state."""
    oldest_message_seconds: float
    oldest_duty_days: int
    """The days by which the longest overdue duty is overdue."""
    calendar_days: int
    """The days that the calendar of working days still covers."""
    free_disk: dict[str, int]
    """Free bytes where the data folder is and, on SQLite, where the database is."""


def measure(container: Container) -> Measures:
    """Returns values that are at most a second old, however often it is called."""
    now = container.clock()
    with _measuring:
        taken_at, values = _recent.get(container.engine, (now, None))
        # a clock that went back makes the values old too
        if values is None or not timedelta(0) <= now - taken_at <= MAX_AGE:
            values = measured(container)
            _recent[container.engine] = (now, values)
    return values


def measured(container: Container) -> Measures:
    """Returns the values of this moment."""
    now = container.clock()
    standing, parked = container.outbox.standing(now), container.parking.counts()
    with container.engine.connect() as db:
        overdue_since = db.scalar(longest_overdue(local_date(now)))
    return Measures(
        lag=container.projector.lag(),
        parked=parked.by_projection,
        unknown=parked.unknown,
        log=log_measures(container),
        undelivered={state.value: count for state, count in standing.counts.items()},
        oldest_message_seconds=standing.oldest_seconds,
        oldest_duty_days=(local_date(now) - overdue_since).days if overdue_since else 0,
        calendar_days=(container.calendar.covered_until - local_date(now)).days,
        free_disk=free_disk(container.settings),
    )


def log_measures(container: Container) -> LogMeasures:
    now = container.clock()
    with container.engine.connect() as db:
        size, sealed = db.scalar(select(log_head.c.size)) or 0, sealed_size(db)
        first, last = _recorded_at(db, sealed + 1), _recorded_at(db, size)
    return LogMeasures(
        max(size - sealed, 0),
        (now - first).total_seconds() if first else 0.0,
        (now - last).total_seconds() if last else 0.0,
    )


def _recorded_at(db: Connection, position: int) -> datetime | None:
    return db.scalar(select(events.c.recorded_at).where(events.c.position == position))


def free_disk(settings: Settings) -> dict[str, int]:
    """Returns the free bytes of each file system of ours, by what is kept on it."""
    folders = {DATA: settings.data_dir}
    if (url := make_url(settings.url)).get_backend_name() == "sqlite" and url.database:
        folders[DATABASE] = Path(url.database).parent
    return {
        what: shutil.disk_usage(folder).free for what, folder in folders.items() if folder.exists()
    }
