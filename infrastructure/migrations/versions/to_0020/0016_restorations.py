"""Restorations of the log from a backup are on record."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "log_restorations",
        sa.Column("position", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("former", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", "former", name="pk_log_restorations"),
    )


def downgrade() -> None:
    op.drop_table("log_restorations")
