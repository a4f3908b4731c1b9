"""Keyset pagination: pages stay stable while rows are added, and each page costs the same."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Select, select, tuple_, union_all

from domain.values.personal.screen import found_in
from domain.values.workdays import of_a_plausible_year

_INTEGER_LIMIT = 2**63
_INVALID = "页码无效，请从第一页重新开始"

Rows = Select[Any] | Sequence[Select[Any]]
"""The query of one list, or the queries of several lists that share no row.

Each query has an index that returns its rows in order.
"""


class BadCursor(ValueError):
    """The cursor was not issued by this service."""


@dataclass(frozen=True)
class Keyset:
    """The order of a list: columns whose values together identify one row.

    Every query must select these columns, which are looked up by name.
    """

    columns: tuple[Column[Any], ...]
    descending: bool = False

    def page(self, rows: Rows, size: int, cursor: str | None = None) -> Select[Any]:
        """Returns the query of the page after `cursor`.  Raises BadCursor.

        It selects one row more than `size`, so that `split` knows whether another page follows.
        """
        if not isinstance(rows, Select):
            pages = [select(self.page(part, size, cursor).subquery()) for part in rows]
            return self.page(select(union_all(*pages).subquery()), size)
        selected = rows.selected_columns
        columns = [selected[column.name] for column in self.columns]
        order = [column.desc() if self.descending else column.asc() for column in columns]
        rows = rows.order_by(*order).limit(size + 1)
        if cursor is None:
            return rows
        key, after = tuple_(*columns), self._decoded(cursor)
        return rows.where(key < after if self.descending else key > after)

    def split(self, rows: list[Row[Any]], size: int) -> tuple[list[Row[Any]], str | None]:
        """Returns one page of rows, and the cursor of the next page or None if it is the last."""
        page = rows[:size]
        if len(rows) <= size:
            return page, None
        last = [_json(page[-1]._mapping[column.name]) for column in self.columns]
        return page, base64.urlsafe_b64encode(json.dumps(last).encode()).decode().rstrip("=")

    def _decoded(self, cursor: str) -> Any:
        texts = _texts(cursor)
        try:
            values = [
                _parse(column.type.python_type, text)
                for column, text in zip(self.columns, texts, strict=True)
            ]
        except (ValueError, TypeError, OverflowError) as error:
            raise BadCursor(_INVALID) from error
        return tuple_(*values)


def require_ours(cursor: str | None) -> None:
    """Raises BadCursor for a text that no list of this service can have issued."""
    if cursor and any(isinstance(each, str) and _is_foreign(each) for each in _texts(cursor)):
        raise BadCursor(_INVALID)


def _is_foreign(text: str) -> bool:
    """True for a text with personal data; an instant and an id have digits, but are none."""
    for known in (datetime.fromisoformat, UUID):
        try:
            known(text)
        except ValueError:
            continue
        return False
    return bool(found_in(text))


def _texts(cursor: str) -> list[Any]:
    """Returns the values in a cursor, not yet parsed.  Raises BadCursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        texts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise BadCursor(_INVALID) from error
    if not isinstance(texts, list) or not all(isinstance(each, str | int) for each in texts):
        raise BadCursor(_INVALID)
    return texts


def _json(value: Any) -> str | int:
    return value if isinstance(value, int) else str(value)


def _parse(python_type: type, text: str | int) -> Any:
    if python_type is int:
        return _integer(text)
    if python_type is datetime:
        return of_a_plausible_year(datetime.fromisoformat(str(text)))
    if python_type is date:
        return date.fromisoformat(str(text))
    return UUID(str(text)) if python_type is UUID else _storable(str(text))


def _storable(text: str) -> str:
    text.encode()  # raises UnicodeEncodeError, a ValueError, for a lone surrogate
    if "\0" in text:
        raise ValueError("no database can compare it")
    return text


def _integer(text: str | int) -> int:
    if abs(number := int(text)) >= _INTEGER_LIMIT:
        raise ValueError("beyond what a database can compare")
    return number
