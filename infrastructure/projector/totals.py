"""The sums over the rows of a projection: what its changed rows add to them and take away."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete

from infrastructure.database.engine import upsert
from projections.read_model.projection import Projection, Row, Rows, Totals

Cells = dict[tuple[Any, ...], Counter[str]]
"""The counts of each cell, by the values of its primary key."""


def add_up(
    db: Connection,
    projection: Projection,
    before: Mapping[Hashable, Rows],
    after: Mapping[Hashable, Rows],
) -> None:
    """Takes the old rows of the changed keys out of the sums and puts the new ones in."""
    for totals in projection.totals:
        cells: Cells = defaultdict(Counter)
        for key, rows in after.items():
            if rows != (old := before.get(key, ())):
                _count(cells, totals, old, -1)
                _count(cells, totals, rows, 1)
        changed = [_row(totals.table, cell, counts) for cell, counts in cells.items()]
        _write(db, totals.table, [row for row in changed if row is not None])


def _count(cells: Cells, totals: Totals, rows: Rows, sign: int) -> None:
    names = totals.table.primary_key.columns.keys()
    for part in (part for row in rows for part in totals.parts(row)):
        counts = cells[tuple(part[name] for name in names)]
        for name in part.keys() - names:
            counts[name] += sign * part[name]


def _row(table: Table, cell: tuple[Any, ...], counts: Counter[str]) -> Row | None:
    """The change of one cell.  Returns None if nothing changes."""
    if not any(counts.values()):
        return None
    zeros = dict.fromkeys(table.c.keys(), 0)
    return zeros | dict(zip(table.primary_key.columns.keys(), cell, strict=True)) | counts


def _write(db: Connection, table: Table, rows: list[Row]) -> None:
    """Adds to the sums; a cell in which nothing is left disappears."""
    if not rows:
        return
    keys = list(table.primary_key.columns)
    counts = [column for column in table.c if not column.primary_key]
    row = upsert(db.dialect)(table)
    sums = {column.name: column + row.excluded[column.name] for column in counts}
    db.execute(row.on_conflict_do_update(index_elements=keys, set_=sums), rows)
    this = [column == bindparam(f"this_{column.name}") for column in keys]
    empty = delete(table).where(*this, *(column == 0 for column in counts))
    lessened = [row for row in rows if any(row[column.name] < 0 for column in counts)]
    if lessened:
        names = [column.name for column in keys]
        db.execute(empty, [{f"this_{name}": row[name] for name in names} for row in lessened])
