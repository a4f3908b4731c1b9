"""Rebuilds the inline projection: rewrites the row of every case while commands continue."""

from uuid import UUID

import structlog
from sqlalchemy import select

from domain.case import events as e
from domain.case.case import Case
from domain.kernel.errors import WrittenByNewer
from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import events
from infrastructure.event_store.recorder import PAGE_SIZE
from infrastructure.event_store.repository import EventSourcedRepository
from infrastructure.projector.projector import CountProgress
from projections.read_model.projection import Row
from projections.read_model.tables import case_summaries
from projections.worklist.inline import inline_row

NAME = "cases"
log = structlog.get_logger()


def rewrite(repository: EventSourcedRepository, progress: CountProgress = lambda _: None) -> int:
    """Rewrites the row of every case and returns the number of cases.

    Leaves a row unchanged if a concurrent command has written a later version of it, or if a newer
    release has written to the case: that release has written the row too.
    """
    query = select(events.c.stream_id).where(events.c.topic == e.CaseOpened.TOPIC)
    with repository.engine.connect() as db:
        ids = db.scalars(query.order_by(events.c.position)).all()
    for start in range(0, len(ids), PAGE_SIZE):
        rows = [_row(repository, id) for id in ids[start : start + PAGE_SIZE]]
        _write(repository, [row for row in rows if row])
        progress(min(start + PAGE_SIZE, len(ids)))
    return len(ids)


def _row(repository: EventSourcedRepository, id: UUID) -> Row | None:
    try:
        return inline_row(repository.get(Case, id))
    except WrittenByNewer:
        log.warning("case-of-newer-release", case=str(id))
        return None


def _write(repository: EventSourcedRepository, rows: list[Row]) -> None:
    row = upsert(repository.engine.dialect)(case_summaries)
    fresh = {column.name: row.excluded[column.name] for column in case_summaries.c}
    newer = row.excluded.version >= case_summaries.c.version
    statement = row.on_conflict_do_update(index_elements=["case_id"], set_=fresh, where=newer)
    if rows:
        with writing(repository.engine).begin() as db:
            db.execute(statement, rows)
