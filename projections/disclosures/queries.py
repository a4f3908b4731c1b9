"""What is asked of the public list: its pages, one entry, what has ended, and what changed."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from domain.values import folding
from projections.disclosures.name_search import MANY, cases_by_name_part, is_longer_than_a_tail
from projections.disclosures.projection import AFTER_SANCTION, NAME, PublicStatus
from projections.read_model.keyset import Keyset
from projections.read_model.tables import disclosures
from projections.read_model.updating import updating

t = disclosures.c
UPDATING = updating(NAME, t.case_id)
SHOWN = [
    case((t.sanctioned, column)).label(column.name) if column.name in AFTER_SANCTION else column
    for column in t
]
"""The columns as the public may read them."""
NEWEST_FIRST = Keyset((t.committed_on, t.code), descending=True)
LATEST_SANCTION_FIRST = Keyset((t.sanctioned_on, t.code), descending=True)
COUNTED = 10_000
"""Entries that are counted, or given as one file, at most; the daily files hold all."""


def is_public(today: date) -> ColumnElement[bool]:
    """Returns the only condition under which a row may be shown to the public."""
    return and_(t.granted_on.is_not(None), or_(t.public_until.is_(None), t.public_until >= today))


def has_ended(today: date) -> ColumnElement[bool]:
    """True for what was public until its last day, and is no more."""
    return and_(t.granted_on.is_not(None), t.public_until < today)


def public_list(
    today: date,
    *,
    search: str = "",
    among: Collection[UUID] | None = None,
    status: PublicStatus | None = None,
    field: str | None = None,
    kind: str | None = None,
    org: str | None = None,
    since: date | None = None,
    until: date | None = None,
    sanctioned: bool = False,
) -> Select[Any]:
    """Selects the public entries that match every filter given; see `_found` for `search`.

    `since` and `until` are days of the promise.
    """
    rows = _found(select(*SHOWN, UPDATING).where(is_public(today)), search, among)
    equal = ((t.status, status), (t.field, field), (t.kind, kind), (t.accepting_code, org))
    conditions = [column == value for column, value in equal if value]
    conditions += [t.committed_on >= since] if since else []
    conditions += [t.committed_on <= until] if until else []
    conditions += [t.sanctioned] if sanctioned else []
    return rows.where(*conditions)


def _found(rows: Select[Any], search: str, among: Collection[UUID] | None) -> Select[Any]:
    """Selects of these rows what matches a whole code, a name or a part of a name.

    `among` holds the ids of the cases that match, if they are few.  If it is None, the database
    walks the list from its newest entry and compares each entry with `search`.
    """
    if search and among is not None:
        rows = rows.where(t.case_id.in_(among))
    if search and (among is None or is_longer_than_a_tail(search)):
        rows = rows.where(_matches(search))
    return rows


def counted(rows: Select[Any]) -> Select[Any]:
    """Counts the entries of a list, up to COUNTED + 1."""
    some = rows.with_only_columns(t.case_id).limit(COUNTED + 1).subquery()
    return select(func.count().label("number")).select_from(some)


def _matches(search: str) -> ColumnElement[bool]:
    part, code = folding.fold(search), folding.code_key(search)
    in_the_name = t.name_folded.contains(part, autoescape=True) if part else false()
    return or_(t.code == code, t.subject_code == code, in_the_name)


def matching_cases(search: str) -> CompoundSelect[Any]:
    """Selects the ids of the cases that match `search`, public or not.

    If more than MANY cases match, the selection may omit some, but it has more than MANY rows.
    """
    code = folding.code_key(search)
    by_number = select(t.case_id).where(t.code == code)
    by_subject = select(t.case_id).where(t.subject_code == code).limit(MANY + 1)
    parts = [part.subquery() for part in (by_number, by_subject, cases_by_name_part(search))]
    return union_all(*[select(part.c.case_id) for part in parts])


def by_code(today: date, code: str) -> Select[Any]:
    """Selects the public entry with this commitment code (承诺编码)."""
    return select(*SHOWN, UPDATING).where(is_public(today), t.code == code)


def ended(today: date, code: str) -> Select[Any]:
    """Selects the last public day of an entry that is public no more, and nothing else of it."""
    return select(t.public_until).where(has_ended(today), t.code == code)


# the change feed ---------------------------------------------------------------------------------


def changed_after(today: date, position: int) -> Select[Any]:
    """Selects the public entries that appeared or changed after this position, in its order."""
    rows = select(*SHOWN, UPDATING).where(is_public(today), t.changed > position)
    return rows.order_by(t.changed)


def last_changed(today: date) -> Select[Any]:
    """Selects the public entries, the last changed first."""
    rows = select(*SHOWN, UPDATING).where(is_public(today), t.changed.is_not(None))
    return rows.order_by(t.changed.desc())


def ended_after(today: date, last_day: date, position: int) -> Select[Any]:
    """Selects what ended after this last public day, or on it at a later position, in order."""
    place = tuple_(t.public_until, t.changed)
    rows = select(t.code, t.public_until, t.changed).where(has_ended(today))
    return rows.where(place > (last_day, position)).order_by(t.public_until, t.changed)
