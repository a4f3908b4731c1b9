"""The register of names, and the versions of a person in the vault.

Both are filled from what is stored: of an organisation, the newest name that a case was opened
under; of a person, the one version that the vault has.  The line of a case gets the applicant's
code, by which the cases of one organisation are found.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
events = sa.table(
    "events",
    *(sa.column("position", sa.BigInteger), sa.column("stream_id", sa.Uuid)),
    *(sa.column("topic", sa.String), sa.column("data", sa.Text)),
)
lines = sa.table("case_summaries", sa.column("case_id", sa.Uuid), sa.column("applicant_code"))
names = sa.table(
    "organisation_names", sa.column("code"), sa.column("name"), sa.column("since", INSTANT)
)
PAGE = 1000


def upgrade() -> None:
    op.create_table(
        "organisation_names",
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_organisation_names"),
    )
    op.add_column("case_summaries", sa.Column("applicant_code", sa.String(length=18)))
    _take_over_organisations()
    op.create_index("ix_case_summaries_applicant_code", "case_summaries", ["applicant_code"])
    op.create_table(
        "vault_versions",
        sa.Column("ref", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("correlation", sa.Uuid(), nullable=True),
        sa.Column("given_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("ref", "number", name="pk_vault_versions"),
    )
    op.execute(
        "INSERT INTO vault_versions (ref, number, sealed, since, origin)"
        " SELECT ref, 1, sealed, sheltered_at, 'given' FROM vault"
    )
    with op.batch_alter_table("vault") as table:
        table.drop_column("sealed")


def _take_over_organisations() -> None:
    """Fills the register and the lines; of several names of one code, the newest is registered."""
    db = op.get_bind()
    register: dict[str, dict[str, Any]] = {}
    for page in _openings(db):
        db.execute(
            lines.update()
            .where(lines.c.case_id == sa.bindparam("id"))
            .values(applicant_code=sa.bindparam("code")),
            [{"id": row["id"], "code": row["code"]} for row in page],
        )
        register |= {row["code"]: row for row in page}
    if register:
        db.execute(
            names.insert(),
            [{name: row[name] for name in ("code", "name", "since")} for row in register.values()],
        )


def _openings(db: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """Yields the applicants of all cases that are organisations, oldest first, in pages."""
    opened = sa.select(events).where(events.c.topic == "case/case-opened")
    opened = opened.order_by(events.c.position).limit(PAGE)
    last = 0
    while rows := db.execute(opened.where(events.c.position > last)).all():
        last = rows[-1].position
        if organisations := [row for row in map(_applicant, rows) if row]:
            yield organisations


def _applicant(row: sa.Row[Any]) -> dict[str, Any] | None:
    said = json.loads(row.data)
    who, at = said["applicant"], datetime.fromisoformat(said["timestamp"]).astimezone(UTC)
    if who["kind"] != "organisation":
        return None
    return {"id": row.stream_id, "code": who["code"], "name": who["name"], "since": at}


def downgrade() -> None:
    """Keeps of each person the first version, which is the only one the release before can open."""
    op.add_column("vault", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE vault SET sealed = (SELECT sealed FROM vault_versions AS first"
        " WHERE first.ref = vault.ref AND first.number = 1)"
    )
    with op.batch_alter_table("vault") as table:
        table.alter_column("sealed", existing_type=sa.LargeBinary(), nullable=False)
    op.drop_table("vault_versions")
    op.drop_index("ix_case_summaries_applicant_code", "case_summaries")
    with op.batch_alter_table("case_summaries") as table:
        table.drop_column("applicant_code")
    op.drop_table("organisation_names")
