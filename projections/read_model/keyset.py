"""Pages by keyset: stable while rows are added, equally quick on every page."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Select, select, tuple_, union_all

_BIGGEST = 2**63

Rows = Select[Any] | Sequence[Select[Any]]
"""A list; or several that have no row in common, each in order by an index of its own."""


class BadCursor(ValueError):
    """The cursor was not one of ours."""


@dataclass(frozen=True)
class Keyset:
    """The order of a list: columns, found by name, that together tell any two rows apart."""

    columns: tuple[Column[Any], ...]
    descending: bool = False

    def page(self, rows: Rows, size: int, cursor: str | None = None) -> Select[Any]:
        """The rows after `cursor`, and one more, by which `split` knows whether there are more."""
        if not isinstance(rows, Select):
            pages = [select(self.page(part, size, cursor).subquery()) for part in rows]
            return self.page(select(union_all(*pages).subquery()), size)
        shown = rows.selected_columns
        columns = [shown[column.name] for column in self.columns]
        order = [column.desc() if self.descending else column.asc() for column in columns]
        rows = rows.order_by(*order).limit(size + 1)
        if cursor is None:
            return rows
        key, after = tuple_(*columns), self._read(cursor)
        return rows.where(key < after if self.descending else key > after)

    def split(self, rows: list[Row[Any]], size: int) -> tuple[list[Row[Any]], str | None]:
        """One page, and the cursor of the next one if there is a next one."""
        page = rows[:size]
        if len(rows) <= size:
            return page, None
        last = [_write(page[-1]._mapping[column.name]) for column in self.columns]
        return page, base64.urlsafe_b64encode(json.dumps(last).encode()).decode().rstrip("=")

    def _read(self, cursor: str) -> Any:
        try:
            texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if not isinstance(texts, list):
                raise TypeError("a cursor is a list")
            values = [
                _parse(column.type.python_type, text)
                for column, text in zip(self.columns, texts, strict=True)
            ]
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise BadCursor("页码无效，请从第一页重新开始") from error
        return tuple_(*values)


def _write(value: Any) -> str | int:
    return value if isinstance(value, int) else str(value)


def _parse(kind: type, text: str | int) -> Any:
    if kind is int:
        return _whole(text)
    if kind in (date, datetime):
        return kind.fromisoformat(str(text))
    return UUID(str(text)) if kind is UUID else _plain(str(text))


def _plain(text: str) -> str:
    text.encode()  # a lone surrogate cannot be
    if "\0" in text:
        raise ValueError("no database can compare it")
    return text


def _whole(text: str | int) -> int:
    if abs(number := int(text)) >= _BIGGEST:
        raise ValueError("beyond what a database can compare")
    return number
