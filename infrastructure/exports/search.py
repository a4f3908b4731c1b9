"""The search of the audit trail: looks up persons and organisations, then selects the rows."""

from sqlalchemy import Engine, Select

from domain.values.folding import code_key, fold
from domain.values.staff import person_key
from projections.audit_trail.queries import TrailQuery, organisations, persons, trail
from projections.read_model import keyset as paging


def find_trail_rows(engine: Engine, query: TrailQuery) -> paging.Rows:
    """Selects the rows of the trail that match the query.

    A person matches in every spelling of the id; an organisation by its code, its name, or a part
    of either.
    """
    people: list[str] = []
    offices: list[str] = []
    if query.person is not None:
        people = spellings_of(engine, query.person)
    if query.organisation is not None:
        parts = {fold(query.organisation), fold(code_key(query.organisation))} - {""}
        known = {each: fold(each) for each in _values(engine, organisations())}
        offices = [each for each, folded in known.items() if any(part in folded for part in parts)]
    return trail(query, people, offices)


def spellings_of(engine: Engine, person: str) -> list[str]:
    """Returns the ids in the trail that are this person's: old spellings of one id."""
    key = person_key(person)
    return [each for each in _values(engine, persons()) if person_key(each) == key]


def _values(engine: Engine, query: Select[tuple[str]]) -> list[str]:
    with engine.connect() as db:
        return list(db.scalars(query))
