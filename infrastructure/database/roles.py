"""The two roles of a PostgreSQL database: the owner of the tables, and the role of the service.

The service may read everything and change only what this table says; it may not define, truncate
or own anything, so it can neither switch off a trigger nor remove what is kept for ever.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, inspect, make_url, text

from domain.kernel.errors import DomainError

KEPT, CHANGED, REPLACED = ("INSERT",), ("INSERT", "UPDATE"), ("INSERT", "UPDATE", "DELETE")
RIGHTS: Mapping[str, tuple[str, ...]] = {
    "events": KEPT,
    "log_head": ("UPDATE",),
    "commands": KEPT,
    "commitment_serials": CHANGED,
    "document_numbers": KEPT,
    "vault": CHANGED,
    "vault_versions": KEPT,
    "organisation_names": CHANGED,
    "credit_entries": CHANGED,
    "credit_changes": KEPT,
    "marks": CHANGED,
    "secrets": CHANGED,
    "clock_confirmations": KEPT,
    "log_restorations": KEPT,
    "outbox": CHANGED,
    "credit_intake": KEPT,
    "reads": KEPT,
    "sessions": REPLACED,
    "form_drafts": REPLACED,
    "uploads": REPLACED,
    "files": KEPT,
    "file_keys": CHANGED,
    "access_codes": CHANGED,
    "applicant_sessions": REPLACED,
    "failed_tries": REPLACED,
    "exports": CHANGED,
    "parked_events": REPLACED,
    "log_tiles": CHANGED,
    "checkpoints": CHANGED,
    "cosignatures": KEPT,
    "verifications": KEPT,
    "projection_positions": CHANGED,
    "disclosures": REPLACED,
    "name_tails": REPLACED,
    "audit_trail": REPLACED,
    "audit_documents": REPLACED,
    "audit_cases": REPLACED,
    "served_documents": REPLACED,
    "holdings": REPLACED,
    "case_summaries": CHANGED,
    "duties": REPLACED,
    "claims": REPLACED,
    "catalogue_items": REPLACED,
    "catalogue_terms": REPLACED,
    "tolerance_reviews": REPLACED,
    "tolerance_links": REPLACED,
    "law_articles": REPLACED,
    "case_counts": REPLACED,
    "monthly_totals": REPLACED,
    "decision_minutes": REPLACED,
    "alembic_version": (),
}
"""What the role of the service may do to each table beside reading it."""


class NoSuchRole(DomainError):
    """The role of the service does not exist in the database."""

    code, title = "no-such-role", "数据库角色不存在"


def grant(owner: Engine, url: str) -> None:
    """Gives the role of this database URL its rights; does nothing if it is the owner's own.

    Raises NoSuchRole if there is no such role.
    """
    role = make_url(url).username
    if owner.dialect.name == "sqlite" or role in (None, owner.url.username):
        return
    with owner.begin() as db:
        if not db.scalar(text("SELECT true FROM pg_roles WHERE rolname = :role"), {"role": role}):
            raise NoSuchRole(f"数据库里没有角色“{role}”：请先由管理员建立它（CREATE ROLE … LOGIN）")
        _grant(db, owner.dialect.identifier_preparer.quote(str(role)))


def owns_the_log(engine: Engine) -> bool:
    """True if the role of these connections may change how the tables of the log are made."""
    if engine.dialect.name == "sqlite":
        return False
    owner = "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = 'events'::regclass"
    with engine.connect() as db:
        return bool(db.scalar(text(owner)))


def _grant(db: Connection, role: str) -> None:
    for table in inspect(db).get_table_names():
        db.execute(text(f"REVOKE ALL ON {table} FROM {role}"))
        rights = ", ".join(("SELECT", *RIGHTS.get(table, REPLACED)))
        db.execute(text(f"GRANT {rights} ON {table} TO {role}"))
    db.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"))
    # a rebuild makes a fresh table: it must have its rights the moment it takes the old one's place
    fresh = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT"
    db.execute(text(f"{fresh} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"))
    db.execute(text(f"{fresh} USAGE ON SEQUENCES TO {role}"))
