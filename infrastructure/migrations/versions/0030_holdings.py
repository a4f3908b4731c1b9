"""What the city holds of each subject, and the count of what was therefore not asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holdings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("material", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("holder_code", sa.String(length=18), nullable=False),
        sa.Column("digest", sa.String(length=64)),
        sa.Column("valid_until", sa.Date()),
        sa.Column("held_on", sa.Date()),
        sa.Column("version", sa.Integer()),
        sa.Column("position", sa.BigInteger()),
        sa.PrimaryKeyConstraint("case_id", "material", name="pk_holdings"),
    )
    op.create_index("ix_holdings_subject_position", "holdings", ["subject", "position"])
    # the release before counts no such material
    counted = sa.Column("not_asked", sa.Integer, nullable=False, server_default="0")
    op.add_column("monthly_totals", counted)


def downgrade() -> None:
    op.drop_column("monthly_totals", "not_asked")
    op.execute("DELETE FROM projection_positions WHERE projection = 'holdings'")
    op.drop_table("holdings")
