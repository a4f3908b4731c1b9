"""All tables of the read database; Alembic compares the real database with them."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    text,
)

NAME_LENGTH = 200
TAIL_LENGTH = 200
"""Characters of a tail in its index; a folded name may be longer, up to 18 times its name."""


class Instant(TypeDecorator[datetime]):
    """A timestamp with time zone, stored in UTC because SQLite stores no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_BYTEWISE = String(TAIL_LENGTH).with_variant(String(TAIL_LENGTH, "C"), "postgresql")
"""Text in bytewise order, so that an index finds prefixes under any locale of the database."""


def _public_index(*columns: str) -> Index:
    """Returns a partial index of the rows with a decision; other rows are never public."""
    decided = text("granted_on IS NOT NULL")
    return Index(None, *columns, postgresql_where=decided, sqlite_where=decided)


projection_positions = Table(
    "projection_positions",
    metadata,
    Column("projection", String(40), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

parked_events = Table(
    "parked_events",
    metadata,
    Column("projection", String(40), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream_id", Uuid, nullable=False),
    Column("error", Text, nullable=False),
    Column("parked_at", Instant, nullable=False),
    # the release before names no reason: it parks only what failed
    Column("reason", String(10), nullable=False, server_default="failed"),
)
"""Events that a projection could not apply, or not read, and the later events of their streams."""

disclosures = Table(
    "disclosures",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("granted_on", Date),  # NULL until the decision; no row is public before it (I12)
    Column("code", String(20)),
    Column("subject_name", String(NAME_LENGTH), nullable=False),
    Column("name_folded", Text, nullable=False),  # the whole name, folded for searches
    Column("subject_code", String(18), nullable=False),
    Column("subject_category", String(20), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("record_type", String(1)),
    Column("item_code", String(12), nullable=False),
    Column("item_name", String(200), nullable=False),
    Column("field", String(40), nullable=False),
    Column("accepting_org", String(200), nullable=False),
    Column("accepting_code", String(18), nullable=False),
    Column("reason", Text),
    Column("content", Text),
    Column("liability", Text),
    Column("committed_on", Date),
    Column("document_number", String(200)),
    Column("document_title", String(200)),
    Column("status", String(20), nullable=False),
    Column("concluded_on", Date),
    Column("conclusion", Text),
    Column("unfulfilled_content", Text),
    Column("breach_consequence", Text),
    Column("sanction_measures", JSON),
    Column("sanction_severity", String(20)),
    Column("sanction_basis", String(400)),
    Column("sanctioned", Boolean, nullable=False),
    Column("sanctioned_on", Date),
    Column("public_from", Date),
    Column("public_earliest_end", Date),
    Column("public_until", Date),  # the last day on which the sanction is public
    Column("updated_at", Instant, nullable=False),
    Column("terms_version", Integer),  # of the item, as the case pinned it
    Column("inspect_by", Date),
    Column("inspect_provisional", Boolean),
    # shown only when the sanction is public
    Column("breach_found_on", Date),
    Column("ordered_on", Date),
    Column("rectify_by", Date),
    # positions in the log: of the decision, and of the last event that changed what is shown
    Column("appeared", BigInteger),
    Column("changed", BigInteger),
    Column("legal_representative", String(200)),
    Index(None, "subject_code"),
    Index(None, "code"),
    # one index for each public list, in the order of the list
    _public_index("committed_on", "code"),
    _public_index("status", "committed_on", "code"),
    _public_index("field", "committed_on", "code"),
    _public_index("kind", "committed_on", "code"),
    _public_index("accepting_code", "committed_on", "code"),
    _public_index("sanctioned", "sanctioned_on", "code"),
    # of the release before, which lists sanctions by the day of the promise
    _public_index("sanctioned", "committed_on", "code"),
    # the change feed: what changed, and what ended
    _public_index("changed"),
    _public_index("public_until", "changed"),
)

name_tails = Table(
    "name_tails",
    metadata,
    Column("tail", _BYTEWISE, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Index(None, "case_id"),
    sqlite_with_rowid=False,  # every column belongs to the primary key
)

audit_trail = Table(
    "audit_trail",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("stream_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("topic", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("person", String(200), nullable=False),
    Column("role", String(40), nullable=False),
    Column("department", String(200), nullable=False),
    Column("department_code", String(18), nullable=False),
    Column("organisation", String(220), nullable=False),  # code and name in one text, for searches
    Column("action", String(60), nullable=False),
    Column("ground", String(60)),
    Column("documents", JSON, nullable=False),  # document numbers as the event spells them
    Column("sentence", Text, nullable=False),
    Index(None, "stream_id", "version", unique=True),
    # the searched column first, then time: an index returns its matches in order of time
    Index(None, "at", "position"),
    Index(None, "person", "at", "position"),
    Index(None, "role", "at", "position"),
    Index(None, "organisation", "at", "position"),
    Index(None, "action", "at", "position"),
    Index(
        None,
        "ground",
        "at",
        "position",
        sqlite_where=text("ground IS NOT NULL"),
        postgresql_where=text("ground IS NOT NULL"),
    ),
)

audit_documents = Table(
    "audit_documents",
    metadata,
    Column("number", String(NAME_LENGTH), primary_key=True),  # folded by `document_key`
    Column("at", Instant, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,  # every column belongs to the primary key
)

audit_cases = Table(
    "audit_cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    # a credit code, or the reference of a natural person, who has no name here
    Column("subject", String(36), nullable=False),
    Column("names", Text, nullable=False),  # every name in the case, folded, one a line
    Column("hands", JSON, nullable=False),  # by key of a person: the roles in which they acted
    Column("doubled", BigInteger),  # position at which somebody acted in a second role
    Index(None, "subject"),
    Index(
        None,
        "doubled",
        sqlite_where=text("doubled IS NOT NULL"),
        postgresql_where=text("doubled IS NOT NULL"),
    ),
)

case_summaries = Table(
    "case_summaries",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("code", String(20)),
    Column("item_code", String(12), nullable=False),
    Column("item_name", String(200), nullable=False),
    Column("applicant", String(200), nullable=False),
    Column("applicant_code", String(18)),  # NULL for a natural person
    Column("accepting_code", String(18), nullable=False),
    Column("supervising_code", String(18), nullable=False),
    Column("next_action", String(20)),
    Column("due_on", Date),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    # each index ends with the full order of the list, so that two lists can be merged
    Index(None, "accepting_code", "opened_at", "case_id"),
    Index(None, "supervising_code", "opened_at", "case_id"),
    Index(None, "stage", "opened_at", "case_id"),
    Index(None, "opened_at", "case_id"),
    Index(None, "applicant_code"),
)

duties = Table(
    "duties",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("action", String(20), primary_key=True),
    Column("about", String(20), primary_key=True),
    Column("due_on", Date, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("since", Integer),  # version of the event that created it; NULL before release 0.3
    Index(None, "due_on", "case_id"),
)

claims = Table(
    "claims",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("action", String(20), primary_key=True),
    Column("about", String(20), primary_key=True),
    Column("since", Integer, nullable=False),  # of the duty: a claim ends with it
    Column("person", String(200), nullable=False),
    Column("at", Instant, nullable=False),
)

catalogue_items = Table(
    "catalogue_items",
    metadata,
    Column("stream_id", Uuid, primary_key=True),
    Column("item_code", String(12), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("field", String(40), nullable=False),
    Column("department", String(200), nullable=False),
    Column("department_code", String(18), nullable=False),
    Column("supervisor", String(200), nullable=False),
    Column("listing", String(20), nullable=False),
    Column("terms", JSON),
    Column("terms_version", Integer, nullable=False),
    Column("listed_on", Date, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

catalogue_terms = Table(
    "catalogue_terms",
    metadata,
    Column("stream_id", Uuid, primary_key=True),
    Column("terms_version", Integer, primary_key=True, autoincrement=False),
    Column("terms", JSON, nullable=False),
    Column("since", Date, nullable=False),
)
"""Every version of the terms of every item, for the cases that were opened under it."""

tolerance_reviews = Table(
    "tolerance_reviews",
    metadata,
    Column("review_id", Uuid, primary_key=True),
    Column("ground", String(40), nullable=False),
    Column("department", String(200), nullable=False),
    Column("department_code", String(18), nullable=False),
    Column("concerned_kind", String(10), nullable=False),
    Column("concerned_department", String(200), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("outcome", String(20)),  # NULL until an authority has decided
    Column("authority", String(200)),
    Column("authority_kind", String(20)),
    Column("document_number", String(200)),
    Column("checked_on", Date),
    Column("decided_on", Date),
    Column("served_on", Date),
    Column("answer_by", Date),  # due date while a reconsideration or an appeal awaits its answer
    Column("requested_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index(None, "requested_at", "review_id"),
    Index(None, "ground", "requested_at", "review_id"),
    # the default name is too long: a rebuild appends to it, and PostgreSQL allows 63 characters
    Index("ix_tolerance_reviews_department", "department_code", "requested_at", "review_id"),
)

tolerance_links = Table(
    "tolerance_links",
    metadata,
    Column("review_id", Uuid, primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("linked", String(36), primary_key=True),  # the id of a case or the code of an item
    Column("version", Integer, nullable=False),
    Index(None, "kind", "linked"),
)
