"""What an aggregate remembers as JSON, and what differs between two such values."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel

from domain.kernel import Event
from domain.labels import Labelled


class How(Labelled):
    """What became of one place in a value."""

    ADDED = "added", "新增"
    REMOVED = "removed", "删除"
    CHANGED = "changed", "变更"


class Change(NamedTuple):
    """One place (as a JSON Pointer, RFC 6901), what stood there before and what stands there now.

    `before` is None when the place was added, `after` when it was removed.
    """

    path: str
    how: How
    before: Any
    after: Any


def plain(value: Any) -> Any:
    """The value as JSON.  A code stays a `Labelled`, which is a text, so its words are not lost."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case UUID() | Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case frozenset() | set():
            return sorted(map(plain, value))
        case list():
            return [plain(each) for each in value]
        case _:
            return _object(value)


def _object(value: Any) -> Any:
    """Whatever has parts by name; a plain tuple has none and is a list."""
    match value:
        case Event():
            head = {"version": value.originator_version, "day": value.day, "by": value.by.person}
            return _named(head | {"facts": value.facts})
        case BaseModel():
            return _named(dict(value))
        case dict():
            return _named({_name(key): each for key, each in value.items()})
        case tuple() if not hasattr(value, "_asdict"):
            return [plain(each) for each in value]
        case tuple():
            return _named(value._asdict())  # type: ignore[attr-defined]
        case _:
            return _named(vars(value))


def _named(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(each) for name, each in parts.items()}


def _name(key: Any) -> str:
    """An event class is named by its topic."""
    return key.TOPIC if isinstance(key, type) and issubclass(key, Event) else str(key)


def differences(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Every place that differs: of objects by name, of lists of one length by place."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_objects(before, after, path)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (was, became) in enumerate(zip(before, after, strict=True)):
            yield from differences(was, became, f"{path}/{number}")
    elif type(before) is not type(after) or before != after:
        yield Change(path, How.CHANGED, before, after)


def _of_objects(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[Change]:
    for name in {**before, **after}:
        place = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in after:
            yield Change(place, How.REMOVED, before[name], None)
        elif name not in before:
            yield Change(place, How.ADDED, None, after[name])
        else:
            yield from differences(before[name], after[name], place)
