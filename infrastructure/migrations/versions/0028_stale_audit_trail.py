"""Marks the audit trail, whose sentences are told otherwise now; `xinnuo migrate` rebuilds it."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STALE = ("audit",)
marks = sa.table(
    "marks",
    sa.column("name", sa.String),
    sa.column("set_at", sa.DateTime(timezone=True)),
    sa.column("value", sa.Text),
)
positions = sa.table("projection_positions", sa.column("projection", sa.String))


def upgrade() -> None:
    db, now = op.get_bind(), datetime.now(UTC)
    folded = db.scalars(sa.select(positions.c.projection)).all()
    for name in STALE:
        if name in folded:
            db.execute(sa.insert(marks).values(name=f"stale-{name}", set_at=now))


def downgrade() -> None:
    names = [f"stale-{name}" for name in STALE]
    op.get_bind().execute(sa.delete(marks).where(marks.c.name.in_(names)))
