"""The search of the audit trail: looks up the organisations of a query, then selects the rows."""

from sqlalchemy import Engine

from projections.audit_trail.queries import TrailQuery, organisations, trail
from projections.disclosures.name_search import casefolded
from projections.read_model import keyset as paging


def find_trail_rows(engine: Engine, query: TrailQuery) -> paging.Rows:
    """Selects the rows of the trail that match the query.

    An organisation matches by its code, its name, or a part of either.
    """
    if query.organisation is None:
        return trail(query)
    part = casefolded(query.organisation)
    with engine.connect() as db:
        known = db.scalars(organisations()).all()
    return trail(query, [name for name in known if part in casefolded(name)])
