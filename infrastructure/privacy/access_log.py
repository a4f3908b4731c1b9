"""The log of reads: who was shown what.  It only grows; the database refuses anything else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Select, insert, select
from sqlalchemy.exc import SQLAlchemyError

from application.access.access_log import ReadEntry, ReadSubject
from infrastructure.database.engine import DatabaseAway, writing
from infrastructure.database.schema import reads
from projections.read_model.keyset import Keyset

r = reads.c
NEWEST_FIRST = Keyset((r.number,), descending=True)


@dataclass(frozen=True)
class AccessLogTable:
    """The ReadLog port over its table."""

    engine: Engine

    def add(self, read: ReadEntry) -> None:
        """Write it down in a transaction of its own.  Raises DatabaseAway when it cannot be."""
        who = {"person": read.by.person, "role": read.by.role}
        office = {"department_code": read.by.department.code, "department": read.by.department.name}
        said = {name: value for name, value in read._asdict().items() if name != "by"}
        try:
            with writing(self.engine).begin() as db:
                db.execute(insert(reads).values(**said, **who, **office))
        except SQLAlchemyError as error:
            raise DatabaseAway("查阅无法记录，因此不能提供，请稍后重试") from error


def noted(
    stream_id: UUID | None = None,
    person: str | None = None,
    what: ReadSubject | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[Any]:
    """What was read: all, or of one stream, by one person, of one sort, within a period."""
    rows = select(reads)
    for column, wanted in ((r.stream_id, stream_id), (r.person, person), (r.what, what)):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if since is not None:
        rows = rows.where(r.at >= since)
    return rows if until is None else rows.where(r.at < until)
