"""Schema changes happen here and nowhere else: `xinnuo migrate`, never at start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from infrastructure.database.engine import writing


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; a database that is there already is left alone."""
    with writing(engine).begin() as connection:
        if engine.dialect.name == "postgresql":  # of several that start together, one goes first
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('xinnuo', 0))"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Is the database at the schema this program expects?"""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    return at == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
