"""Runs projections: a page of events and the bookmark past them in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event as Flag
from threading import Thread
from typing import cast

import structlog
from sqlalchemy import Connection, Engine, delete, select, update

from domain.kernel import Event
from infrastructure.database import upsert, writing
from infrastructure.mapper import EventMapper
from infrastructure.recorder import PAGE, EventRecorder
from projections.audit import AUDIT
from projections.catalogue import CATALOGUE
from projections.disclosure import DISCLOSURE
from projections.projection import Projection
from projections.tables import projection_positions
from projections.worklist import WORKLIST

PROJECTIONS = {p.name: p for p in (DISCLOSURE, AUDIT, WORKLIST, CATALOGUE)}
log = structlog.get_logger()
Progress = Callable[[int], None]
p = projection_positions.c


@dataclass(frozen=True)
class Projector:
    engine: Engine
    recorder: EventRecorder
    mapper: EventMapper

    def catch_up(self, projection: Projection) -> int:
        """Apply every event not yet seen; return how many there were."""
        count = 0
        while True:
            with writing(self.engine).begin() as db:
                applied = self._page(db, projection)
            count += applied
            if applied < PAGE:
                return count

    def catch_up_all(self) -> None:
        for projection in PROJECTIONS.values():
            self.catch_up(projection)

    def rebuild(self, projection: Projection, progress: Progress = lambda _: None) -> int:
        """Forget all rows and read the whole log again; readers see the old rows until the end."""
        with writing(self.engine).begin() as db:
            self._position(db, projection.name)
            for table in projection.tables:
                db.execute(delete(table))
            self._move(db, projection.name, 0)
            count = 0
            while applied := self._page(db, projection):
                count += applied
                progress(count)
        return count

    def lag(self) -> dict[str, int]:
        """How many events each projection is behind the log."""
        size = self.recorder.max_notification_id() or 0
        with self.engine.connect() as db:
            positions = {
                row.projection: row.position for row in db.execute(select(projection_positions))
            }
        return {name: size - positions.get(name, 0) for name in PROJECTIONS}

    def _page(self, db: Connection, projection: Projection) -> int:
        seen = self._position(db, projection.name)
        page = self.recorder.select_notifications(
            seen, PAGE, inclusive_of_start=False, connection=db
        )
        told: Sequence[tuple[Event, int]] = [
            (self.mapper.to_domain_event(note), note.id) for note in page
        ]
        for event, position in told:
            for change in projection.project(event, position):
                db.execute(change)
        if page:
            self._move(db, projection.name, page[-1].id)
        return len(page)

    def _position(self, db: Connection, name: str) -> int:
        """The bookmark, locked: a second projector waits here and then finds nothing to do."""
        first = upsert(db.dialect)(projection_positions).values(projection=name, position=0)
        db.execute(first.on_conflict_do_nothing())
        mine = select(p.position).where(p.projection == name).with_for_update()
        return cast(int, db.execute(mine).scalar_one())

    def _move(self, db: Connection, name: str, position: int) -> None:
        mine = update(projection_positions).where(p.projection == name)
        db.execute(mine.values(position=position))


class ProjectionThread:
    """Keeps every projection up to date, woken by appends in this process and by the clock."""

    def __init__(self, projector: Projector, poll_seconds: float) -> None:
        self._projector, self._poll = projector, poll_seconds
        self._stop = Flag()
        self._thread = Thread(target=self._run, name="projections", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._projector.recorder.announce()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            growth = self._projector.recorder.growth
            for projection in PROJECTIONS.values():
                self._catch_up(projection)
            self._projector.recorder.wait(growth, self._poll)

    def _catch_up(self, projection: Projection) -> None:
        try:
            self._projector.catch_up(projection)
        except Exception as error:
            # nothing is lost: the bookmark did not move, and the next round tries again
            log.error("projection-failed", projection=projection.name, error=type(error).__name__)
