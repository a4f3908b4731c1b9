"""Files are kept: uploads for a day, the files of cases and reviews, and the keys of owners."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def _facts() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sm3", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("person", sa.String(length=200), nullable=False),
        *_facts(),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "sha256", name="pk_uploads"),
    )
    op.create_index("ix_uploads_uploaded_at", "uploads", ["uploaded_at"])
    op.create_table(
        "files",
        sa.Column("owner", sa.Uuid(), nullable=False),
        *_facts(),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("person", sa.Uuid()),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "sha256", name="pk_files"),
    )
    op.create_index("ix_files_person", "files", ["person"])
    op.create_table(
        "file_keys",
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("owner", name="pk_file_keys"),
    )


def downgrade() -> None:
    for table in ("file_keys", "files", "uploads"):
        op.drop_table(table)
