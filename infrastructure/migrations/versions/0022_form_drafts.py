"""Half-filled forms of officers are kept on the server."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_drafts",
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "stream_id", "form_key", name="pk_form_drafts"),
    )
    op.create_index("ix_form_drafts_saved_at", "form_drafts", ["saved_at"])


def downgrade() -> None:
    op.drop_table("form_drafts")
