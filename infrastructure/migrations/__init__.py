"""Schema migrations, applied by `xinnuo migrate` only; the service does not migrate at start.

A release runs beside the next one, so a program accepts a newer schema that has only additions.
Migrating therefore marks the database with every schema whose program may go on running on it.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, delete, func, inspect, select, text

from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import marks

RUNS_FROM = "0010"
"""The oldest schema whose program may run on the newest one.

A migration that removes or renames something, or changes what it means, raises it to the schema of
the first program that needs nothing of it.
"""
RUNS = "runs-"
"""Prefix of the marks: `runs-0012` says that a program with the schema 0012 may run."""


class ForeignSchema(RuntimeError):
    """A newer release has migrated the database, and this program must not use it."""


def upgrade(engine: Engine) -> None:
    """Migrates the database to the newest schema; does nothing if it is there already.

    Leaves a newer schema alone if this program may run on it.  Raises ForeignSchema if not.
    """
    with writing(engine).begin() as connection:
        if engine.dialect.name == "postgresql":  # advisory lock: migrations run one at a time
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('xinnuo', 0))"))
        if _is_newer(connection):
            if fault := _fault(connection):
                raise ForeignSchema(fault)
            return
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _mark(connection)


def is_current(engine: Engine) -> bool:
    """Returns True if this program may run on the schema of the database."""
    return schema_fault(engine) is None


def schema_fault(engine: Engine) -> str | None:
    """Returns why this program must not run on the schema of the database, or None if it may."""
    with engine.connect() as connection:
        return _fault(connection)


def _fault(db: Connection) -> str | None:
    if _revision(db) == _scripts().get_current_head():
        return None
    if not _is_newer(db):
        return "数据库结构不是最新的，请先运行 xinnuo migrate"
    if f"{RUNS}{_scripts().get_current_head()}" in _marked(db):
        return None
    return (
        "数据库结构由更新的版本建立，本程序不能在上面运行，以免写坏数据：请运行新版本的程序，"
        "或者恢复升级以前的备份"
    )


def _is_newer(db: Connection) -> bool:
    """Returns True if the database has a schema that this program does not know."""
    known = {script.revision for script in _scripts().walk_revisions()}
    return _revision(db) not in {None, *known}


def _marked(db: Connection) -> set[str]:
    query = select(marks.c.name).where(marks.c.name.startswith(RUNS))
    return set(db.scalars(query)) if inspect(db).has_table(marks.name) else set()


def _mark(db: Connection) -> None:
    """Marks the database with the schemas whose programs may run on the newest one."""
    scripts = _scripts()
    schemas = (s.revision for s in scripts.iterate_revisions("head", RUNS_FROM, inclusive=True))
    names = {f"{RUNS}{schema}" for schema in schemas}
    outdated = marks.c.name.startswith(RUNS) & marks.c.name.not_in(names)
    db.execute(delete(marks).where(outdated))
    for name in sorted(names - _marked(db)):
        row = upsert(db.dialect)(marks).values(name=name, set_at=func.current_timestamp())
        db.execute(row.on_conflict_do_nothing())


def _revision(db: Connection) -> str | None:
    return MigrationContext.configure(db).get_current_revision()


@cache  # reading them takes longer than the question to the database
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def knows(revision: str) -> bool:
    """Returns True if a schema of this revision can be migrated by this program."""
    revisions = ScriptDirectory.from_config(_config()).walk_revisions()
    return revision in {each.revision for each in revisions}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("recursive_version_locations", "true")
    return config
