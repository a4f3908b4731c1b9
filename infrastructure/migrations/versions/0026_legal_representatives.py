"""An entry of the public list names the legal representative of an organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("disclosures", sa.Column("legal_representative", sa.String(length=200)))


def downgrade() -> None:
    op.drop_column("disclosures", "legal_representative")
