"""Rebuilds a projection in a fresh table beside the old one, then replaces the old one with it."""

from dataclasses import replace

from sqlalchemy import Connection, delete, text

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
    remake_indexes(projector.engine, projection.table)
    return count


def _beside(projector: Projector, projection: Projection) -> Projection:
    """Returns the same projection over an empty fresh table.

    Removes the remains of an interrupted rebuild first.
    """
    name = f"{projection.name}~"
    remake_indexes(projector.engine, projection.table)
    with writing(projector.engine).begin() as db:
        db.execute(text(f"DROP TABLE IF EXISTS {fresh(projection.table.name)}"))
        rename_parts(db, projection.table.name)
        _forget(db, name)
        table = empty_copy(projection.table, db.dialect)
        table.create(db)
    return replace(projection, name=name, table=table, key=table.c[projection.key.name])


def _swap(db: Connection, projection: Projection, beside: Projection) -> None:
    """Replaces the old table with the fresh one, and the old parked events with the new ones."""
    live = projection.table.name
    db.execute(text(f"DROP TABLE {live}"))
    db.execute(text(f"ALTER TABLE {beside.table.name} RENAME TO {live}"))
    rename_parts(db, live)
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
