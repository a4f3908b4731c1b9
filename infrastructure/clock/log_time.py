"""The last instant that the log knows to be right: of its last event, or of a confirmation."""

from datetime import datetime
from typing import cast

from sqlalchemy import Engine, insert, select

from infrastructure.database.engine import writing
from infrastructure.database.schema import clock_confirmations, events, log_head

e, c = events.c, clock_confirmations.c


def last_confirmed(engine: Engine) -> datetime | None:
    """What the wall clock showed when it was last confirmed.  Returns None if it never was."""
    with engine.connect() as db:
        return db.scalar(select(c.at).order_by(c.number.desc()).limit(1))


def last_known(engine: Engine) -> datetime | None:
    """The time of recording of the last event, or of a confirmation after it.

    Earlier events do not count: a wrong clock may have recorded them in the future.  Returns None
    for a log without either.
    """
    newest = select(e.position, e.recorded_at).order_by(e.position.desc()).limit(1)
    confirmation = select(c.log_size, c.at).order_by(c.number.desc()).limit(1)
    with engine.connect() as db:
        event, confirmed = db.execute(newest).first(), db.execute(confirmation).first()
    if confirmed and (event is None or confirmed.log_size >= event.position):
        return cast(datetime, confirmed.at)
    return cast(datetime, event.recorded_at) if event else None


def confirm(engine: Engine, at: datetime, by: str) -> None:
    """Records that a person found the wall clock right when it showed `at`."""
    with writing(engine).begin() as db:
        size = db.scalar(select(log_head.c.size)) or 0
        db.execute(insert(clock_confirmations).values(at=at, log_size=size, by=by))


def recorded_by(engine: Engine, at: datetime) -> int:
    """Returns how many events had been recorded by this instant: the position of the last of them.

    Positions follow the order of recording, so that a few look-ups find it.
    """
    with engine.connect() as db:
        low, high = 0, db.scalar(select(log_head.c.size)) or 0
        while low < high:
            middle = (low + high + 1) // 2
            recorded = db.scalar(select(e.recorded_at).where(e.position == middle))
            if recorded is not None and recorded <= at:
                low = middle
            else:
                high = middle - 1
    return low
