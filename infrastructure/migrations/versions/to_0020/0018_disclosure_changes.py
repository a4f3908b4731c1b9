"""An entry of the public list knows its terms, its dates and its place in the change feed."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = (
    ("terms_version", sa.Integer()),
    ("inspect_by", sa.Date()),
    ("inspect_provisional", sa.Boolean()),
    ("breach_found_on", sa.Date()),
    ("ordered_on", sa.Date()),
    ("rectify_by", sa.Date()),
    ("appeared", sa.BigInteger()),
    ("changed", sa.BigInteger()),
)
INDEXES = (
    ("accepting_code", "committed_on", "code"),
    ("sanctioned", "sanctioned_on", "code"),
    ("changed",),
    ("public_until", "changed"),
)
DECIDED = sa.text("granted_on IS NOT NULL")


def _name(columns: tuple[str, ...]) -> str:
    return f"ix_disclosures_{'_'.join(columns)}"


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("disclosures", sa.Column(name, kind))
    for columns in INDEXES:
        op.create_index(
            *(_name(columns), "disclosures", columns),
            postgresql_where=DECIDED,
            sqlite_where=DECIDED,
        )
    op.create_table(
        "catalogue_terms",
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("terms_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "terms_version", name="pk_catalogue_terms"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM projection_positions WHERE projection = 'terms'")
    op.drop_table("catalogue_terms")
    for columns in INDEXES:
        op.drop_index(_name(columns), "disclosures")
    for name, _ in reversed(COLUMNS):
        op.drop_column("disclosures", name)
