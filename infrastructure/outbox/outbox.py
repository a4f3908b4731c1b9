"""The transactional outbox: the messages for the credit platform, and their delivery results.

The messages of a case are delivered in order.  A message that the platform has returned, or that
the relay has given up, blocks the later messages of its case until an operator renews it.  It does
not block other cases.
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


class MessageState(Labelled):
    WAITING = "waiting", "等待告知"
    DELIVERED = "told", "已告知"
    RETURNED = "returned", "被退回"
    DEAD = "dead", "已放弃"


STUCK = (MessageState.RETURNED, MessageState.DEAD)
"""States of messages that are delivered again only if an operator renews them."""


class Entry(NamedTuple):
    """An undelivered message, as the operator sees it."""

    position: int
    case_id: UUID
    topic: str
    state: MessageState
    tries: int
    due_at: datetime
    tried_at: datetime | None
    answer: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        return cls(**{**row._mapping, "state": MessageState(row.state)})


class DeliveryResult(NamedTuple):
    """The result of an attempt to deliver the message at the position `at`."""

    at: int
    state: MessageState
    tries: int
    due_at: datetime
    tried_at: datetime
    answer: str


class Standing(NamedTuple):
    """The number of undelivered messages in each state, and the age of the oldest waiting one."""

    counts: dict[MessageState, int]
    oldest_seconds: float


@dataclass(frozen=True)
class Outbox:
    engine: Engine

    def due(self, now: datetime, size: int) -> list[Row[Any]]:
        """Returns the first undelivered message of each case, if it is due, with its content.

        Returns at most `size` rows, in the order of the log.
        """
        content = (e.stream_id, e.version, e.topic, e.data, e.event_id, case_summaries.c.code)
        query = select(o.position, o.tries, *content).join(events, e.position == o.position)
        query = query.outerjoin(case_summaries, case_summaries.c.case_id == o.stream_id)
        first = select(func.min(o.position)).where(UNDELIVERED).group_by(o.stream_id)
        query = query.where(o.position.in_(first), o.state == MessageState.WAITING, o.due_at <= now)
        with self.engine.connect() as db:
            return [*db.execute(query.order_by(o.position).limit(size))]

    def record(self, results: Iterable[DeliveryResult]) -> None:
        """Records delivery results, except for messages that a concurrent relay has settled."""
        row = update(outbox).where(o.position == bindparam("at"), o.state == MessageState.WAITING)
        if values := [result._asdict() for result in results]:
            with writing(self.engine).begin() as db:
                db.execute(row, values)

    def renew(self, now: datetime, position: int | None = None) -> int:
        """Schedules returned and dead messages again, all or one; returns how many.

        Raises NotFound if there is no such message at the given position.
        """
        stuck = update(outbox).where(UNDELIVERED, o.state.in_(STUCK))
        if position is not None:
            stuck = stuck.where(o.position == position)
        with writing(self.engine).begin() as db:
            renewed = stuck.values(state=MessageState.WAITING, tries=0, due_at=now)
            count = db.execute(renewed).rowcount
        if position is not None and not count:
            raise NotFound("这个位置没有被退回或者已放弃的消息")
        return count

    def undelivered(self) -> list[Entry]:
        """Returns every undelivered message, in the order of the log."""
        with self.engine.connect() as db:
            return [Entry.of(row) for row in db.execute(entries().order_by(o.position))]

    def standing(self, now: datetime) -> Standing:
        oldest = func.min(e.recorded_at).filter(o.state == MessageState.WAITING)
        query = select(o.state, func.count().label("number"), oldest.label("oldest"))
        query = query.join(events, e.position == o.position).where(UNDELIVERED).group_by(o.state)
        with self.engine.connect() as db:
            rows = {MessageState(row.state): row for row in db.execute(query)}
        states = (MessageState.WAITING, *STUCK)
        counts = {state: rows[state].number if state in rows else 0 for state in states}
        since = rows[MessageState.WAITING].oldest if counts[MessageState.WAITING] else now
        return Standing(counts, (now - since).total_seconds())


def entries(state: MessageState | None = None) -> Select[Any]:
    """Selects the undelivered messages: all, or those in one state."""
    columns = (o.position, o.stream_id.label("case_id"), o.topic, o.state)
    query = select(*columns, o.tries, o.due_at, o.tried_at, o.answer).where(UNDELIVERED)
    return query.where(o.state == state) if state else query
