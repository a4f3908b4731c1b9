"""The fresh table that a projection is rebuilt into, and how its parts get their final names.

The parts are indexes, sequences and constraints.  As long as both tables exist, the names of the
fresh table and its parts have `_fresh` after the table's name.
"""

from sqlalchemy import (
    Connection,
    Constraint,
    Dialect,
    Engine,
    Index,
    MetaData,
    Table,
    inspect,
    text,
)

from infrastructure.database.engine import writing

RELATIONS = text("""
SELECT format('ALTER TABLE %I RENAME TO %I', relname, replace(relname, :fresh, :live))
FROM pg_class
WHERE relkind IN ('i', 'S') AND strpos(relname, :fresh) > 0 AND pg_table_is_visible(oid)""")
"""Statements that rename indexes and sequences; a key is renamed together with its index."""
CONSTRAINTS = text("""
SELECT format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I',
              CAST(:live AS text), conname, replace(conname, :fresh, :live))
FROM pg_constraint
WHERE conrelid = CAST(:live AS regclass) AND contype NOT IN ('p', 'u')
  AND strpos(conname, :fresh) > 0""")
"""Statements that rename constraints without an index; since PostgreSQL 18 also NOT NULL."""


def fresh(name: str) -> str:
    """The name of the fresh table for the table of this name."""
    return f"{name}_fresh"


def empty_copy(table: Table, dialect: Dialect) -> Table:
    """Returns the definition of the fresh table.

    Its keys have their final names at once on SQLite, which cannot rename them later.
    """
    live, other = table.name, fresh(table.name)
    conventions = table.metadata.naming_convention
    copy = table.to_metadata(MetaData(naming_convention=conventions), name=other)
    parts: list[Constraint | Index] = [*copy.constraints, *copy.indexes]
    for part in parts:
        final = str(part.name).replace(other, live)
        key_of_sqlite = dialect.name == "sqlite" and isinstance(part, Constraint)
        part.name = final if key_of_sqlite else final.replace(live, other)
    return copy


def rename_parts(db: Connection, live: str) -> None:
    """Gives a table's indexes, sequences and constraints their final names; PostgreSQL only."""
    if db.dialect.name == "sqlite":
        return
    names = {"live": live, "fresh": fresh(live)}
    for renamings in (RELATIONS, CONSTRAINTS):
        for renaming in db.scalars(renamings, names).all():
            db.execute(text(renaming))


def remake_indexes(engine: Engine, table: Table) -> None:
    """Gives a table's indexes their final names; SQLite only.

    SQLite cannot rename an index, so each one is created again before the old one is dropped.  Each
    has its own transaction: readers always have the index, and writers wait for one index only.
    """
    if engine.dialect.name == "postgresql":
        return
    existing = {index["name"] for index in inspect(engine).get_indexes(table.name)}
    for index in table.indexes:
        other = str(index.name).replace(table.name, fresh(table.name))
        if other in existing:
            with writing(engine).begin() as db:
                index.create(db, checkfirst=True)
                db.execute(text(f"DROP INDEX {other}"))
