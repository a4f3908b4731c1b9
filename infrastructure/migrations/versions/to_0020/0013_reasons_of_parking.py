"""A parked event says why it is parked: written by a newer release, failed, or behind another."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reason = sa.Column("reason", sa.String(length=10), nullable=False, server_default="failed")
    op.add_column("parked_events", reason)


def downgrade() -> None:
    op.drop_column("parked_events", "reason")
