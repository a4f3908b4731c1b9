"""Bounds of the dates that people type: a first day and a last day, each with its reason.

A row of a table of bounds becomes rules of every step that records the event.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import ge, le
from typing import Any

from domain.kernel.aggregate import Event, values_at

Limit = Callable[[Any, Any], date | None]
"""A day read from the aggregate and the new event; its docstring is its Chinese name.

Returns None if there is no such day; then every date is refused.
"""
Rule = Callable[[Any, Any], bool]


def today(_: object, event: Event) -> date:
    """今天"""
    return event.day


@dataclass(frozen=True)
class TypedDate:
    """One row: a date in these events, its name, its bounds, and the source of both."""

    events: tuple[type[Event], ...]
    path: str
    """Dotted path of the field in the event."""
    called: str
    not_before: tuple[Limit, ...]
    not_after: tuple[Limit, ...]
    source: str

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """One rule for each bound; its docstring is the reason shown when it is broken."""
        first = (self._rule(limit, ge, "not_before", "不能早于") for limit in self.not_before)
        last = (self._rule(limit, le, "not_after", "不能晚于") for limit in self.not_after)
        return (*first, *last)

    def _rule(
        self, limit: Limit, holds: Callable[[date, date], bool], side: str, words: str
    ) -> Rule:
        path = self.path.split(".")

        def rule(aggregate: object, event: Event) -> bool:
            day = limit(aggregate, event)
            return all(day is not None and holds(typed, day) for typed in values_at(event, path))

        rule.__name__ = f"{path[-1]}_{side}_{limit.__name__}"
        rule.__doc__ = f"{self.called}{words}{limit.__doc__}（{self.source}）"
        return rule


def bounds_of(event: type[Event], rows: Iterable[TypedDate]) -> tuple[Rule, ...]:
    """The rules of all dates in this event."""
    return tuple(rule for row in rows if event in row.events for rule in row.rules)
