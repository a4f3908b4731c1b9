"""Sessions of the pages; a searchable audit trail, which is rebuilt from the log; exports."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SEARCHED_BY = (["at"], ["person", "at"], ["role", "at"], ["organisation", "at"], ["action", "at"])


def upgrade() -> None:
    _sessions()
    _forget_the_trail()
    _trail(
        sa.Column("department_code", sa.String(length=18), nullable=False),
        sa.Column("organisation", sa.String(length=220), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("ground", sa.String(length=60), nullable=True),
        sa.Column("documents", sa.JSON(), nullable=False),
    )
    for columns in SEARCHED_BY:
        _index([*columns, "position"])
    named = sa.text("ground IS NOT NULL")
    _index(["ground", "at", "position"], sqlite_where=named, postgresql_where=named)
    op.create_table(
        "audit_documents",
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", "at", "position", name="pk_audit_documents"),
        sqlite_with_rowid=False,
    )
    _exports()


def _exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("search", sa.JSON(), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("upto", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_asked_at_id", "exports", ["asked_at", "id"])
    op.execute("CREATE INDEX ix_exports_waiting ON exports (asked_at, id) WHERE state = 'waiting'")
    _records_stay()


def _records_stay() -> None:
    """The database itself refuses to remove the record of an export, or to change it after its end."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(Path(__file__).with_name("0003_exports_are_recorded.sql").read_text("utf-8"))
        return
    for act, when in (("DELETE", "1"), ("UPDATE", "OLD.state NOT IN ('waiting', 'running')")):
        op.execute(
            f"CREATE TRIGGER exports_no_{act.lower()} BEFORE {act} ON exports WHEN {when} "
            "BEGIN SELECT RAISE(ABORT, 'exports are recorded'); END"
        )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("actor", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sessions"),
    )


def _forget_the_trail() -> None:
    """Drops the audit trail; the projection rebuilds it from the log."""
    op.drop_table("audit_trail")
    op.execute("DELETE FROM projection_positions WHERE projection IN ('audit', 'documents')")
    op.execute("DELETE FROM parked_events WHERE projection IN ('audit', 'documents')")


def _trail(*more: sa.Column[Any]) -> None:
    op.create_table(
        "audit_trail",
        sa.Column("position", BIG_KEY, nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        *more,
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_trail"),
    )
    _index(["stream_id", "version"], unique=True)


def _index(columns: list[str], **how: Any) -> None:
    op.create_index(f"ix_audit_trail_{'_'.join(columns)}", "audit_trail", columns, **how)


def downgrade() -> None:
    op.drop_table("exports")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION exports_are_recorded")
    op.drop_table("audit_documents")
    _forget_the_trail()
    _trail()
    _index(["person", "position"])
    op.drop_table("sessions")
