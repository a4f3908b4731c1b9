"""The database knows the keys of its installation, and which credit records a lost one leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("check_value", sa.LargeBinary(length=32), nullable=False),
        sa.Column("public", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.Column("end_reason", sa.String(length=400), nullable=True),
        sa.PrimaryKeyConstraint("kind", "version", name="pk_secrets"),
    )
    op.add_column("credit_entries", sa.Column("lost_key", sa.String(length=16), nullable=True))
    op.create_index("ix_credit_entries_lost_key", "credit_entries", ["lost_key"])


def downgrade() -> None:
    op.drop_index("ix_credit_entries_lost_key", "credit_entries")
    op.drop_column("credit_entries", "lost_key")
    op.drop_table("secrets")
