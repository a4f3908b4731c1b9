"""Records of the credit register can be withdrawn, and every change is on record."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "withdrawn_at": sa.DateTime(timezone=True),
    "withdrawn_by": sa.String(length=200),
    "withdrawal_reason": sa.String(length=200),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("credit_entries", sa.Column(name, kind, nullable=True))
    op.create_table(
        "credit_changes",
        sa.Column("number", BIG_KEY, nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("change", sa.String(length=20), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_credit_changes"),
    )
    op.create_index("ix_credit_changes_entry_id_number", "credit_changes", ["entry_id", "number"])
    _changes_are_for_ever()


def _changes_are_for_ever() -> None:
    """The database itself refuses to change or remove a recorded change."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER credit_changes_no_{act.lower()} BEFORE {act} ON credit_changes "
                "BEGIN SELECT RAISE(ABORT, 'changes of the credit register are for ever'); END"
            )
        return
    op.execute(Path(__file__).with_name("0010_changes_are_for_ever.sql").read_text("utf-8"))


def downgrade() -> None:
    op.drop_table("credit_changes")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION credit_changes_are_for_ever")
    for name in COLUMNS:
        op.drop_column("credit_entries", name)
