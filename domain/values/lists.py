"""Lists that people type: no entry stands in one twice."""

from collections.abc import Callable, Hashable
from typing import Any

from pydantic import AfterValidator

from domain.values.folding import fold

Key = Callable[[Any], Hashable]


def _itself(entry: Any) -> Hashable:
    """The entry as comparisons see it: a text without what makes no difference in print."""
    return fold(entry) if isinstance(entry, str) else entry


def each_once(key: Key = _itself) -> AfterValidator:
    """Refuses a list in which two entries have the same key."""

    def check(entries: tuple[Any, ...]) -> tuple[Any, ...]:
        if len({key(entry) for entry in entries}) < len(entries):
            raise ValueError("同一项不能列两次")
        return entries

    return AfterValidator(check)
