"""Statistics: what is counted of each case, and the sums by month."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TALLIES = (
    *("accepted", "granted", "refused", "diverted", "same_day", "deferred"),
    *("passed", "breached", "ordered", "rectified", "rectified_in_time", "unrectified"),
    *("penalized", "spared"),
)
STEPS = (
    *("query", "notify", "commit", "decide", "supply", "review"),
    *("inspect", "rectify", "forewarn", "hear", "penalize"),
)


def upgrade() -> None:
    _case_counts()
    _monthly_totals()
    op.create_table(
        "decision_minutes",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("accepting_code", sa.String(18), nullable=False),
        sa.Column("person", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "accepting_code", "person", "minutes", name="pk_decision_minutes"
        ),
        sqlite_with_rowid=False,
    )


def _case_counts() -> None:
    op.create_table(
        "case_counts",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.String(12), nullable=False),
        sa.Column("item_name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("person", sa.Boolean(), nullable=False),
        sa.Column("accepting_code", sa.String(18), nullable=False),
        sa.Column("accepting", sa.String(200), nullable=False),
        sa.Column("supervising_code", sa.String(18), nullable=False),
        sa.Column("supervising", sa.String(200), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("owed", sa.JSON(), nullable=False),
        sa.Column("settled", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_counts"),
    )


def _monthly_totals() -> None:
    results = [f"{step}_{how}" for step in STEPS for how in ("in_time", "late", "owed")]
    key = (
        *("month", "accepting_code", "supervising_code", "person", "item_code", "kind"),
        *("item_name", "accepting", "supervising"),
    )
    op.create_table(
        "monthly_totals",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("accepting_code", sa.String(18), nullable=False),
        sa.Column("supervising_code", sa.String(18), nullable=False),
        sa.Column("person", sa.Boolean(), nullable=False),
        sa.Column("item_code", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("item_name", sa.String(200), nullable=False),
        sa.Column("accepting", sa.String(200), nullable=False),
        sa.Column("supervising", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*TALLIES, *results)),
        sa.PrimaryKeyConstraint(*key, name="pk_monthly_totals"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.execute("DELETE FROM projection_positions WHERE projection = 'statistics'")
    for table in ("decision_minutes", "monthly_totals", "case_counts"):
        op.drop_table(table)
