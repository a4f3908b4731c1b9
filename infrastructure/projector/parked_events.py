"""Parked events: lists the events that a projection could not apply, and retries them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Connection, Select, delete, select

from domain.kernel.errors import NotFound
from infrastructure.database.engine import writing
from infrastructure.database.schema import parked_events
from infrastructure.projector.projector import PROJECTIONS, Projector

k = parked_events.c
log = structlog.get_logger()


class Parked(NamedTuple):
    projection: str
    position: int
    stream_id: UUID
    error: str
    parked_at: datetime


@dataclass(frozen=True)
class Parking:
    projector: Projector

    def all(self) -> list[Parked]:
        """Returns every parked event, ordered by projection and position."""
        with self.projector.engine.connect() as db:
            return [Parked(*row) for row in db.execute(_in_order())]

    def retry(self, name: str) -> int:
        """Applies the parked events of one projection in order; returns how many were applied.

        If an event fails again, all parked events of its stream stay parked.  Raises NotFound if
        there is no such projection.
        """
        if name not in PROJECTIONS:
            raise NotFound(f"没有这个投影，可选：{'、'.join(PROJECTIONS)}")
        streams = dict.fromkeys(each.stream_id for each in self.all() if each.projection == name)
        return sum(self._retry(name, stream) for stream in streams)

    def _retry(self, name: str, stream_id: UUID) -> int:
        mine = _in_order().where(k.projection == name, k.stream_id == stream_id)
        try:
            with writing(self.projector.engine).begin() as db:
                self.projector.lock(db, name)
                positions = [row.position for row in db.execute(mine)]
                self.projector.apply_at(db, PROJECTIONS[name], positions)
                _release(db, name, stream_id)
        except Exception as error:  # an event still fails: the transaction was rolled back
            log.error("event-still-parked", projection=name, error=type(error).__name__)
            return 0
        return len(positions)


def _release(db: Connection, name: str, stream_id: UUID) -> None:
    db.execute(delete(parked_events).where(k.projection == name, k.stream_id == stream_id))


def _in_order() -> Select[Any]:
    columns = (k.projection, k.position, k.stream_id, k.error, k.parked_at)
    return select(*columns).order_by(k.projection, k.position)
