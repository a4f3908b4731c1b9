"""What the pages ask of the sums, as Selects: a few hundred rows whatever the number of cases."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from domain.tolerance.grounds import Outcome
from projections.read_model.tables import case_summaries, catalogue_items, duties, tolerance_reviews
from projections.statistics.figures import COUNTS, Side
from projections.statistics.tables import decision_minutes, monthly_totals

m, n, d, c, r = (
    monthly_totals.c,
    decision_minutes.c,
    duties.c,
    case_summaries.c,
    tolerance_reviews.c,
)
MOST_ITEMS, WORST = 20, 10


def sums(first: date, last: date, apart: bool) -> Select[Any]:
    """Selects all counts of each month and pair of bureaus; `apart`, of natural persons apart."""
    names = [func.max(m[side.value]).label(side.value) for side in Side]
    counts: list[Any] = [func.sum(m[name]).label(name) for name in COUNTS]
    cell = [m.month, m.accepting_code, m.supervising_code, *([m.person] if apart else [])]
    rows = select(*cell, *names, *counts).where(m.month.between(first, last))
    return rows.group_by(*cell)


def by_item(months: Collection[date], bureau: str | None, persons: bool) -> Select[Any]:
    """Selects the items with the most cases accepted, and what was decided of them."""
    rows: Select[Any] = select(
        m.item_code,
        func.max(m.item_name).label("item_name"),
        func.sum(m.accepted).label("accepted"),
        func.sum(m.granted).label("granted"),
        func.sum(m.breached).label("breached"),
    )
    rows = _within(rows, months, bureau, persons).group_by(m.item_code)
    most = func.sum(m.accepted).desc()
    return rows.having(func.sum(m.accepted) > 0).order_by(most, m.item_code).limit(MOST_ITEMS)


def by_kind(months: Collection[date], bureau: str | None, persons: bool) -> Select[Any]:
    """Selects the cases accepted and granted of each of the two types."""
    rows = select(
        m.kind, func.sum(m.accepted).label("accepted"), func.sum(m.granted).label("granted")
    )
    return _within(rows, months, bureau, persons).group_by(m.kind).order_by(m.kind)


def _within(
    rows: Select[Any], months: Collection[date], bureau: str | None, persons: bool
) -> Select[Any]:
    rows = rows.where(m.month.in_(months))
    if bureau:
        rows = rows.where(m.accepting_code == bureau)
    return rows if persons else rows.where(~m.person)


def minutes(months: Collection[date], bureau: str | None, persons: bool) -> Select[Any]:
    """Selects how many decisions took how many minutes."""
    rows = select(n.minutes, func.sum(n.decisions).label("decisions"))
    rows = rows.where(n.month.in_(months))
    if bureau:
        rows = rows.where(n.accepting_code == bureau)
    return (rows if persons else rows.where(~n.person)).group_by(n.minutes)


def first_month(persons: bool) -> Select[Any]:
    """Selects the first month with a count; NULL if there is none."""
    rows = select(func.min(m.month).label("month"))
    return rows if persons else rows.where(~m.person)


def first_query(persons: bool) -> Select[Any]:
    """Selects the first month in which a credit query was due and made; NULL if there is none."""
    return first_month(persons).where(m.query_in_time + m.query_late > 0)


def fields() -> Select[Any]:
    """Selects, by field, how many items stand in the catalogue, with terms, since when."""
    i = catalogue_items.c
    return select(
        i.field,
        i.listing,
        func.count().label("items"),
        func.count().filter(i.terms_version > 0).label("with_terms"),
        func.min(i.listed_on).label("since"),
        func.max(i.listed_on).label("last"),
    ).group_by(i.field, i.listing)


def tolerance(first: date, last: date, bureau: str | None) -> Select[Any]:
    """Selects the decisions about tolerance from one day to another, by their current outcome."""
    rows = select(r.outcome, func.count().label("decisions"))
    rows = rows.where(r.outcome.in_([*Outcome]), r.decided_on.between(first, last))
    if bureau:
        rows = rows.where(r.department_code == bureau)
    return rows.group_by(r.outcome)


def overdue(today: date, bureau: str | None) -> Select[Any]:
    """Selects how many duties are overdue."""
    rows = select(func.count().label("duties")).where(d.due_on < today)
    return _of_bureau(rows.select_from(duties), bureau)


def worst(today: date, bureau: str | None) -> Select[Any]:
    """Selects the duties that are overdue for the longest."""
    shown = (c.case_id, c.item_name, c.applicant, c.code, c.stage)
    rows = select(d.action, d.about, d.due_on, *shown).where(d.due_on < today)
    rows = rows.join(case_summaries, c.case_id == d.case_id)
    if bureau:
        rows = rows.where(or_(c.accepting_code == bureau, c.supervising_code == bureau))
    return rows.order_by(d.due_on, d.case_id, d.action, d.about).limit(WORST)


def _of_bureau(rows: Select[Any], bureau: str | None) -> Select[Any]:
    if not bureau:
        return rows
    rows = rows.join(case_summaries, c.case_id == d.case_id)
    return rows.where(or_(c.accepting_code == bureau, c.supervising_code == bureau))
