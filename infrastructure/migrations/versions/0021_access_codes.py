"""Applicants open their own case with a code that the counter printed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "access_codes",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_by", sa.JSON(), nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.Column("revoked_by", sa.JSON()),
        sa.PrimaryKeyConstraint("digest", name="pk_access_codes"),
    )
    op.create_index("ix_access_codes_case_id", "access_codes", ["case_id"])
    op.create_table(
        "applicant_sessions",
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("code", sa.LargeBinary(32), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_applicant_sessions"),
    )
    op.create_table(
        "failed_tries",
        sa.Column("who", sa.LargeBinary(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("who", name="pk_failed_tries"),
    )


def downgrade() -> None:
    for table in ("failed_tries", "applicant_sessions", "access_codes"):
        op.drop_table(table)
