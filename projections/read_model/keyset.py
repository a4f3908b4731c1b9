"""Keyset pagination: pages stay stable while rows are added, and each page costs the same."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Column, Row, Select, select, tuple_, union_all

from domain.values.personal.screen import found_in
from domain.values.workdays import of_a_plausible_year

_INTEGER_LIMIT = 2**63
_LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")
_SEAL = re.compile(r"[a-p]{16}")
_INVALID = "翻页标记无效，或者不属于这个查询，请从第一页重新开始"

Rows = Select[Any] | Sequence[Select[Any]]
"""The query of one list, or the queries of several lists that share no row.

Each query has an index that returns its rows in order.
"""


class BadCursor(ValueError):
    """The cursor was not issued by this service for this list, with these filters."""


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


@dataclass(frozen=True)
class Place:
    """A place in one list as it was asked for: its cursors open no other list, nor other filters.

    A cursor is the seal of the list and a key of `Keyset`.
    """

    cursor: str | None
    about: str

    @classmethod
    def of(cls, name: str, cursor: str | None, filters: Mapping[str, Any]) -> Self:
        """Returns the place in the list of this name; filters that are not set do not count."""
        asked = sorted((name, str(value)) for name, value in filters.items() if value)
        return cls(cursor, json.dumps([name, *asked]))

    def key(self, order: Keyset) -> str | None:
        """Returns the key after which the page begins, None for the first.  Raises BadCursor."""
        if self.cursor is None:
            return None
        seal, _, key = self.cursor.partition(".")
        if seal != self._seal(order):
            raise BadCursor(_INVALID)
        return key

    def following(self, order: Keyset, key: str | None) -> str | None:
        """Returns the cursor of the page after this key.  Returns None for None."""
        return None if key is None else f"{self._seal(order)}.{key}"

    def _seal(self, order: Keyset) -> str:
        """The hash of list, filters and order in letters, which cannot look like a number."""
        columns = [str(column) for column in order.columns]
        text = json.dumps([self.about, columns, order.descending])
        digits = hashlib.sha256(text.encode()).hexdigest()[:16]
        return digits.translate(_LETTERS)


def require_ours(cursor: str | None) -> None:
    """Raises BadCursor for a text that no list of this service can have issued."""
    if not cursor:
        return
    seal, _, key = cursor.partition(".")
    if not _SEAL.fullmatch(seal):
        raise BadCursor(_INVALID)
    if any(isinstance(each, str) and _is_foreign(each) for each in _texts(key)):
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
    if not isinstance(texts, list) or not all(type(each) in (str, int) for each in texts):
        raise BadCursor(_INVALID)
    return texts


def _json(value: Any) -> str | int:
    return value if isinstance(value, int) else str(value)


def _parse(python_type: type, text: str | int) -> Any:
    if python_type is int:
        return _integer(text)
    if python_type is datetime:
        return _instant(str(text))
    if python_type is date:
        return date.fromisoformat(str(text))
    return UUID(str(text)) if python_type is UUID else _storable(str(text))


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None:
        raise ValueError("an instant needs its time zone")
    return of_a_plausible_year(at).astimezone(UTC)


def _storable(text: str) -> str:
    text.encode()  # raises UnicodeEncodeError, a ValueError, for a lone surrogate
    if "\0" in text:
        raise ValueError("no database can compare it")
    return text


def _integer(text: str | int) -> int:
    if abs(number := int(text)) >= _INTEGER_LIMIT:
        raise ValueError("beyond what a database can compare")
    return number
