"""Rebuilds a projection in a fresh table beside the old one, then replaces the old one with it."""

from dataclasses import replace

from sqlalchemy import Connection, Table, delete, text

from infrastructure.database.engine import writing
from infrastructure.projector.fresh_table import empty_copy, fresh, remake_indexes, rename_parts
from infrastructure.projector.projector import CountProgress, Projector
from projections.read_model.projection import Projection
from projections.read_model.tables import parked_events, projection_positions


def rebuild(
    projector: Projector, projection: Projection, progress: CountProgress = lambda _: None
) -> int:
    """Applies the whole log to a fresh table and puts it in the old one's place.

    Returns the number of events.

    Readers see the old rows until the new ones are complete.  Only the swap blocks others: one
    transaction applies the events appended meanwhile, drops the old table and renames the new one.
    """
    beside = _beside(projector, projection)
    count = projector.catch_up(beside, progress)
    with writing(projector.engine).begin() as db:
        projector.lock(db, projection.name)
        while applied := projector.apply_page(db, beside):
            count += applied
        position = projector.lock(db, beside.name)
        _swap(db, projection, beside)
        projector.move(db, projection.name, position)
    for table in projection.tables:
        remake_indexes(projector.engine, table)
    return count


def _beside(projector: Projector, projection: Projection) -> Projection:
    """Returns the same projection over empty fresh tables.

    Removes the remains of an interrupted rebuild first.
    """
    name = f"{projection.name}~"
    for table in projection.tables:
        remake_indexes(projector.engine, table)
    with writing(projector.engine).begin() as db:
        _forget(db, name)
        table, *sums = [_fresh_table(db, table) for table in projection.tables]
    totals = zip(projection.totals, sums, strict=True)
    return replace(
        projection,
        name=name,
        table=table,
        key=table.c[projection.key.name],
        totals=tuple(replace(each, table=sum_table) for each, sum_table in totals),
    )


def _fresh_table(db: Connection, table: Table) -> Table:
    db.execute(text(f"DROP TABLE IF EXISTS {fresh(table.name)}"))
    rename_parts(db, table.name)
    copy = empty_copy(table, db.dialect)
    copy.create(db)
    return copy


def _swap(db: Connection, projection: Projection, beside: Projection) -> None:
    """Replaces the old tables with the fresh ones, and the old parked events with the new ones."""
    for table, other in zip(projection.tables, beside.tables, strict=True):
        db.execute(text(f"DROP TABLE {table.name}"))
        db.execute(text(f"ALTER TABLE {other.name} RENAME TO {table.name}"))
        rename_parts(db, table.name)
    db.execute(delete(parked_events).where(parked_events.c.projection == projection.name))
    moved = parked_events.update().where(parked_events.c.projection == beside.name)
    db.execute(moved.values(projection=projection.name))
    _forget_position(db, beside.name)


def _forget(db: Connection, name: str) -> None:
    _forget_position(db, name)
    db.execute(delete(parked_events).where(parked_events.c.projection == name))


def _forget_position(db: Connection, name: str) -> None:
    positions = projection_positions
    db.execute(delete(positions).where(positions.c.projection == name))
