"""Definition of a projection: for each key, the rows that are folded from its events.

`fold` is pure: it takes the rows of a key and one event, and returns the new rows of that key.  The
projector reads the rows of all keys of a page at once, folds the page in memory, and writes the
rows that changed.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sqlalchemy import Column, Table

from domain.kernel.aggregate import Created, Event

Row = dict[str, Any]
Rows = tuple[Row, ...]


@dataclass(frozen=True)
class Totals:
    """A table of sums over the rows of a projection, kept in the transaction of those rows.

    Its primary key says what is counted apart; every other column is a count.
    """

    table: Table
    parts: Callable[[Row], Iterable[Row]]
    """Returns what one row adds to the sums, as rows of the table; counts left out are zero."""


@dataclass(frozen=True)
class Projection:
    name: str
    table: Table
    key: Column[Any]
    """The column that groups rows by key: the id of a stream, or a position."""
    key_of: Callable[[Event, int], Hashable]
    """Returns the key that an event changes, given the event and its position in the log."""
    fold: Callable[[Rows, Event, int], Rows]
    topics: Sequence[str]
    """Topics of the events that can change the rows; the projector skips all other events."""
    appends: bool = False
    """True if every event has a key of its own, so that no rows are read before writing."""
    totals: tuple[Totals, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The table of the rows, and those of their sums."""
        return (self.table, *(totals.table for totals in self.totals))


def of_stream(event: Event, _: int) -> Hashable:
    return event.originator_id


def of_event(_: Event, position: int) -> Hashable:
    """Returns the position as the key, so that every event has a key of its own."""
    return position


def topics_of(*modules: ModuleType) -> tuple[str, ...]:
    """Returns the topics of all events that these modules declare."""
    members = (member for module in modules for member in vars(module).values())
    return tuple(
        member.TOPIC
        for member in members
        if isinstance(member, type) and issubclass(member, Event) and member not in (Event, Created)
    )
