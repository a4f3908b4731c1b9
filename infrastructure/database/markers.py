"""Markers: facts about a database that are stored in this database itself."""

from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select

from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import marks

DEMO = "demo"
"""Marks a database whose content was invented for a demonstration."""
SILENT_ABOUT = "silent-about"
"""Code of the organisation about which the register of a demonstration does not answer.

So that people see what a credit platform that cannot be reached means for a case.
"""
RECORDED_IN_ORDER = "recorded-in-order"
"""Size of the log since which no event may have been recorded before it happened."""
REMEMBERED = "remembered"
"""Marks a database of which something is remembered outside it: how far its log was signed."""

STALE = "stale-"
"""Begins the mark of a projection that a migration wants rebuilt; its name follows."""


def set_mark(engine: Engine, name: str, at: datetime, value: str | None = None) -> None:
    with writing(engine).begin() as db:
        row = upsert(db.dialect)(marks).values(name=name, set_at=at, value=value)
        db.execute(row.on_conflict_do_nothing())


def has_mark(engine: Engine, name: str) -> bool:
    with engine.connect() as db:
        return db.scalar(select(marks.c.name).where(marks.c.name == name)) is not None


def value_of(db: Connection, name: str) -> str | None:
    """Returns the value of a mark.  Returns None if it is not set, or has no value."""
    return db.scalar(select(marks.c.value).where(marks.c.name == name))


def stale_projections(engine: Engine) -> list[str]:
    """Returns the projections that a migration wants rebuilt."""
    with engine.connect() as db:
        names = db.scalars(select(marks.c.name).where(marks.c.name.startswith(STALE))).all()
    return sorted(name.removeprefix(STALE) for name in names)


def is_rebuilt(engine: Engine, projection: str) -> None:
    """Takes the mark away; only the owner of the tables may."""
    with writing(engine).begin() as db:
        db.execute(delete(marks).where(marks.c.name == f"{STALE}{projection}"))
