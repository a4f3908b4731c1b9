"""Cases as auditors look for them: whose they are, and where one person acted in two roles."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select

from domain.case import events as e
from domain.case.stages import Stage
from domain.kernel.aggregate import Event
from domain.values import folding
from domain.values.parties import Organisation, Person
from domain.values.personal.screen import masked
from domain.values.staff import SYSTEM_PERSON, person_key
from projections.read_model.projection import Projection, Row, Rows, of_stream, topics_of
from projections.read_model.tables import audit_cases, case_summaries

a, c = audit_cases.c, case_summaries.c
MANY = 1000
"""Above this number of cases, a walk through a list finds a page sooner than looking each up."""


def fold(rows: Rows, event: Event, position: int) -> Rows:
    """Returns the row of the case after this event; whoever acts is noted with their role."""
    match event:
        case e.CaseOpened():
            row = _first_row(event)
        case e.IdentityCorrected(name=str(name)):
            (row,) = rows
            row = row | {"names": _lines([*row["names"].splitlines(), name])}
        case _:
            (row,) = rows
    return (_after_the_hand_of(event, row, position),)


def _first_row(event: e.CaseOpened) -> Row:
    row = {"case_id": event.originator_id, "hands": {}, "doubled": None}
    match event.applicant:
        case Organisation(code=code, name=name):
            former = event.renamed.former if event.renamed else None
            return row | {"subject": code, "names": _lines([name, former or name])}
        case Person(ref=ref):
            return row | {"subject": str(ref), "names": ""}


def _lines(names: Iterable[str]) -> str:
    """Returns the names as searches see them, each once; a folded name folds to itself."""
    return "\n".join(dict.fromkeys(folding.fold(masked(name)) for name in names))


def _after_the_hand_of(event: Event, row: Row, position: int) -> Row:
    """Returns the row with the event's actor in it; processes of the service are nobody."""
    if event.by.person == SYSTEM_PERSON:
        return row
    key, hands = person_key(event.by.person), row["hands"]
    roles = hands.get(key, [])
    if event.by.role in roles:
        return row
    doubled = row["doubled"] or (position if roles else None)
    return row | {"hands": hands | {key: [*roles, event.by.role]}, "doubled": doubled}


def cases_of(subject: str) -> Select[Any]:
    """Selects the ids of the cases of one applicant, by a credit code or a person's reference."""
    return select(a.case_id).where(a.subject == subject)


def cases_by_applicant(text: str) -> Select[Any]:
    """Selects the ids of an organisation's cases, by its code or a part of any of its names."""
    return select(a.case_id).where(_is_applicant(text))


def has_applicant(case: ColumnElement[UUID], text: str) -> ColumnElement[bool]:
    """The condition that this is one of those cases, tried case by case."""
    one = exists().where(a.case_id == case, _is_applicant(text))
    return one.correlate_except(audit_cases)


def _is_applicant(text: str) -> ColumnElement[bool]:
    part, code = folding.fold(text), folding.code_key(text)
    return or_(a.subject == code, a.names.contains(part, autoescape=True)) if part else false()


def audited_cases(
    stage: Stage | None = None,
    doubled: bool = False,
    after: int | None = None,
    whose: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """Selects the lines of cases; `doubled` only those where somebody acted in two roles.

    With `after` that second role was taken behind this position of the log.
    """
    rows = select(case_summaries)
    if stage is not None:
        rows = rows.where(c.stage == stage)
    if doubled:
        rows = rows.where(c.case_id.in_(select(a.case_id).where(a.doubled > (after or 0))))
    return rows if whose is None else rows.where(whose)


AUDITED = Projection("audited", audit_cases, a.case_id, of_stream, fold, topics_of(e))
