"""The change feed of the public list: what appeared, changed and ended, resumed at any place.

A place in the feed is a position of the log, and for the ends, which no event marks, a last public
day with a position within it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from sqlalchemy import Row

from api.http.dependencies import ReadDatabase
from domain.values.labels import Labelled
from domain.values.workdays import FIRST_YEAR, SHANGHAI
from projections.disclosures import queries as disclosure
from projections.read_model.keyset import BadCursor

_PLACE = re.compile(r"([0-9]{1,18})(?:\.([0-9]{8})\.([0-9]{1,18}))?")
_LONG_AGO = date(FIRST_YEAR, 1, 1)
_INVALID = "after 无效，应取自上一次回答的 next"


class ChangeKind(Labelled):
    APPEARED = "appeared", "新公示"
    CHANGED = "changed", "有变化"
    ENDED = "ended", "公示期满"


@dataclass(frozen=True)
class Place:
    """How far a reader has come."""

    position: int
    ended_on: date
    """The last public day of the last end that was told."""
    ended_position: int = 0

    @classmethod
    def parsed(cls, text: str | None, today: date) -> Self:
        """Returns the place of this text; without it the beginning.  Raises BadCursor.

        Whoever begins has nothing that could have ended.
        """
        if not text:
            return cls(0, today)
        match = _PLACE.fullmatch(text)
        if match is None:
            raise BadCursor(_INVALID)
        if match[2] is None:
            return cls(int(match[1]), _LONG_AGO)
        try:
            day = datetime.strptime(match[2], "%Y%m%d").date()  # noqa: DTZ007 - a day
        except ValueError as error:
            raise BadCursor(_INVALID) from error
        return cls(int(match[1]), day, int(match[3]))

    def __str__(self) -> str:
        return f"{self.position}.{self.ended_on:%Y%m%d}.{self.ended_position}"


@dataclass(frozen=True)
class Change:
    kind: ChangeKind
    code: str
    at: datetime
    position: int
    entry: Row[Any] | None
    """None for an end: nothing of the entry is public any more."""


def _live(row: Row[Any], since: int) -> Change:
    is_new = row.appeared is not None and row.appeared > since
    kind = ChangeKind.APPEARED if is_new else ChangeKind.CHANGED
    return Change(kind, row.code, row.updated_at, row.changed, row)


def _end(row: Row[Any]) -> Change:
    at = datetime.combine(row.public_until + timedelta(days=1), time(), SHANGHAI)
    return Change(ChangeKind.ENDED, row.code, at, row.changed, None)


async def changes_after(
    read_db: ReadDatabase, place: Place, today: date, size: int
) -> tuple[list[Change], Place]:
    """Returns the next changes, at most `size`, and the place after them."""
    rows = disclosure.changed_after(today, place.position).limit(size)
    changes = [_live(row, place.position) for row in await read_db.all(rows)]
    position = changes[-1].position if changes else place.position
    if left := size - len(changes):
        rows = disclosure.ended_after(today, place.ended_on, place.ended_position).limit(left)
        ends = await read_db.all(rows)
        changes += map(_end, ends)
        if len(ends) == left:
            return changes, Place(position, ends[-1].public_until, ends[-1].changed)
        return changes, Place(position, max(place.ended_on, today))
    return changes, Place(position, place.ended_on, place.ended_position)


async def last_changes(read_db: ReadDatabase, today: date, size: int) -> tuple[list[Change], Place]:
    """Returns the last changes, the newest first, and the place after them."""
    rows = await read_db.all(disclosure.last_changed(today).limit(size))
    changes = [_live(row, row.changed - 1) for row in rows]
    return changes, Place(rows[0].changed if rows else 0, today)
