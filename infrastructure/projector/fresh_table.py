"""The table that a projection is rebuilt into, and how it gets every name of the one it replaces.

While both tables stand, the names of the new one's parts have `_fresh` behind the table's name.
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
"""Indexes and sequences; a key is renamed with its index."""
CONSTRAINTS = text("""
SELECT format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I',
              CAST(:live AS text), conname, replace(conname, :fresh, :live))
FROM pg_constraint
WHERE conrelid = CAST(:live AS regclass) AND contype NOT IN ('p', 'u')
  AND strpos(conname, :fresh) > 0""")
"""What has no index; since PostgreSQL 18 NOT NULL is a constraint with a name."""


def fresh(name: str) -> str:
    """The name of the table beside the one of this name."""
    return f"{name}_fresh"


def empty_copy(table: Table, dialect: Dialect) -> Table:
    """The table under its other name.  On SQLite its keys have their last names already."""
    live, beside = table.name, fresh(table.name)
    conventions = table.metadata.naming_convention
    copy = table.to_metadata(MetaData(naming_convention=conventions), name=beside)
    parts: list[Constraint | Index] = [*copy.constraints, *copy.indexes]
    for part in parts:
        last = str(part.name).replace(beside, live)
        key_of_sqlite = dialect.name == "sqlite" and isinstance(part, Constraint)
        part.name = last if key_of_sqlite else last.replace(live, beside)
    return copy


def rename_parts(db: Connection, live: str) -> None:
    """On PostgreSQL give the parts of a table the names that the migrations give."""
    if db.dialect.name == "sqlite":
        return
    names = {"live": live, "fresh": fresh(live)}
    for renamings in (RELATIONS, CONSTRAINTS):
        for renaming in db.scalars(renamings, names).all():
            db.execute(text(renaming))


def remake_indexes(engine: Engine, table: Table) -> None:
    """On SQLite do the same for indexes, which cannot be renamed: each is made again first.

    One transaction an index: readers always have it, and writers wait for one only.
    """
    if engine.dialect.name == "postgresql":
        return
    there = {index["name"] for index in inspect(engine).get_indexes(table.name)}
    for index in table.indexes:
        other = str(index.name).replace(table.name, fresh(table.name))
        if other in there:
            with writing(engine).begin() as db:
                index.create(db, checkfirst=True)
                db.execute(text(f"DROP INDEX {other}"))
