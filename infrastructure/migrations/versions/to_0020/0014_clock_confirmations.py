"""Who found the clock of the service right, and when, is on record."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "clock_confirmations",
        sa.Column("number", BIG_KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_clock_confirmations"),
    )
    _confirmations_are_for_ever()


def _confirmations_are_for_ever() -> None:
    """The database itself refuses to change or remove a confirmation."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER clock_confirmations_no_{act.lower()} BEFORE {act} ON "
                "clock_confirmations "
                "BEGIN SELECT RAISE(ABORT, 'confirmations of the clock are for ever'); END"
            )
        return
    op.execute(Path(__file__).with_name("0014_confirmations_are_for_ever.sql").read_text("utf-8"))


def downgrade() -> None:
    op.drop_table("clock_confirmations")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION clock_confirmations_are_for_ever")
