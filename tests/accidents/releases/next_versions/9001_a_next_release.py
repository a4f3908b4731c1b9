"""The next release adds a table, and a column to the line of a case."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from alembic.config import Config
from alembic.script import ScriptDirectory

from infrastructure import migrations

_config = Config()
_config.set_main_option("script_location", str(Path(migrations.__file__).parent))
_config.set_main_option("recursive_version_locations", "true")
revision = "9001"
down_revision = ScriptDirectory.from_config(_config).get_current_head()
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("plans", sa.Column("case_id", sa.Uuid(), primary_key=True))
    op.add_column("case_summaries", sa.Column("weather", sa.String(length=20), nullable=True))
    op.add_column("commands", sa.Column("release", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("commands", "release")
    op.drop_column("case_summaries", "weather")
    op.drop_table("plans")
