"""Conversion of an aggregate's state to JSON, and the differences between two JSON values."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel

from domain.kernel.aggregate import Event
from domain.values.labels import Labelled


class How(Labelled):
    """What became of one place in a value."""

    ADDED = "added", "新增"
    REMOVED = "removed", "删除"
    CHANGED = "changed", "变更"


class Change(NamedTuple):
    """A difference at one place: its JSON Pointer (RFC 6901), and the values before and after.

    `before` is None if the place was added; `after` is None if it was removed.
    """

    path: str
    how: How
    before: Any
    after: Any


JsonCache = dict[int, tuple[Any, Any]]
"""Cache of converted frozen values: maps the id of a value to the value and its JSON.

The cache keeps each value alive, so that no other value can get its id.
"""


def plain(value: Any, cache: JsonCache | None = None) -> Any:
    """Returns the value as JSON.  A code stays a `Labelled`, which is a str, and keeps its label.

    A frozen value that is in `cache` is not converted again.  Two states that are converted with
    one cache therefore share the JSON of their unchanged parts.
    """
    cache = {} if cache is None else cache
    match value:
        case None | bool() | int() | float() | str():
            return value
        case UUID() | Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case frozenset() | set():
            return sorted(plain(each, cache) for each in value)
        case list():
            return [plain(each, cache) for each in value]
        case BaseModel():
            if id(value) not in cache:
                cache[id(value)] = value, _object(_fields(value), cache)
            return cache[id(value)][1]
        case _:
            return _container(value, cache)


def _fields(value: BaseModel) -> dict[str, Any]:
    """Returns the fields of a frozen value; for an event, its version, day, person and facts."""
    if not isinstance(value, Event):
        return dict(value)
    head = {"version": value.originator_version, "day": value.day, "by": value.by.person}
    return head | {"facts": value.facts}


def _container(value: Any, cache: JsonCache) -> Any:
    """Returns a tuple without field names as a list, and any other value as an object."""
    match value:
        case dict():
            return _object({_text(key): each for key, each in value.items()}, cache)
        case tuple() if not hasattr(value, "_asdict"):
            return [plain(each, cache) for each in value]
        case tuple():
            return _object(value._asdict(), cache)  # type: ignore[attr-defined]
        case _:
            return _object(vars(value), cache)


def _object(fields: dict[str, Any], cache: JsonCache) -> dict[str, Any]:
    return {name: plain(each, cache) for name, each in fields.items()}


def _text(key: Any) -> str:
    """Returns a key as text; the text of an event class is its topic."""
    return key.TOPIC if isinstance(key, type) and issubclass(key, Event) else str(key)


def differences(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Yields each place where two JSON values differ.

    Objects are compared by name, and lists of equal length item by item.  Lists of different
    length differ as a whole.
    """
    if before is after:  # two states share the JSON of their unchanged parts
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _between_objects(before, after, path)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{path}/{number}")
    elif type(before) is not type(after) or before != after:
        yield Change(path, How.CHANGED, before, after)


def _between_objects(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[Change]:
    for name in {**before, **after}:
        place = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in after:
            yield Change(place, How.REMOVED, before[name], None)
        elif name not in before:
            yield Change(place, How.ADDED, None, after[name])
        else:
            yield from differences(before[name], after[name], place)
