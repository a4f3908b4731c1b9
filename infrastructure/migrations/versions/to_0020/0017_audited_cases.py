"""Cases as auditors look for them: by applicant, and where one person acted in two roles."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_cases",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("hands", sa.JSON(), nullable=False),
        sa.Column("doubled", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_audit_cases"),
    )
    op.create_index("ix_audit_cases_subject", "audit_cases", ["subject"])
    op.execute(
        "CREATE INDEX ix_audit_cases_doubled ON audit_cases (doubled) WHERE doubled IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DELETE FROM projection_positions WHERE projection = 'audited'")
    op.drop_table("audit_cases")
