"""The first schema: the event log, the other tables of the write side, and the read database."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for create in TABLES:
        create()
    op.execute("INSERT INTO log_head (head, size) VALUES (1, 0)")
    _events_are_for_ever()


def _audit_trail() -> None:
    op.create_table(
        "audit_trail",
        sa.Column("position", BIG_KEY, nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_trail"),
    )
    op.create_index("ix_audit_trail_person_position", "audit_trail", ["person", "position"])
    op.create_index(
        "ix_audit_trail_stream_id_version", "audit_trail", ["stream_id", "version"], unique=True
    )


def _case_summaries() -> None:
    op.create_table(
        "case_summaries",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("item_code", sa.String(length=12), nullable=False),
        sa.Column("item_name", sa.String(length=200), nullable=False),
        sa.Column("applicant", sa.String(length=200), nullable=False),
        sa.Column("accepting_code", sa.String(length=18), nullable=False),
        sa.Column("supervising_code", sa.String(length=18), nullable=False),
        sa.Column("next_action", sa.String(length=20), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_summaries"),
    )
    for first in (["accepting_code"], ["supervising_code"], ["stage"], []):
        columns = [*first, "opened_at", "case_id"]
        op.create_index(f"ix_case_summaries_{'_'.join(columns)}", "case_summaries", columns)


def _catalogue_items() -> None:
    op.create_table(
        "catalogue_items",
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("department_code", sa.String(length=18), nullable=False),
        sa.Column("supervisor", sa.String(length=200), nullable=False),
        sa.Column("listing", sa.String(length=20), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stream_id", name="pk_catalogue_items"),
        sa.UniqueConstraint("item_code", name="uq_catalogue_items_item_code"),
    )


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("command_id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("command_id", name="pk_commands"),
    )


def _commitment_serials() -> None:
    op.create_table(
        "commitment_serials",
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "day", name="pk_commitment_serials"),
    )


def _credit_entries() -> None:
    op.create_table(
        "credit_entries",
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("excludes", sa.String(length=2), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_credit_entries"),
    )
    op.create_index("ix_credit_entries_subject", "credit_entries", ["subject"])


def _credit_intake() -> None:
    op.create_table(
        "credit_intake",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credit_intake"),
    )


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("subject_name", sa.String(length=200), nullable=False),
        sa.Column("name_folded", sa.String(length=200), nullable=False),
        sa.Column("subject_code", sa.String(length=18), nullable=False),
        sa.Column("subject_category", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("record_type", sa.String(length=1), nullable=True),
        sa.Column("item_code", sa.String(length=12), nullable=False),
        sa.Column("item_name", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("accepting_org", sa.String(length=200), nullable=False),
        sa.Column("accepting_code", sa.String(length=18), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("liability", sa.Text(), nullable=True),
        sa.Column("committed_on", sa.Date(), nullable=True),
        sa.Column("document_number", sa.String(length=200), nullable=True),
        sa.Column("document_title", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("unfulfilled_content", sa.Text(), nullable=True),
        sa.Column("breach_consequence", sa.Text(), nullable=True),
        sa.Column("sanction_measures", sa.JSON(), nullable=True),
        sa.Column("sanction_severity", sa.String(length=20), nullable=True),
        sa.Column("sanction_basis", sa.String(length=400), nullable=True),
        sa.Column("sanctioned", sa.Boolean(), nullable=False),
        sa.Column("sanctioned_on", sa.Date(), nullable=True),
        sa.Column("public_from", sa.Date(), nullable=True),
        sa.Column("public_earliest_end", sa.Date(), nullable=True),
        sa.Column("public_until", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_disclosures"),
    )
    op.create_index("ix_disclosures_code", "disclosures", ["code"])
    op.create_index("ix_disclosures_subject_code", "disclosures", ["subject_code"])
    decided = sa.text("granted_on IS NOT NULL")
    for first in ([], ["status"], ["field"], ["kind"], ["sanctioned"]):
        columns = [*first, "committed_on", "code"]
        name = f"ix_disclosures_{'_'.join(columns)}"
        op.create_index(
            name, "disclosures", columns, postgresql_where=decided, sqlite_where=decided
        )


def _duties() -> None:
    op.create_table(
        "duties",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "action", "about", name="pk_duties"),
    )
    op.create_index("ix_duties_due_on_case_id", "duties", ["due_on", "case_id"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("position", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("command_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_events"),
        sa.UniqueConstraint("stream_id", "version", name="uq_events_stream_id_version"),
    )


def _log_head() -> None:
    one_row = sa.CheckConstraint("head = 1", name="one_row")
    op.create_table(
        "log_head",
        sa.Column("head", sa.Integer(), one_row, autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("head", name="pk_log_head"),
    )


def _marks() -> None:
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )


def _name_tails() -> None:
    bytewise = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
    op.create_table(
        "name_tails",
        sa.Column("tail", bytewise, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tail", "case_id", name="pk_name_tails"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_tails_case_id", "name_tails", ["case_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_outbox"),
    )
    op.execute(
        "CREATE INDEX ix_outbox_untold ON outbox (stream_id, position) WHERE state <> 'told'"
    )


def _parked_events() -> None:
    op.create_table(
        "parked_events",
        sa.Column("projection", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("projection", "position", name="pk_parked_events"),
    )


def _projection_positions() -> None:
    op.create_table(
        "projection_positions",
        sa.Column("projection", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("projection", name="pk_projection_positions"),
    )


def _vault() -> None:
    op.create_table(
        "vault",
        sa.Column("ref", sa.Uuid(), nullable=False),
        sa.Column("blind_index", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sheltered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_vault"),
        sa.UniqueConstraint("blind_index", name="uq_vault_blind_index"),
    )


TABLES = (
    _audit_trail,
    _case_summaries,
    _catalogue_items,
    _commands,
    _commitment_serials,
    _credit_entries,
    _credit_intake,
    _disclosures,
    _duties,
    _events,
    _log_head,
    _marks,
    _name_tails,
    _outbox,
    _parked_events,
    _projection_positions,
    _vault,
)
"""The functions that create the tables; each is named after its table."""


def _events_are_for_ever() -> None:
    """The database itself refuses to change or remove an event."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_no_{act.lower()} BEFORE {act} ON events "
                "BEGIN SELECT RAISE(ABORT, 'events are for ever'); END"
            )
        return
    op.execute(Path(__file__).with_name("0001_events_are_for_ever.sql").read_text("utf-8"))


def downgrade() -> None:
    for create in reversed(TABLES):
        op.drop_table(create.__name__.removeprefix("_"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_event")
        op.execute("DROP FUNCTION events_are_for_ever")
