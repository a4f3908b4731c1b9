"""The stored function that appends an event on PostgreSQL, made anew after every migration.

It writes every column that the line of a case has by then, so nothing but the table lists them.
"""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

FUNCTION = Path(__file__).with_name("append_event.sql").read_text("utf-8")
LINES, KEY = "case_summaries", "case_id"


def make(ctx: MigrationContext, *_: object, **__: object) -> None:
    """Make the function for the table as it is; there is none on SQLite, and none without it."""
    db = ctx.connection
    assert db
    if db.dialect.name == "sqlite" or not inspect(db).has_table(LINES):
        return
    columns = [column["name"] for column in inspect(db).get_columns(LINES)]
    values = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != KEY)
    db.exec_driver_sql(FUNCTION.replace("{values}", values))
