"""What a projection is: a name, its tables, and the changes each event makes to them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Executable, Table

from domain.kernel import Event


@dataclass(frozen=True)
class Projection:
    """`project` is pure: it builds SQL from an event and its position and never runs it."""

    name: str
    tables: tuple[Table, ...]
    project: Callable[[Event, int], Iterator[Executable]]
