"""What an earlier release showed unread is masked: personal data in public texts and sentences.

The projections write the same texts from now on.  The events stay as they were written, in the case
file; only the tables that the public and searches read are changed.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from domain.values.folding import fold
from domain.values.personal.screen import masked
from projections.disclosures.name_search import tails
from projections.read_model.masking import masked_terms

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PAGE = 1000
LINE = 200
"""The length of the columns that hold a line."""
LINES = ("subject_name", "item_name", "accepting_org", "document_number", "document_title")
PARAGRAPHS = (
    *("reason", "content", "liability", "conclusion", "unfulfilled_content"),
    *("breach_consequence", "sanction_basis"),
)

Row = dict[str, Any]
disclosures = sa.table(
    "disclosures",
    *map(sa.column, ("case_id", "subject_code", "name_folded", *LINES, *PARAGRAPHS)),
)
name_tails = sa.table("name_tails", *map(sa.column, ("tail", "case_id")))
catalogue = sa.table(
    "catalogue_items",
    *map(sa.column, ("stream_id", "name", "department", "supervisor")),
    sa.column("terms", sa.JSON()),
)
audit = sa.table(
    "audit_trail", sa.column("position"), sa.column("sentence"), sa.column("documents", sa.JSON())
)


def upgrade() -> None:
    db = op.get_bind()
    _mask(db, disclosures, disclosures.c.case_id, _entry)
    _mask(db, catalogue, catalogue.c.stream_id, _item)
    _mask(db, audit, audit.c.position, _sentence)


def _mask(
    db: sa.Connection, table: sa.TableClause, key: Any, shown: Callable[[sa.Connection, Row], Row]
) -> None:
    """Writes every row whose texts change, page by page in the order of the key."""
    query = sa.select(table).order_by(key).limit(PAGE)
    page = [dict(row._mapping) for row in db.execute(query)]
    while page:
        for row in page:
            changes = {name: new for name, new in shown(db, row).items() if new != row[name]}
            if changes:
                db.execute(sa.update(table).where(key == row[key.name]).values(changes))
        rest = query.where(key > page[-1][key.name])
        page = [dict(row._mapping) for row in db.execute(rest)]


def _entry(db: sa.Connection, row: Row) -> Row:
    changes = _lines(row, *LINES) | {name: _shown(row[name]) for name in PARAGRAPHS}
    changes["subject_code"] = _shown(row["subject_code"])
    if changes["subject_name"] != row["subject_name"]:
        changes["name_folded"] = fold(changes["subject_name"])
        _rename(db, row["case_id"], changes["subject_name"])
    return changes


def _rename(db: sa.Connection, case: Any, name: str) -> None:
    """Writes the tails of a masked name in place of those of the name."""
    db.execute(sa.delete(name_tails).where(name_tails.c.case_id == case))
    db.execute(sa.insert(name_tails), [{"tail": each, "case_id": case} for each in tails(name)])


def _item(_: sa.Connection, row: Row) -> Row:
    lines = _lines(row, "name", "department", "supervisor")
    return lines | {"terms": row["terms"] and masked_terms(row["terms"])}


def _sentence(_: sa.Connection, row: Row) -> Row:
    documents = [masked(number, homes=False) for number in row["documents"]]
    return {"sentence": masked(row["sentence"], homes=False), "documents": documents}


def _lines(row: Row, *names: str) -> Row:
    return {name: row[name] and masked(row[name])[:LINE] for name in names}


def _shown(text: str | None) -> str | None:
    return text and masked(text)


def downgrade() -> None:
    """The masks stay: no earlier release has to show what they cover."""
