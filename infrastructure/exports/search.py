"""Searching the audit trail: which organisations are meant, then which rows."""

from sqlalchemy import Engine

from projections.audit_trail.queries import TrailQuery, organisations, trail
from projections.disclosures.name_search import casefolded
from projections.read_model import keyset as paging


def found(engine: Engine, sought: TrailQuery) -> paging.Rows:
    """What is asked for; an organisation by its code or name, or a part of either."""
    if sought.organisation is None:
        return trail(sought)
    part = casefolded(sought.organisation)
    with engine.connect() as db:
        known = db.scalars(organisations()).all()
    return trail(sought, [name for name in known if part in casefolded(name)])
