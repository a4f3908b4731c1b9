"""The Alembic environment: migrates a given connection, or the database that the settings name."""

from alembic import context
from sqlalchemy import Connection

from infrastructure.database import evidence_schema, files_schema
from infrastructure.database.engine import open_database, writing
from infrastructure.migrations import append_event
from infrastructure.settings import Settings
from projections.read_model.tables import metadata

SCHEMAS = (evidence_schema, files_schema)
"""Modules that add their tables to the metadata when they are imported."""


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        on_version_apply=append_event.make,
    )
    with context.begin_transaction():
        context.run_migrations()


if connection := context.config.attributes.get("connection"):
    migrate(connection)
else:
    with writing(open_database(Settings().url)).begin() as connection:
        migrate(connection)
