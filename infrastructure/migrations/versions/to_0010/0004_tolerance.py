"""The tolerance trail: a row for every review, and its links to cases and items."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GROUND = ("ground_requested_at_review_id", "ground")
DEPARTMENT = ("department", "department_code")


def upgrade() -> None:
    _tolerance_reviews()
    _tolerance_links()


def _tolerance_reviews() -> None:
    op.create_table(
        "tolerance_reviews",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("department_code", sa.String(length=18), nullable=False),
        sa.Column("concerned_kind", sa.String(length=10), nullable=False),
        sa.Column("concerned_department", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("authority", sa.String(length=200), nullable=True),
        sa.Column("authority_kind", sa.String(length=20), nullable=True),
        sa.Column("document_number", sa.String(length=200), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("review_id", name="pk_tolerance_reviews"),
    )
    for name, *first in (("requested_at_review_id",), GROUND, DEPARTMENT):
        columns = [*first, "requested_at", "review_id"]
        op.create_index(f"ix_tolerance_reviews_{name}", "tolerance_reviews", columns)


def _tolerance_links() -> None:
    op.create_table(
        "tolerance_links",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("linked", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("review_id", "kind", "linked", name="pk_tolerance_links"),
    )
    op.create_index("ix_tolerance_links_kind_linked", "tolerance_links", ["kind", "linked"])


def downgrade() -> None:
    op.drop_table("tolerance_links")
    op.drop_table("tolerance_reviews")
