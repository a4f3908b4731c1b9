"""The register of served documents, by the code with which the public verifies them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "served_documents",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_served_documents"),
    )
    op.create_index("ix_served_documents_case_id", "served_documents", ["case_id"])


def downgrade() -> None:
    op.execute("DELETE FROM projection_positions WHERE projection = 'papers'")
    op.drop_table("served_documents")
