"""The record of every audit-trail export: requester, query, progress and result."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid4

from pydantic import ValidationError
from sqlalchemy import Engine, Row, Select, insert, select, update

from domain.values.labels import Labelled
from domain.values.parties import Actor
from infrastructure.database.engine import writing
from infrastructure.database.schema import WAITING_EXPORT, exports
from infrastructure.event_store.batch import Key
from infrastructure.event_store.request_keys import claim
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.queries import TrailQuery
from projections.read_model.keyset import Keyset

x = exports.c
NEWEST_FIRST = Keyset((x.asked_at, x.id), descending=True)
REPORT_TIMEOUT = timedelta(minutes=1)
"""A running export that has not reported for this long is treated as interrupted."""


class ExportState(Labelled):
    WAITING = "waiting", "等待导出"
    RUNNING = "running", "正在导出"
    FINISHED = "finished", "已完成"
    FAILED = "failed", "未能导出"
    INTERRUPTED = "interrupted", "已中断"


UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)


class Requester(NamedTuple):
    """The person who requests an export: a user of the service, or a user of the command line."""

    person: str
    role: str
    department: str

    @classmethod
    def of(cls, by: Actor) -> Self:
        return cls(by.person, by.role, by.department.name)


@dataclass(frozen=True)
class Export:
    id: UUID
    asked_at: datetime
    person: str
    role: str
    department: str
    search: dict[str, Any]
    format: Format
    state: ExportState
    done: int
    total: int | None
    upto: int | None
    sha256: str | None
    reason: str | None
    touched_at: datetime

    @property
    def query(self) -> TrailQuery:
        return TrailQuery.model_validate(self.search)

    @property
    def readable_query(self) -> TrailQuery:
        """The query without the values that an earlier release took in and this one refuses."""
        try:
            return self.query
        except ValidationError as error:
            refused = {each["loc"][0] for each in error.errors()}
            kept = {name: value for name, value in self.search.items() if name not in refused}
            return TrailQuery.model_validate(kept)

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


@dataclass(frozen=True)
class Exports:
    engine: Engine
    clock: Callable[[], datetime]

    def ask(
        self,
        by: Requester,
        query: TrailQuery,
        format: Format,
        state: ExportState = ExportState.WAITING,
        key: Key | None = None,
    ) -> UUID:
        """Records a new export and returns its id; a WAITING one is made in the background.

        Raises AlreadyDone if this request was made before under the same key, KeyReused if another.
        """
        id, now = uuid4(), self.clock()
        search = query.model_dump(mode="json", exclude_none=True)
        row = {"id": id, "asked_at": now, "search": search, "format": format, "state": state}
        row |= by._asdict() | {"done": 0, "touched_at": now}
        with writing(self.engine).begin() as db:
            if key is not None:
                claim(db, key, id)
            db.execute(insert(exports).values(row))
        return id

    def one(self, id: UUID) -> Export | None:
        with self.engine.connect() as db:
            row = db.execute(select(exports).where(x.id == id)).one_or_none()
        return self.of(row) if row else None

    def of(self, row: Row[Any]) -> Export:
        """Converts a row to an Export, as interrupted if it has not reported for REPORT_TIMEOUT."""
        state = ExportState(row.state)
        if state is ExportState.RUNNING and self.clock() - row.touched_at > REPORT_TIMEOUT:
            state = ExportState.INTERRUPTED
        return Export(**{**row._mapping, "state": state, "format": Format(row.format)})

    def next_waiting(self) -> UUID | None:
        """Claims the export that has waited longest, and returns its id.

        Returns None if no export is waiting, or if another process has just claimed this one.
        """
        waiting = select(x.id).where(WAITING_EXPORT).order_by(x.asked_at, x.id).limit(1)
        with self.engine.connect() as db:
            if (id := db.scalar(waiting)) is None:
                return None  # the usual case, without blocking any writer
        with writing(self.engine).begin() as db:
            claim = update(exports).where(x.id == id, x.state == ExportState.WAITING)
            result = db.execute(claim.values(state=ExportState.RUNNING, touched_at=self.clock()))
            return id if result.rowcount else None

    def note(self, id: UUID, **columns: Any) -> None:
        """Records the progress or the result of an export, unless it has ended."""
        with writing(self.engine).begin() as db:
            row = update(exports).where(x.id == id, x.state.in_(UNDER_WAY))
            db.execute(row.values(touched_at=self.clock(), **columns))


def newest(since: datetime | None = None) -> Select[Any]:
    """Selects every export, or those that were requested since an instant."""
    rows = select(exports)
    return rows if since is None else rows.where(x.asked_at >= since)
