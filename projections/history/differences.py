"""What an aggregate remembers as JSON, and what differs between two such values."""

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
    """One place (as a JSON Pointer, RFC 6901), what stood there before and what stands there now.

    `before` is None when the place was added, `after` when it was removed.
    """

    path: str
    how: How
    before: Any
    after: Any


Known = dict[int, tuple[Any, Any]]
"""Frozen values made plain before, each kept beside its JSON so that it stays what it was."""


def plain(value: Any, known: Known | None = None) -> Any:
    """The value as JSON.  A code stays a `Labelled`, which is a text, so its words are not lost.

    What is `known` is not made again, so of two states the parts that stayed are the same objects.
    """
    known = {} if known is None else known
    match value:
        case None | bool() | int() | float() | str():
            return value
        case UUID() | Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case frozenset() | set():
            return sorted(plain(each, known) for each in value)
        case list():
            return [plain(each, known) for each in value]
        case BaseModel():
            if id(value) not in known:
                known[id(value)] = value, _named(_said(value), known)
            return known[id(value)][1]
        case _:
            return _object(value, known)


def _said(value: BaseModel) -> dict[str, Any]:
    """What a frozen value says; of an event, also which it was, when, and whose."""
    if not isinstance(value, Event):
        return dict(value)
    head = {"version": value.originator_version, "day": value.day, "by": value.by.person}
    return head | {"facts": value.facts}


def _object(value: Any, known: Known) -> Any:
    """Whatever has parts by name; a plain tuple has none and is a list."""
    match value:
        case dict():
            return _named({_name(key): each for key, each in value.items()}, known)
        case tuple() if not hasattr(value, "_asdict"):
            return [plain(each, known) for each in value]
        case tuple():
            return _named(value._asdict(), known)  # type: ignore[attr-defined]
        case _:
            return _named(vars(value), known)


def _named(parts: dict[str, Any], known: Known) -> dict[str, Any]:
    return {name: plain(each, known) for name, each in parts.items()}


def _name(key: Any) -> str:
    """An event class is named by its topic."""
    return key.TOPIC if isinstance(key, type) and issubclass(key, Event) else str(key)


def differences(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Every place that differs: of objects by name, of lists of one length by place."""
    if before is after:
        return
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
