"""A program runs on a newer schema that only adds, and refuses one that it may not use."""

import pytest
from sqlalchemy import delete, inspect, text

from infrastructure.database.engine import writing
from infrastructure.database.schema import marks
from infrastructure.health.checks import Unsound, require_schema
from infrastructure.migrations import (
    RUNS,
    RUNS_FROM,
    ForeignSchema,
    is_current,
    schema_fault,
    upgrade,
)
from tests.infrastructure.database.test_migrations import downgrade
from tests.support.service_driver import everything

NEWER = "9999"


@pytest.fixture
def engine(service):
    return service.engine


def becomes(engine, revision):
    with writing(engine).begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def forgets_the_marks(engine, name=None):
    with writing(engine).begin() as db:
        db.execute(delete(marks).where(marks.c.name == name if name else True))


def runs(engine):
    with engine.connect() as db:
        return sorted(name for name in db.scalars(marks.select()) if name.startswith(RUNS))


def test_a_newer_schema_that_names_ours_is_used_and_left_alone(service, engine):
    becomes(engine, NEWER)
    before = everything(engine)
    require_schema(service)
    upgrade(engine)
    assert is_current(engine)
    assert everything(engine) == before


def test_a_newer_schema_that_does_not_name_ours_is_refused(service, engine):
    newest = runs(engine)[-1]
    becomes(engine, NEWER)
    forgets_the_marks(engine, newest)
    with pytest.raises(Unsound, match="由更新的版本建立"):
        require_schema(service)
    with pytest.raises(ForeignSchema, match="运行新版本的程序"):
        upgrade(engine)


def test_a_newer_schema_without_any_mark_is_refused(engine):
    becomes(engine, NEWER)
    forgets_the_marks(engine)
    assert "由更新的版本建立" in schema_fault(engine)


def test_an_older_schema_is_refused_whatever_the_marks_say(engine):
    becomes(engine, RUNS_FROM)
    assert "xinnuo migrate" in schema_fault(engine)


def test_an_empty_database_is_refused(engine):
    downgrade(engine)
    assert "xinnuo migrate" in schema_fault(engine)


def test_migrating_marks_every_schema_whose_program_may_run(engine):
    newest = inspected_revision(engine)
    assert (runs(engine)[0], runs(engine)[-1]) == (f"{RUNS}{RUNS_FROM}", f"{RUNS}{newest}")
    before = runs(engine)
    upgrade(engine)
    assert runs(engine) == before
    forgets_the_marks(engine)
    upgrade(engine)
    assert runs(engine) == before


def inspected_revision(engine):
    with engine.connect() as db:
        return db.scalar(text("SELECT version_num FROM alembic_version"))


def columns(engine):
    """Every column of every table: its type, and whether a row may leave it out."""
    tables = inspect(engine)
    return {
        (table, column["name"]): (
            str(column["type"]),
            column["nullable"] or column["default"] is not None,
        )
        for table in tables.get_table_names()
        for column in tables.get_columns(table)
    }


def test_no_migration_takes_away_what_the_release_before_reads_or_writes(engine):
    now = columns(engine)
    downgrade(engine, RUNS_FROM)
    before, tables = columns(engine), set(inspect(engine).get_table_names())
    upgrade(engine)
    assert {key: kind for key, (kind, _) in before.items()}.items() <= {
        key: kind for key, (kind, _) in now.items()
    }.items()
    added = {key: optional for key, (_, optional) in now.items() if key not in before}
    assert [key for key, optional in added.items() if key[0] in tables and not optional] == []
