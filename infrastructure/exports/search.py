"""The search of the audit trail: looks up persons, offices and cases, then selects the rows."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, Select, exists, extract

from domain.values.folding import code_key, fold
from domain.values.staff import person_key
from infrastructure.database.schema import events
from projections.audit_trail.cases import MANY, cases_by_applicant, has_applicant
from projections.audit_trail.queries import TrailQuery, organisations, persons, trail
from projections.read_model import keyset as paging
from projections.read_model.tables import audit_trail

t, e = audit_trail.c, events.c
LATE = 10 * 60
"""Seconds from an event to its record beyond which it counts as recorded afterwards (事后记录).

The service records within the request, which lasts at most half a minute."""


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
    return trail(query, people, offices, [*_more_conditions(engine, query)])


def _more_conditions(engine: Engine, query: TrailQuery) -> Iterator[ColumnElement[bool]]:
    if query.applicant is not None:
        yield is_of_applicant(engine, t.stream_id, query.applicant)
    if query.late:
        recorded, happened = extract("epoch", e.recorded_at), extract("epoch", t.at)
        late = exists().where(e.position == t.position, recorded - happened > LATE)
        yield late.correlate_except(events)


def is_of_applicant(
    engine: Engine, case: ColumnElement[UUID], applicant: str
) -> ColumnElement[bool]:
    """The condition that a case is this applicant's: few cases are named, many are tried."""
    with engine.connect() as db:
        few: list[UUID] = list(db.scalars(cases_by_applicant(applicant).limit(MANY + 1)))
    return case.in_(few) if len(few) <= MANY else has_applicant(case, applicant)


def spellings_of(engine: Engine, person: str) -> list[str]:
    """Returns the ids in the trail that are this person's: old spellings of one id."""
    key = person_key(person)
    return [each for each in _values(engine, persons()) if person_key(each) == key]


def _values(engine: Engine, query: Select[tuple[str]]) -> list[str]:
    with engine.connect() as db:
        return list(db.scalars(query))
