"""The stored function that appends an event on PostgreSQL; every migration creates it again.

It writes every column that `case_summaries` has then, so only the table lists these columns.
"""

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

FUNCTION = Path(__file__).with_name("append_event.sql").read_text("utf-8")
TABLE, KEY = "case_summaries", "case_id"


def make(ctx: MigrationContext, *_: object, **__: object) -> None:
    """Creates `append_event` for the columns of `case_summaries`, on PostgreSQL if it exists."""
    db = ctx.connection
    assert db
    if db.dialect.name == "sqlite" or not inspect(db).has_table(TABLE):
        return
    columns = [column["name"] for column in inspect(db).get_columns(TABLE)]
    values = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != KEY)
    db.exec_driver_sql(FUNCTION.replace("{values}", values))
