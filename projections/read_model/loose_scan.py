"""Rows by the values of an indexed column: which values there are, and the rows of some of them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, Column, Select, false, func, select

from projections.read_model.keyset import Rows

MAX_LISTS = 12
"""The largest number of values whose rows are read as one list each and then merged."""


def each_value(column: Column[Any]) -> Select[Any]:
    """Selects each value of the column once, in order, by a loose index scan.

    The column begins an index.  Each step looks up the next value and skips the rows between.
    """
    first: CTE = select(func.min(column).label("value")).cte("each_value", recursive=True)
    following = select(func.min(column)).where(column > first.c.value)
    steps = first.union_all(select(following.scalar_subquery()).where(first.c.value.is_not(None)))
    return select(steps.c.value.label(column.name)).where(steps.c.value.is_not(None))


def rows_of_values(rows: Select[Any], column: Column[Any], values: Collection[str]) -> Rows:
    """Returns the rows with these values: one list for each value, in the order of its index.

    More than MAX_LISTS values are one list.
    """
    if not values:
        return rows.where(false())
    if len(values) > MAX_LISTS:
        return rows.where(column.in_(values))
    lists = tuple(rows.where(column == each) for each in sorted(values))
    return lists if len(lists) > 1 else lists[0]
