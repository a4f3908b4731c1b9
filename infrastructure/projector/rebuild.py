"""Rebuilds a projection while the old one serves: built beside it, caught up, swapped."""

from dataclasses import replace
from uuid import uuid4

from sqlalchemy import Connection, Index, MetaData, Table, delete, text

from infrastructure.database.engine import writing
from infrastructure.database.schema import parked_events
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
    fresh = _beside(projector, projection)
    count = projector.catch_up(fresh, progress)
    with writing(projector.engine).begin() as db:
        projector.lock(db, projection.name)
        while applied := projector.apply_page(db, fresh):
            count += applied
        position = projector.lock(db, fresh.name)
        _swap(db, projection, fresh)
        projector.move(db, projection.name, position)
    return count


def _beside(projector: Projector, projection: Projection) -> Projection:
    """The same projection over an empty table of another name; remains of an earlier try go."""
    name = f"{projection.name}~"
    with writing(projector.engine).begin() as db:
        db.execute(text(f"DROP TABLE IF EXISTS {projection.table.name}_fresh"))
        _forget(db, name)
        table = _copy(projection.table)
        table.create(db)
    return replace(projection, name=name, table=table, key=table.c[projection.key.name])


def _copy(table: Table) -> Table:
    """The table under another name; indexes keep their names after the swap, so they are new."""
    mark = uuid4().hex[:8]
    copy = Table(
        f"{table.name}_fresh",
        MetaData(),
        *(column._copy() for column in table.columns),
        **table.dialect_kwargs,
    )
    for index in table.indexes:
        columns = [copy.c[column.name] for column in index.columns]
        Index(
            f"{index.name}_{mark}",
            *columns,
            unique=index.unique,
            **index.dialect_kwargs,
        )
    return copy


def _swap(db: Connection, projection: Projection, fresh: Projection) -> None:
    """The new table takes the old one's name; what was parked of either is settled by it."""
    live = projection.table.name
    db.execute(text(f"DROP TABLE {live}"))
    db.execute(text(f"ALTER TABLE {fresh.table.name} RENAME TO {live}"))
    db.execute(delete(parked_events).where(parked_events.c.projection == projection.name))
    moved = parked_events.update().where(parked_events.c.projection == fresh.name)
    db.execute(moved.values(projection=projection.name))
    _forget_position(db, fresh.name)


def _forget(db: Connection, name: str) -> None:
    _forget_position(db, name)
    db.execute(delete(parked_events).where(parked_events.c.projection == name))


def _forget_position(db: Connection, name: str) -> None:
    positions = projection_positions
    db.execute(delete(positions).where(positions.c.projection == name))
