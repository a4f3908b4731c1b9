"""The record of every export of the audit trail: who asked, for what, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid4

from sqlalchemy import Engine, Row, Select, insert, select, update

from domain.values.labels import Labelled
from domain.values.parties import Actor
from infrastructure.database.engine import writing
from infrastructure.database.schema import WAITING_EXPORT, exports
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.queries import TrailQuery
from projections.read_model.keyset import Keyset

x = exports.c
NEWEST_FIRST = Keyset((x.asked_at, x.id), descending=True)
SILENCE = timedelta(minutes=1)
"""An export that has not gone on for so long is not going on: whoever made it is gone."""


class State(Labelled):
    WAITING = "waiting", "等待导出"
    RUNNING = "running", "正在导出"
    FINISHED = "finished", "已完成"
    FAILED = "failed", "未能导出"
    INTERRUPTED = "interrupted", "已中断"


UNDER_WAY = (State.WAITING, State.RUNNING)


class Asker(NamedTuple):
    """Who asks for an export: somebody with a role, or whoever types at the machine."""

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
    state: State
    done: int
    total: int | None
    upto: int | None
    sha256: str | None
    reason: str | None
    touched_at: datetime

    @property
    def sought(self) -> TrailQuery:
        return TrailQuery.model_validate(self.search)

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


@dataclass(frozen=True)
class Exports:
    engine: Engine
    clock: Callable[[], datetime]

    def ask(
        self, by: Asker, sought: TrailQuery, format: Format, state: State = State.WAITING
    ) -> UUID:
        """Enter a new export; one in the state WAITING is made in the background."""
        id, now = uuid4(), self.clock()
        search = sought.model_dump(mode="json", exclude_none=True)
        asked = {"id": id, "asked_at": now, "search": search, "format": format, "state": state}
        with writing(self.engine).begin() as db:
            row = asked | by._asdict() | {"done": 0, "touched_at": now}
            db.execute(insert(exports).values(row))
        return id

    def one(self, id: UUID) -> Export | None:
        with self.engine.connect() as db:
            row = db.execute(select(exports).where(x.id == id)).one_or_none()
        return self.of(row) if row else None

    def of(self, row: Row[Any]) -> Export:
        """The export as it stands now: of one that is silent, nobody is at work any more."""
        state = State(row.state)
        if state is State.RUNNING and self.clock() - row.touched_at > SILENCE:
            state = State.INTERRUPTED
        return Export(**{**row._mapping, "state": state, "format": Format(row.format)})

    def next_waiting(self) -> UUID | None:
        """The export that has waited longest, from now on being made."""
        waiting = select(x.id).where(WAITING_EXPORT).order_by(x.asked_at, x.id).limit(1)
        with self.engine.connect() as db:
            if (id := db.scalar(waiting)) is None:
                return None  # mostly: and nobody who writes was held up
        with writing(self.engine).begin() as db:
            mine = update(exports).where(x.id == id, x.state == State.WAITING)
            taken = db.execute(mine.values(state=State.RUNNING, touched_at=self.clock()))
            return id if taken.rowcount else None

    def note(self, id: UUID, **what: Any) -> None:
        """How far it is, or how it ended."""
        with writing(self.engine).begin() as db:
            mine = update(exports).where(x.id == id, x.state.in_(UNDER_WAY))
            db.execute(mine.values(touched_at=self.clock(), **what))


def newest() -> Select[Any]:
    """Every export there was."""
    return select(exports)
