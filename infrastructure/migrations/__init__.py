"""Schema migrations, applied by `xinnuo migrate` only; the service does not migrate at start."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from infrastructure.database.engine import writing


def upgrade(engine: Engine) -> None:
    """Migrates the database to the newest schema; does nothing if it is there already."""
    with writing(engine).begin() as connection:
        if engine.dialect.name == "postgresql":  # advisory lock: migrations run one at a time
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('xinnuo', 0))"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Returns True if the database has the schema that this program expects."""
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    return revision == _newest()


@cache
def _newest() -> str | None:
    """The newest schema of this program; reading all migrations takes too long for `/readyz`."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
