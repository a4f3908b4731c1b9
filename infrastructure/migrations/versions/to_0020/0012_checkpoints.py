"""Checkpoints are linked and never removed, nor are the keys of commands; cosignatures have a table."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSED = {
    "checkpoints_no_delete": ("DELETE ON checkpoints", "1"),
    "checkpoints_only_grow": (
        "UPDATE ON checkpoints",
        "NEW.size <> OLD.size OR NEW.root <> OLD.root OR NEW.sealed_at <> OLD.sealed_at"
        " OR NEW.link IS NOT OLD.link"
        " OR substr(NEW.note, 1, length(OLD.note)) <> OLD.note",
    ),
    "cosignatures_no_delete": ("DELETE ON cosignatures", "1"),
    "cosignatures_no_update": ("UPDATE ON cosignatures", "1"),
    "commands_no_delete": ("DELETE ON commands", "1"),
    "commands_no_update": ("UPDATE ON commands", "1"),
}
"""What SQLite refuses, by the name of the trigger: the act on a table, and the condition."""


def upgrade() -> None:
    op.add_column("checkpoints", sa.Column("link", sa.Text(), nullable=True))
    op.add_column("marks", sa.Column("value", sa.Text(), nullable=True))
    op.create_table(
        "cosignatures",
        sa.Column("number", BIG_KEY, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cosignatures"),
    )
    op.create_index("ix_cosignatures_size", "cosignatures", ["size"])
    _keep_cosignatures()
    op.execute(
        "INSERT INTO marks (name, set_at, value)"
        " SELECT 'recorded-in-order', CURRENT_TIMESTAMP, CAST(size AS VARCHAR(20)) FROM log_head"
    )
    if op.get_bind().dialect.name == "sqlite":
        for name, (act, condition) in REFUSED.items():
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
    else:
        op.execute(Path(__file__).with_name("0012_for_ever.sql").read_text("utf-8"))


def _keep_cosignatures() -> None:
    """Copies the witnesses' lines that stand on the checkpoints: those of another name than ours."""
    db = op.get_bind()
    for size, note in db.execute(sa.text("SELECT size, note FROM checkpoints ORDER BY size")).all():
        ours = f"— {note.partition(chr(10))[0]} "
        for line in note.rpartition("\n\n")[2].splitlines():
            if not line.startswith(ours):
                row = sa.text("INSERT INTO cosignatures (size, line) VALUES (:size, :line)")
                db.execute(row, {"size": size, "line": line})


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in REFUSED:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name, table in (("note_only_grows", "checkpoints"), ("kept", "checkpoints")):
            op.execute(f"DROP TRIGGER checkpoints_{name} ON {table}")
        op.execute("DROP TRIGGER commands_kept ON commands")
    op.drop_table("cosignatures")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION note_only_grows")
        op.execute("DROP FUNCTION row_is_kept")
    op.execute("DELETE FROM marks WHERE name = 'recorded-in-order'")
    op.drop_column("marks", "value")
    op.drop_column("checkpoints", "link")
