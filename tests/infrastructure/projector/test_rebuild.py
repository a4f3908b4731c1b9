"""A rebuilt projection has exactly the schema of the migrations, including all names."""

import pytest
from sqlalchemy import MetaData, insert, inspect, select, text

from infrastructure.database.engine import writing
from infrastructure.projector.fresh_table import fresh
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild
from tests import stories as s
from tests.infrastructure.database.test_migrations import differences
from tests.support.service_driver import Office, everything

SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = '{0}' ORDER BY type, name"
POSTGRESQL = """
SELECT 'column', attname, concat_ws(' ', attnum, format_type(atttypid, atttypmod), attnotnull,
       collname, pg_get_expr(adbin, adrelid))
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
LEFT JOIN pg_collation c ON c.oid = attcollation
WHERE attrelid = '{0}'::regclass AND attnum > 0
UNION ALL
SELECT 'constraint', conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = '{0}'::regclass
UNION ALL
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE tablename = '{0}'
UNION ALL
SELECT 'sequence', c.relname, deptype::text
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
WHERE d.refobjid = '{0}'::regclass
ORDER BY 1, 2"""


def schema(service, projection):
    """Returns the database catalogue's description of a projection's table.

    Without quotes and line breaks: SQLite keeps the text of a column that was added later.
    """
    catalogue = SQLITE if service.engine.dialect.name == "sqlite" else POSTGRESQL
    with service.engine.connect() as db:
        rows = db.execute(text(catalogue.format(projection.table.name)))
        return [
            (kind, name, sql and " ".join(sql.replace('"', "").split())) for kind, name, sql in rows
        ]


def schemas(service):
    return {name: schema(service, projection) for name, projection in PROJECTIONS.items()}


def tables(service):
    return set(inspect(service.engine).get_table_names())


def rebuilt(service):
    for projection in PROJECTIONS.values():
        rebuild(service.projector, projection)


@pytest.fixture
def shown(service):
    """A service with rows in every projection."""
    Office(service).remembers(s.PENALIZED)
    service.projector.catch_up_all()
    return service


def test_every_rebuild_of_every_projection_leaves_the_schema_of_the_migrations(shown):
    migrated, there = schemas(shown), tables(shown)
    assert all(migrated.values())
    for _ in range(2):
        rebuilt(shown)
        assert schemas(shown) == migrated
        assert tables(shown) == there
        assert differences(shown.engine) == []


def rebuilt_by_the_release_before(engine, table):
    """Rebuilds a table as the earlier release did.

    The indexes get random names; the keys get none, or PostgreSQL's default names.
    """
    copy = table.to_metadata(MetaData(), name=fresh(table.name))
    for key in copy.constraints:
        key.name = None
    for index in copy.indexes:
        index.name = f"{index.name}_6c1d0273"
    with writing(engine).begin() as db:
        copy.create(db)
        db.execute(insert(copy).from_select([*copy.c], select(table)))
        db.execute(text(f"DROP TABLE {table.name}"))
        db.execute(text(f"ALTER TABLE {copy.name} RENAME TO {table.name}"))


def test_a_table_that_an_earlier_release_rebuilt_is_healed_by_the_next_rebuild(shown):
    migrated, rows = schemas(shown), everything(shown.engine)
    for projection in PROJECTIONS.values():
        rebuilt_by_the_release_before(shown.engine, projection.table)
    odd = schemas(shown)
    assert all(odd[name] != migrated[name] for name in PROJECTIONS)
    rebuilt(shown)
    assert schemas(shown) == migrated
    assert everything(shown.engine) == rows


def stumble(_):
    raise ZeroDivisionError


def test_an_interrupted_rebuild_does_not_hinder_the_next(shown):
    migrated, there = schemas(shown), tables(shown)
    for projection in PROJECTIONS.values():
        with pytest.raises(ZeroDivisionError):
            rebuild(shown.projector, projection, stumble)
    assert schemas(shown) == migrated
    assert tables(shown) > there
    rebuilt(shown)
    assert schemas(shown) == migrated
    assert tables(shown) == there


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_indexes_left_under_their_fresh_names_are_renamed_by_the_next_rebuild(shown):
    """This happens if a process dies after the swap, before SQLite's indexes are created again."""
    migrated = schemas(shown)
    with writing(shown.engine).begin() as db:
        for name in ("code", "subject_code"):
            index = f"CREATE INDEX ix_disclosures_fresh_{name} ON disclosures ({name})"
            db.execute(text(index))
        db.execute(text("DROP INDEX ix_disclosures_code"))
    assert schemas(shown) != migrated
    rebuild(shown.projector, PROJECTIONS["disclosure"])
    assert schemas(shown) == migrated
