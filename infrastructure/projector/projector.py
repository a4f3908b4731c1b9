"""The projector: applies pages of events, each in one transaction that also moves the bookmark.

A page is folded in memory: all rows of its keys are read first, and written last.  An event that
cannot be applied, or that only a newer release can read, is parked with the reason, together with
the later events of its stream; other streams are not affected.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from eventsourcing.persistence import Notification
from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from domain.kernel.aggregate import EVENT_CLASSES, Event
from domain.kernel.errors import WrittenByNewer
from domain.values.labels import Labelled
from infrastructure.database.engine import upsert, writing
from infrastructure.database.errors import about_an_event
from infrastructure.event_store.recorder import PAGE_SIZE, EventRecorder
from infrastructure.event_store.serializer import EventMapper
from infrastructure.projector.totals import add_up
from projections.audit_trail.cases import AUDITED
from projections.audit_trail.documents import NAMED
from projections.audit_trail.projection import AUDIT
from projections.catalogue.projection import CATALOGUE
from projections.catalogue.terms_history import TERMS_HISTORY
from projections.disclosures.name_search import NAMES
from projections.disclosures.projection import DISCLOSURE
from projections.holdings.projection import HOLDINGS
from projections.law.projection import LAW
from projections.papers.projection import PAPERS
from projections.read_model.projection import Projection, Row, Rows
from projections.read_model.tables import parked_events, projection_positions
from projections.statistics.projection import STATISTICS
from projections.tolerance.projection import LINKS, TOLERANCE
from projections.worklist.projection import WORKLIST

_ALL = (
    *(DISCLOSURE, NAMES, AUDIT, NAMED, AUDITED, WORKLIST),
    *(CATALOGUE, TERMS_HISTORY, TOLERANCE, LINKS, STATISTICS, LAW, PAPERS, HOLDINGS),
)
PROJECTIONS = {p.name: p for p in _ALL}
log = structlog.get_logger()
CountProgress = Callable[[int], None]
"""Called after each page with the number of events, or of cases, processed so far."""
p, k = projection_positions.c, parked_events.c


class ParkReason(Labelled):
    """Why an event is parked."""

    UNKNOWN = "unknown", "由更新的版本写入"
    FAILED = "failed", "处理时出错"
    BEHIND = "behind", "同一卷宗前面的事件尚未处理"


@dataclass(frozen=True)
class Projector:
    engine: Engine
    recorder: EventRecorder
    mapper: EventMapper
    clock: Callable[[], datetime]

    def catch_up(self, projection: Projection, progress: CountProgress = lambda _: None) -> int:
        """Applies every event after the bookmark; returns how many there were."""
        count = 0
        while applied := self.next_page(projection):
            count += applied
            progress(count)
            # end of the log: another query would cost as much as a page
            if applied < PAGE_SIZE:
                break
        return count

    def catch_up_all(self) -> None:
        for projection in PROJECTIONS.values():
            self.catch_up(projection)

    def next_page(self, projection: Projection) -> int:
        """Applies the next page, and parks its events that fail; returns the number of events."""
        try:
            with writing(self.engine).begin() as db:
                return self.apply_page(db, projection)
        except Exception as error:
            if not about_an_event(error):
                raise  # the bookmark did not move: try again later
            return self._one_by_one(projection)

    def apply_page(self, db: Connection, projection: Projection, size: int = PAGE_SIZE) -> int:
        """Applies a page in the caller's transaction; returns its number of events."""
        page = self.recorder.page(db, self.lock(db, projection.name), size)
        if page:
            self._apply(db, projection, [*self._applicable(db, projection, page)])
            self.move(db, projection.name, page[-1].id)
        return len(page)

    def apply_at(self, db: Connection, projection: Projection, position: int) -> None:
        """Applies a single event in the caller's transaction, and leaves the bookmark alone.

        Raises WrittenByNewer if this release cannot read it.
        """
        (note,) = self.recorder.page(db, position - 1, 1)
        event = self.mapper.to_domain_event(note)
        if note.topic in projection.topics:
            self._apply(db, projection, [(event, note.id)])

    def lock(self, db: Connection, name: str) -> int:
        """Locks the bookmark and returns its position.

        A second projector waits here until the first has moved the bookmark.
        """
        query = select(p.position).where(p.projection == name).with_for_update()
        if (position := db.execute(query).scalar()) is not None:
            return cast(int, position)
        first = upsert(db.dialect)(projection_positions).values(projection=name, position=0)
        db.execute(first.on_conflict_do_nothing())
        return cast(int, db.execute(query).scalar_one())

    def move(self, db: Connection, name: str, position: int) -> None:
        bookmark = update(projection_positions).where(p.projection == name)
        db.execute(bookmark.values(position=position))

    def position(self, name: str) -> int:
        """Returns the bookmark of a projection: the position up to which it has applied the log."""
        with self.engine.connect() as db:
            return db.scalar(select(p.position).where(p.projection == name)) or 0

    def lag(self) -> dict[str, int]:
        """Returns the number of events that each projection is behind the log."""
        size = self.recorder.max_notification_id() or 0
        with self.engine.connect() as db:
            rows = db.execute(select(projection_positions))
            positions = {row.projection: row.position for row in rows}
        return {name: size - positions.get(name, 0) for name in PROJECTIONS}

    def _apply(
        self, db: Connection, projection: Projection, events: Sequence[tuple[Event, int]]
    ) -> None:
        keyed = [(projection.key_of(event, at), event, at) for event, at in events]
        before = _rows(db, projection, {key for key, _, _ in keyed})
        after = dict(before)
        for key, event, at in keyed:
            after[key] = projection.fold(after.get(key, ()), event, at)
        _save(db, projection, before, after)
        add_up(db, projection, before, after)

    def _applicable(
        self, db: Connection, projection: Projection, page: Iterable[Notification]
    ) -> Iterator[tuple[Event, int]]:
        """Yields the events that the projection can apply, with their positions.

        Parks those that only a newer release can read, and the later ones of their streams.
        """
        parked = select(k.stream_id).where(k.projection == projection.name).distinct()
        streams = set(db.scalars(parked))
        for note in page:
            if note.topic in EVENT_CLASSES and note.topic not in projection.topics:
                continue
            try:
                event = self.mapper.to_domain_event(note)
            except WrittenByNewer as unknown:
                streams.add(note.originator_id)
                self._park(db, projection, note, ParkReason.UNKNOWN, described(unknown))
                continue
            if note.originator_id in streams:
                self._park(db, projection, note, ParkReason.BEHIND, "前面的事件尚未处理")
            else:
                yield event, note.id

    def _one_by_one(self, projection: Projection) -> int:
        """Applies a page event by event, each in its own transaction, and parks those that fail."""
        for count in range(PAGE_SIZE):
            with writing(self.engine).begin() as db:
                if not self._applied_or_parked(db, projection):
                    return count
        return PAGE_SIZE

    def _applied_or_parked(self, db: Connection, projection: Projection) -> bool:
        """Applies the next event, or parks it if it fails; returns whether there was one.

        The bookmark stays locked in between: what is parked is the event that failed, even when
        another projector meets it at the same time.
        """
        page = self.recorder.page(db, self.lock(db, projection.name), 1)
        for note in page:
            try:
                with db.begin_nested():
                    self.apply_page(db, projection, size=1)
            except Exception as error:
                if not about_an_event(error):
                    raise
                log.error("event-parked", projection=projection.name, error=type(error).__name__)
                self._park(db, projection, note, ParkReason.FAILED, described(error))
                self.move(db, projection.name, note.id)
        return bool(page)

    def _park(
        self,
        db: Connection,
        projection: Projection,
        note: Notification,
        reason: ParkReason,
        error: str,
    ) -> None:
        what = {"position": note.id, "stream_id": note.originator_id}
        why = {"reason": reason, "error": error, "parked_at": self.clock()}
        db.execute(insert(parked_events).values(projection=projection.name, **what, **why))


def described(error: Exception) -> str:
    """Returns the text of an error for operators, with what caused it."""
    cause = error.__cause__ if isinstance(error, WrittenByNewer) else None
    text = f"{type(error).__name__}: {error}"
    return (f"{text}（{type(cause).__name__}: {cause}）" if cause else text)[:2000]


def _rows(db: Connection, projection: Projection, keys: set[Hashable]) -> dict[Hashable, Rows]:
    """Reads the rows with these keys and groups them by key."""
    if projection.appends or not keys:
        return {}
    name = projection.key.name
    rows: dict[Hashable, Rows] = {}
    for row in db.execute(select(projection.table).where(projection.key.in_(keys))).mappings():
        rows[row[name]] = (*rows.get(row[name], ()), dict(row))
    return rows


def _save(
    db: Connection,
    projection: Projection,
    before: dict[Hashable, Rows],
    after: dict[Hashable, Rows],
) -> None:
    """Replaces the rows of the changed keys: one statement deletes them, another inserts them."""
    changed = [key for key, rows in after.items() if rows != before.get(key, ())]
    if outdated := [key for key in changed if before.get(key)]:
        db.execute(delete(projection.table).where(projection.key.in_(outdated)))
    if new := [row for key in changed for row in after[key]]:
        _insert(db, projection.table, new)


def _insert(db: Connection, table: Table, rows: list[Row]) -> None:
    """Inserts all rows in one statement; on PostgreSQL as a single JSON parameter."""
    if db.dialect.name == "sqlite":
        db.execute(insert(table), rows)
        return
    values = json.dumps(rows, ensure_ascii=False, default=str)
    name = table.name
    into = f"INSERT INTO {name} SELECT * FROM json_populate_recordset(NULL::{name}, %s)"  # noqa: S608
    driver: Any = db.connection.driver_connection
    driver.execute(into, (values,))
