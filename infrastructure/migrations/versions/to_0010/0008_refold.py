"""One folding: whatever an older folding has keyed is keyed again by the folding of the program.

Keys of the credit register, folded names and their tails are computed here, so that no query finds
less while the service starts.  The index of document numbers is rebuilt from the log by its
projection.  Blind indexes stay: `tidy` returns the same for every number that an earlier release
has accepted.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from domain.values.folding import fold, number_key, tidy
from projections.disclosures.name_search import tails

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PAGE = 1000
BLIND = 64
"""The length of a blind index; every other subject of the register is a credit code."""

Record = sa.Row[Any]
entries = sa.table(
    "credit_entries",
    *map(sa.column, ("entry_id", "subject", "kind", "document", "imported_at", "excludes")),
)
disclosures = sa.table("disclosures", *map(sa.column, ("case_id", "subject_name", "name_folded")))
name_tails = sa.table("name_tails", *map(sa.column, ("tail", "case_id")))
events = sa.table("events", *map(sa.column, ("position", "stream_id", "topic", "data")))


def upgrade() -> None:
    db = op.get_bind()
    _key_the_register(db, number_key)
    _widen_the_folded_name()
    _refold_names(db)
    _refold_tails(db)
    _forget("documents", "audit_documents")


def _key_the_register(db: sa.Connection, key_of: Callable[[str], str]) -> None:
    """Keys every record by its subject, its kind and its folded document number.

    Of several records with one key the one of the highest standing stays.
    """
    groups: dict[str, list[Record]] = {}
    for row in db.execute(sa.select(entries)).all():
        identity = "\n".join([_subject(row), row.kind, key_of(row.document)])
        groups.setdefault(hashlib.sha256(identity.encode()).hexdigest(), []).append(row)
    kept = {key: max(rows, key=_standing) for key, rows in groups.items()}
    staying = {row.entry_id for row in kept.values()}
    gone = [row.entry_id for rows in groups.values() for row in rows if row.entry_id not in staying]
    moved = [
        {"old": row.entry_id, "new": key, "code": _subject(row)}
        for key, row in kept.items()
        if (row.entry_id, row.subject) != (key, _subject(row))
    ]
    one = entries.c.entry_id == sa.bindparam("old")
    if gone:
        db.execute(sa.delete(entries).where(one), [{"old": each} for each in gone])
    if moved:
        new: dict[str, Any] = {"entry_id": sa.bindparam("new"), "subject": sa.bindparam("code")}
        db.execute(sa.update(entries).where(one).values(new), moved)


def _subject(row: Record) -> str:
    return row.subject if len(row.subject) == BLIND else tidy(row.subject)


def _standing(row: Record) -> tuple[Any, bool, str]:
    """The record imported last stands highest, because a later import replaces an earlier one.

    Of records imported together, one that excludes stands higher: when in doubt, a listed subject
    does not read clean.
    """
    return (row.imported_at, row.excludes is not None, row.entry_id)


def _widen_the_folded_name() -> None:
    """A folded name is no longer cut: one character may fold to eighteen."""
    with op.batch_alter_table("disclosures") as table:
        table.alter_column("name_folded", type_=sa.Text(), existing_nullable=False)


def _refold_names(db: sa.Connection) -> None:
    d = disclosures.c
    names = sa.select(d.case_id, d.subject_name)
    row = sa.update(disclosures).where(d.case_id == sa.bindparam("case"))
    row = row.values(name_folded=sa.bindparam("folded"))
    for page in _pages(db, names, d.case_id):
        db.execute(
            row, [{"case": each.case_id, "folded": fold(each.subject_name)} for each in page]
        )


def _refold_tails(db: sa.Connection) -> None:
    """Writes the tails of the same cases anew, each from the name in the event that opened it."""
    cases = set(db.scalars(sa.select(name_tails.c.case_id).distinct()))
    db.execute(sa.delete(name_tails))
    e = events.c
    opened = sa.select(e.position, e.stream_id, e.data).where(e.topic == "case/case-opened")
    for page in _pages(db, opened, e.position):
        named = [(each.stream_id, each.data) for each in page if each.stream_id in cases]
        rows = [
            {"tail": tail, "case_id": case}
            for case, data in named
            for tail in tails(json.loads(data)["applicant"]["name"])
        ]
        if rows:
            db.execute(sa.insert(name_tails), rows)


def _pages(
    db: sa.Connection, query: sa.Select[Any], key: sa.ColumnClause[Any]
) -> Iterator[list[Record]]:
    """Yields the rows page by page, in the order of the key."""
    query = query.order_by(key).limit(PAGE)
    page = list(db.execute(query))
    while page:
        yield page
        page = list(db.execute(query.where(key > page[-1]._mapping[key.name])))


def _forget(projection: str, table: str) -> None:
    """Empties the table of a projection; the projection rebuilds it from the log."""
    op.execute(f"DELETE FROM {table}")  # noqa: S608 - the names above
    for kept in ("projection_positions", "parked_events"):
        op.execute(f"DELETE FROM {kept} WHERE projection = '{projection}'")  # noqa: S608


def downgrade() -> None:
    db = op.get_bind()
    _key_the_register(db, str)
    if db.dialect.name == "postgresql":
        cut = "left(name_folded, 200)"
        op.alter_column("disclosures", "name_folded", type_=sa.String(200), postgresql_using=cut)
    _forget("documents", "audit_documents")
    _forget("names", "name_tails")
