"""The access log: who read what, in a table that the database keeps append-only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Select, insert, select
from sqlalchemy.exc import SQLAlchemyError

from application.access.access_log import ReadEntry, ReadSubject
from domain.values.staff import person_key
from infrastructure.database.engine import DatabaseAway, writing
from infrastructure.database.schema import reads
from projections.read_model.keyset import Keyset, Rows
from projections.read_model.loose_scan import each_value, rows_of_values

r = reads.c
NEWEST_FIRST = Keyset((r.number,), descending=True)


@dataclass(frozen=True)
class AccessLogTable:
    """Implements the AccessLog port on the table `reads`."""

    engine: Engine

    def add(self, read: ReadEntry) -> None:
        """Records a read in a transaction of its own.  Raises DatabaseAway if that fails."""
        actor = {"person": read.by.person, "role": read.by.role}
        office = {"department_code": read.by.department.code, "department": read.by.department.name}
        facts = {name: value for name, value in read._asdict().items() if name != "by"}
        try:
            with writing(self.engine).begin() as db:
                db.execute(insert(reads).values(**facts, **actor, **office))
        except SQLAlchemyError as error:
            raise DatabaseAway("查阅无法记录，因此不能提供，请稍后重试") from error


def noted(
    stream_id: UUID | None = None,
    what: ReadSubject | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    purpose: str | None = None,
) -> Select[Any]:
    """Selects recorded reads by stream, kind of read, period and a part of the purpose."""
    query = select(reads)
    for column, value in ((r.stream_id, stream_id), (r.what, what)):
        if value is not None:
            query = query.where(column == value)
    if purpose is not None:
        query = query.where(r.purpose.contains(purpose, autoescape=True))
    if since is not None:
        query = query.where(r.at >= since)
    return query if until is None else query.where(r.at < until)


def readers() -> Select[Any]:
    """Selects each person of the access log once, in every spelling."""
    return each_value(r.person)


def read_by(person: str, readers: Collection[str], query: Select[Any]) -> Rows:
    """Narrows recorded reads to those of one person, in every spelling among the readers."""
    key = person_key(person)
    spellings = [each for each in readers if person_key(each) == key]
    return rows_of_values(query, r.person, spellings)
