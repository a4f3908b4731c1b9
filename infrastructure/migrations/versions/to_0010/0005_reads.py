"""The access log: who read what, in an append-only table."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reads",
        sa.Column("number", BIG_KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("department_code", sa.String(length=18), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reads"),
    )
    for first in ("stream_id", "person", "what"):
        op.create_index(f"ix_reads_{first}_number", "reads", [first, "number"])
    op.create_index("ix_reads_at", "reads", ["at"])
    _reads_are_for_ever()


def _reads_are_for_ever() -> None:
    """The database itself refuses to change or remove a recorded read."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER reads_no_{act.lower()} BEFORE {act} ON reads "
                "BEGIN SELECT RAISE(ABORT, 'reads are for ever'); END"
            )
        return
    op.execute(Path(__file__).with_name("0005_reads_are_for_ever.sql").read_text("utf-8"))


def downgrade() -> None:
    op.drop_table("reads")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION reads_are_for_ever")
