"""Rebuilds a projection while the old one serves: built beside it, caught up, swapped."""

from dataclasses import replace

from sqlalchemy import Connection, delete, text

from infrastructure.database.engine import writing
from infrastructure.database.schema import parked_events
from infrastructure.projector.fresh_table import empty_copy, fresh, remake_indexes, rename_parts
from infrastructure.projector.projector import Progress, Projector
from projections.read_model.projection import Projection
from projections.read_model.tables import projection_positions


def rebuild(
    projector: Projector, projection: Projection, progress: Progress = lambda _: None
) -> int:
    """Read the whole log into a new table and put it in the old one's place.

    Readers see the old rows until the new ones are complete.  Only the swap holds others up: it
    applies what has come meanwhile and renames two tables, in one transaction.
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
    """The same projection over an empty table of another name; remains of an earlier try go."""
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
    """The new table takes the old one's name; what was parked of either is settled by it."""
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
