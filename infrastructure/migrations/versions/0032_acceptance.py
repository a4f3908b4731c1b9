"""The sums of the statistics count how applications were accepted and put right; none was yet."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

COLUMNS = tuple(
    f"{step}_{how}" for step in ("accept", "complete") for how in ("in_time", "late", "owed")
)


def upgrade() -> None:
    for name in COLUMNS:  # the release before counts none of them
        column = sa.Column(name, sa.Integer, nullable=False, server_default="0")
        op.add_column("monthly_totals", column)


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("monthly_totals", name)
