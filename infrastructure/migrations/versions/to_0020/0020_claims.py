"""Who is at a duty; and the notice of a sanction is owed, in cases under way too."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# the release before owed the sanction alone: the notice is due by the day that it recorded
NOTICES = """
INSERT INTO duties (case_id, action, about, due_on, provisional)
SELECT d.case_id, 'forewarn', '', d.due_on, d.provisional FROM duties d
WHERE d.action = 'penalize' AND NOT EXISTS (
    SELECT 1 FROM events e
    WHERE e.stream_id = d.case_id AND e.topic = 'case/sanction-forewarned'
)"""


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "action", "about", name="pk_claims"),
    )
    op.add_column("duties", sa.Column("since", sa.Integer(), nullable=True))
    op.execute(NOTICES)


def downgrade() -> None:
    op.execute("DELETE FROM duties WHERE action = 'forewarn'")
    op.drop_column("duties", "since")
    op.drop_table("claims")
