"""Parked events: lists the events that a projection could not apply, and applies them later.

The events of a stream are applied in order, so the first that still cannot be applied keeps the
later ones parked.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Select, and_, delete, func, select, update

from domain.kernel.errors import NotFound, WrittenByNewer
from infrastructure.database.engine import writing
from infrastructure.database.errors import about_an_event
from infrastructure.projector.projector import PROJECTIONS, ParkReason, Projector, described
from projections.read_model.projection import Projection
from projections.read_model.tables import parked_events

k = parked_events.c
log = structlog.get_logger()
REMEDIES = {
    ParkReason.UNKNOWN: "请升级到写入它的版本，升级后自动处理",
    ParkReason.FAILED: "请按错误修复后运行 xinnuo retry，或者升级，升级后自动再试一次",
    ParkReason.BEHIND: "前面的事件处理后随之处理",
}
"""What an operator must do about parked events, by reason."""


class Parked(NamedTuple):
    projection: str
    position: int
    stream_id: UUID
    reason: ParkReason
    error: str
    parked_at: datetime

    @property
    def remedy(self) -> str:
        return REMEDIES[self.reason]


class ParkedCounts(NamedTuple):
    """The parked events by projection, and the events of the log that a newer release wrote."""

    by_projection: dict[str, int]
    unknown: int


@dataclass(frozen=True)
class Parking:
    projector: Projector
    _tried: set[tuple[str, int]] = field(default_factory=set)
    """The first parked events of streams that this process has tried to take up."""

    def all(self) -> list[Parked]:
        """Returns every parked event, ordered by projection and position."""
        with self.projector.engine.connect() as db:
            rows = db.execute(_in_order()).mappings()
            return [Parked(**{**row, "reason": ParkReason(row["reason"])}) for row in rows]

    def counts(self) -> ParkedCounts:
        unknown = func.count(k.position.distinct()).filter(k.reason == ParkReason.UNKNOWN)
        query = select(k.projection, func.count()).group_by(k.projection)
        with self.projector.engine.connect() as db:
            found = {name: count for name, count in db.execute(query) if name in PROJECTIONS}
            events = db.scalar(select(unknown)) or 0
        return ParkedCounts(dict.fromkeys(PROJECTIONS, 0) | found, events)

    def due(self) -> list[str]:
        """Returns the names of the projections for which `follow` has something to do."""
        behind = {name for name, events in self.projector.lag().items() if events > 0}
        first = select(k.projection, func.min(k.position)).group_by(k.projection, k.stream_id)
        with self.projector.engine.connect() as db:
            left = {name for name, at in db.execute(first) if (name, at) not in self._tried}
        return [name for name in PROJECTIONS if name in behind | left]

    def follow(self, projection: Projection) -> int:
        """Takes up parked events, then applies every event after the bookmark; returns how many."""
        return self.take_up(projection.name) + self.projector.catch_up(projection)

    def take_up(self, name: str) -> int:
        """Applies the parked events that another release left behind; returns how many.

        A process tries each stream once, because what it can read and apply never changes.
        """
        first = select(k.stream_id, func.min(k.position)).where(k.projection == name)
        with self.projector.engine.connect() as db:
            streams = [(id, at) for id, at in db.execute(first.group_by(k.stream_id))]
        new = [(id, (name, at)) for id, at in streams if (name, at) not in self._tried]
        self._tried.update(key for _, key in new)
        return sum(self._retry(name, id) for id, _ in new)

    def retry(self, name: str) -> int:
        """Applies the parked events of one projection in order; returns how many were applied.

        Raises NotFound if there is no such projection.
        """
        if name not in PROJECTIONS:
            raise NotFound(f"没有这个投影，可选：{'、'.join(PROJECTIONS)}")
        streams = dict.fromkeys(each.stream_id for each in self.all() if each.projection == name)
        return sum(self._retry(name, stream) for stream in streams)

    def _retry(self, name: str, stream_id: UUID) -> int:
        """Applies the parked events of one stream up to the first that fails; returns how many."""
        mine = select(k.position).where(k.projection == name, k.stream_id == stream_id)
        with self.projector.engine.connect() as db:
            positions = db.scalars(mine.order_by(k.position)).all()
        for count, position in enumerate(positions):
            if not self._applied(name, position):
                return count
        return len(positions)

    def _applied(self, name: str, position: int) -> bool:
        """Applies one parked event, unless another process has done so; False if it fails again."""
        row = and_(k.projection == name, k.position == position)
        try:
            with writing(self.projector.engine).begin() as db:
                self.projector.lock(db, name)
                if db.execute(delete(parked_events).where(row)).rowcount:
                    self.projector.apply_at(db, PROJECTIONS[name], position)
        except Exception as error:
            if not about_an_event(error):
                raise  # the database is unavailable: the event stays parked
            log.error("event-still-parked", projection=name, error=type(error).__name__)
            unknown = isinstance(error, WrittenByNewer)
            reason = ParkReason.UNKNOWN if unknown else ParkReason.FAILED
            with writing(self.projector.engine).begin() as db:
                why = {"reason": reason, "error": described(error)}
                db.execute(update(parked_events).where(row).values(**why))
            return False
        return True


def _in_order() -> Select[Any]:
    columns = (k.projection, k.position, k.stream_id, k.reason, k.error, k.parked_at)
    return select(*columns).order_by(k.projection, k.position)
