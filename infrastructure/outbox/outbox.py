"""The outbox: what the credit platform has still to be told, and what it answered.

A message of a case is next when every earlier one of that case has been told; one that was
returned or given up holds up its case, and no other, until an operator has it told again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from sqlalchemy import Engine, Row, Select, bindparam, func, select, update

from domain.kernel.errors import NotFound
from domain.values.labels import Labelled
from infrastructure.database.engine import writing
from infrastructure.database.schema import UNDELIVERED, events, outbox
from projections.read_model.keyset import Keyset
from projections.read_model.tables import case_summaries

o, e = outbox.c, events.c
OLDEST_FIRST = Keyset((o.position,))


class State(Labelled):
    WAITING = "waiting", "等待告知"
    TOLD = "told", "已告知"
    RETURNED = "returned", "被退回"
    DEAD = "dead", "已放弃"


STUCK = (State.RETURNED, State.DEAD)
"""An operator's to decide."""


class Entry(NamedTuple):
    """A message that has not been told, as the operator sees it."""

    position: int
    case_id: UUID
    topic: str
    state: State
    tries: int
    due_at: datetime
    tried_at: datetime | None
    answer: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        return cls(**{**row._mapping, "state": State(row.state)})


class DeliveryResult(NamedTuple):
    """What came of telling the message at a position."""

    at: int
    state: State
    tries: int
    due_at: datetime
    tried_at: datetime
    answer: str


class Standing(NamedTuple):
    """How many messages are in which state, the told ones aside; how long the oldest has waited."""

    counts: dict[State, int]
    oldest_seconds: float


@dataclass(frozen=True)
class Outbox:
    engine: Engine

    def due(self, now: datetime, size: int) -> list[Row[Any]]:
        """The next message of every case whose time has come, with all that is said in it."""
        said = (e.stream_id, e.version, e.topic, e.data, e.event_id, case_summaries.c.code)
        rows = select(o.position, o.tries, *said).join(events, e.position == o.position)
        rows = rows.outerjoin(case_summaries, case_summaries.c.case_id == o.stream_id)
        first = select(func.min(o.position)).where(UNDELIVERED).group_by(o.stream_id)
        rows = rows.where(o.position.in_(first), o.state == State.WAITING, o.due_at <= now)
        with self.engine.connect() as db:
            return [*db.execute(rows.order_by(o.position).limit(size))]

    def record(self, results: Iterable[DeliveryResult]) -> None:
        """Write down what came of it, unless somebody else has settled the message meanwhile."""
        mine = update(outbox).where(o.position == bindparam("at"), o.state == State.WAITING)
        if rows := [result._asdict() for result in results]:
            with writing(self.engine).begin() as db:
                db.execute(mine, rows)

    def renew(self, now: datetime, position: int | None = None) -> int:
        """Have what was returned or given up told again, all or one; return how many.

        Raises NotFound when there is no such message at that position.
        """
        stuck = update(outbox).where(UNDELIVERED, o.state.in_(STUCK))
        if position is not None:
            stuck = stuck.where(o.position == position)
        with writing(self.engine).begin() as db:
            count = db.execute(stuck.values(state=State.WAITING, tries=0, due_at=now)).rowcount
        if position is not None and not count:
            raise NotFound("这个位置没有被退回或者已放弃的消息")
        return count

    def untold(self) -> list[Entry]:
        """Everything the platform has not been told, in the order of the log."""
        with self.engine.connect() as db:
            return [Entry.of(row) for row in db.execute(entries().order_by(o.position))]

    def standing(self, now: datetime) -> Standing:
        oldest = func.min(e.recorded_at).filter(o.state == State.WAITING)
        rows = select(o.state, func.count().label("number"), oldest.label("oldest"))
        rows = rows.join(events, e.position == o.position).where(UNDELIVERED).group_by(o.state)
        with self.engine.connect() as db:
            found = {State(row.state): row for row in db.execute(rows)}
        waiting = (State.WAITING, *STUCK)
        counts = {state: found[state].number if state in found else 0 for state in waiting}
        since = found[State.WAITING].oldest if counts[State.WAITING] else now
        return Standing(counts, (now - since).total_seconds())


def entries(state: State | None = None) -> Select[Any]:
    """The messages that have not been told: all, or those in one state."""
    about = (o.position, o.stream_id.label("case_id"), o.topic, o.state)
    rows = select(*about, o.tries, o.due_at, o.tried_at, o.answer).where(UNDELIVERED)
    return rows.where(o.state == state) if state else rows
