"""The tables of the write side, for SQLite and PostgreSQL; the read tables share their metadata."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

import projections.holdings.tables
import projections.law.tables
import projections.papers.tables
import projections.statistics.tables  # noqa: F401
from projections.read_model.tables import Instant, metadata

BigKey = BigInteger().with_variant(Integer, "sqlite")

log_head = Table(
    "log_head",
    metadata,
    Column(
        "head",
        Integer,
        CheckConstraint("head = 1", name="one_row"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("size", BigInteger, nullable=False),
)
"""One row with the size of the log.  Each append locks it, so positions follow the order of commits
and have no gaps."""

events = Table(
    "events",
    metadata,
    Column("position", BigKey, primary_key=True, autoincrement=False),
    Column("stream_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("topic", String(80), nullable=False),
    Column("data", Text, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("command_id", String(64)),
    UniqueConstraint("stream_id", "version"),
)

commands = Table(
    "commands",
    metadata,
    Column("command_id", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("stream_id", Uuid),
    Column("version", Integer),
    Column("at", Instant, nullable=False),
)
"""Idempotency keys: the request that each was used for, and the version that resulted."""

commitment_serials = Table(
    "commitment_serials",
    metadata,
    Column("region", String(6), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

document_numbers = Table(
    "document_numbers",
    metadata,
    Column("claim", String(64), primary_key=True),
    Column("organ", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("stream_id", Uuid, nullable=False),
)
"""The numbers of documents, each unique within its organ and year.

`claim` is the hash of the three, because folded texts can be longer than a key may be."""

vault = Table(
    "vault",
    metadata,
    Column("ref", Uuid, primary_key=True),
    Column("blind_index", String(64), nullable=False, unique=True),
    Column("wrapped_key", LargeBinary),
    Column("sheltered_at", Instant, nullable=False),
)
"""Natural persons, each with a key of their own; without that key their data is unreadable."""

vault_versions = Table(
    "vault_versions",
    metadata,
    Column("ref", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("since", Instant, nullable=False),
    Column("origin", String(20), nullable=False),
    # of the command, and its actor; NULL for rows older than this table
    Column("correlation", Uuid),
    Column("given_by", String(200)),
)
"""What was registered of each person, from when, by whom and by which command; each version is
encrypted with the person's key.  The newest version is valid now."""

organisation_names = Table(
    "organisation_names",
    metadata,
    Column("code", String(18), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("since", Instant, nullable=False),
)
"""The name under which each organisation is registered now; its earlier names are in the events."""

credit_entries = Table(
    "credit_entries",
    metadata,
    Column("entry_id", String(64), primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("document", String(200), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("details", JSON, nullable=False),
    Column("excludes", String(2)),
    Column("imported_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("withdrawn_by", String(200)),
    Column("withdrawal_reason", String(200)),
    Column("lost_key", String(16)),
    Index(None, "subject"),
    Index(None, "lost_key"),
)
"""The embedded credit register; `subject` is a credit code, or a person's blind index.

A withdrawn record excludes nobody.  `lost_key` is set when the vault's key is given up: the blind
index was made with that key, so no person can be found by it any more."""

credit_changes = Table(
    "credit_changes",
    metadata,
    Column("number", BigKey, primary_key=True),
    Column("entry_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(200), nullable=False),
    Column("change", String(20), nullable=False),
    Column("record", JSON, nullable=False),
    Index(None, "entry_id", "number"),
)
"""Every change of the credit register: by whom, and the record afterwards; append-only."""

marks = Table(
    "marks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("set_at", Instant, nullable=False),
    Column("value", Text),
)
"""Facts about this database, e.g. that its content was invented for a demonstration."""

secrets = Table(
    "secrets",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("key_id", String(16), nullable=False),
    Column("check_value", LargeBinary(32), nullable=False),
    Column("public", Text),
    Column("state", String(10), nullable=False),
    Column("since", Instant, nullable=False),
    Column("by", String(200)),
    Column("reason", String(400)),
    Column("ended_at", Instant),
    Column("ended_by", String(200)),
    Column("end_reason", String(400)),
)
"""The keys of this installation, by which their files are recognised; none can be found from it."""

clock_confirmations = Table(
    "clock_confirmations",
    metadata,
    Column("number", BigKey, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("log_size", BigInteger, nullable=False),
    Column("by", String(200), nullable=False),
)
"""Who found the clock right, what it showed then, and how many events there were; append-only."""

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigKey, primary_key=True, autoincrement=False),
    Column("stream_id", Uuid, nullable=False),
    Column("topic", String(80), nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tried_at", Instant),
    Column("answer", Text),
)
"""Transactional outbox: messages for other systems, written with the event, delivered at least once
afterwards."""

UNDELIVERED = text("state <> 'told'")
Index(
    "ix_outbox_untold",
    outbox.c.stream_id,
    outbox.c.position,
    sqlite_where=UNDELIVERED,
    postgresql_where=UNDELIVERED,
)
"""Partial index of the undelivered messages; delivered ones do not make it larger."""

credit_intake = Table(
    "credit_intake",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("code", String(20)),
    Column("topic", String(80), nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("taken_at", Instant, nullable=False),
)
"""Messages that the embedded credit platform has received; a repeated one is stored once."""

reads = Table(
    "reads",
    metadata,
    Column("number", BigKey, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("person", String(200), nullable=False),
    Column("role", String(40), nullable=False),
    Column("department_code", String(18), nullable=False),
    Column("department", String(200), nullable=False),
    Column("what", String(20), nullable=False),
    Column("stream_id", Uuid),
    Column("purpose", String(200), nullable=False),
    Column("request_id", Uuid, nullable=False),
    Column("details", JSON, nullable=False),
    Index(None, "stream_id", "number"),
    Index(None, "person", "number"),
    Index(None, "what", "number"),
    Index(None, "at"),
)
"""Access log: who read what, when and for what purpose; append-only (个人信息保护法 51, 54)."""

sessions = Table(
    "sessions",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("actor", JSON, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
)
"""Sessions of the pages; `key` is the SHA-256 of the secret that the browser holds."""

form_drafts = Table(
    "form_drafts",
    metadata,
    Column("person", String(200), primary_key=True),
    Column("stream_id", Uuid, primary_key=True),
    Column("form_key", Uuid, primary_key=True),
    Column("form", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Index(None, "saved_at"),
)
"""Half-filled forms of officers, each for its author only, until it is sent or for 30 days."""

LIVE = text("revoked_at IS NULL")
access_codes = Table(
    "access_codes",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by", JSON, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_by", JSON),
    Index(None, "case_id"),
    Index("uq_access_codes_live", "case_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
)
"""The codes with which applicants open their own case, one live code a case at most; `digest` is
the SHA-256 of the code."""

applicant_sessions = Table(
    "applicant_sessions",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("code", LargeBinary(32), nullable=False),
    Column("seen_at", Instant, nullable=False),
)
"""Sessions of applicants; `key` is the SHA-256 of the secret in the browser, `code` that of the
code with which the session began."""

failed_tries = Table(
    "failed_tries",
    metadata,
    Column("who", LargeBinary(32), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)
"""Wrong codes and numbers in a row; `who` is the SHA-256 of what is slowed down by them."""

exports = Table(
    "exports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("asked_at", Instant, nullable=False),
    Column("person", String(200), nullable=False),
    Column("role", String(40), nullable=False),
    Column("department", String(200), nullable=False),
    Column("search", JSON, nullable=False),
    Column("format", String(10), nullable=False),
    Column("state", String(20), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("upto", BigInteger),
    Column("sha256", String(64)),
    Column("reason", String(400)),
    Column("touched_at", Instant, nullable=False),
    Index(None, "asked_at", "id"),
)
"""Every export of the audit trail, with its requester and query; the row of an ended export never
changes, and no row is ever removed."""

WAITING_EXPORT = text("state = 'waiting'")
Index(
    "ix_exports_waiting",
    exports.c.asked_at,
    exports.c.id,
    sqlite_where=WAITING_EXPORT,
    postgresql_where=WAITING_EXPORT,
)
"""Partial index of the waiting exports; it is read whenever the log grows, and is usually empty."""
