"""What a projection is: for each key, the rows it shows, folded from events one by one.

`fold` is pure: the rows of a key and an event give the rows of that key.  The projector reads the
rows of a page's keys at once, folds the whole page in memory, and writes what has changed.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sqlalchemy import Column, Table

from domain.kernel.aggregate import Created, Event

Row = dict[str, Any]
Rows = tuple[Row, ...]


@dataclass(frozen=True)
class Projection:
    name: str
    table: Table
    key: Column[Any]
    """The column by which rows belong together: a case, an item, a position."""
    key_of: Callable[[Event, int], Hashable | None]
    """Which key an event concerns, by the event and its position; None: not this projection."""
    fold: Callable[[Rows, Event, int], Rows]
    topics: Sequence[str]
    """The only topics that can change it; others are passed over unread."""
    appends: bool = False
    """Every event has a key of its own: there is nothing to read before writing."""


def of_stream(event: Event, _: int) -> Hashable:
    return event.originator_id


def topics_of(*modules: ModuleType) -> tuple[str, ...]:
    """The topics of every event that these modules declare."""
    classes = (thing for module in modules for thing in vars(module).values())
    return tuple(
        c.TOPIC
        for c in classes
        if isinstance(c, type) and issubclass(c, Event) and c not in (Event, Created)
    )
