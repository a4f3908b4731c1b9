"""The sums of the statistics count the substantive checks; no earlier duty is one."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

COLUMNS = ("check_in_time", "check_late", "check_owed")


def upgrade() -> None:
    for name in COLUMNS:  # the release before counts none of them
        column = sa.Column(name, sa.Integer, nullable=False, server_default="0")
        op.add_column("monthly_totals", column)


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("monthly_totals", name)
