"""Grammar of header fields (RFC 9110): entity tags, weighted lists, and the refusal of others."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_BETWEEN = re.compile(r"[ \t]*(?:,[ \t]*)*")
_WEIGHT = re.compile(r"[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*", re.IGNORECASE)
ANY = "*"


class MalformedField(Exception):
    """A header field that does not follow its grammar; the message says how to write it."""


class EntityTag(NamedTuple):
    """An entity tag; a weak one promises less than equal bytes (8.8.3)."""

    text: str
    weak: bool


def entity_tags(field: str) -> tuple[EntityTag, ...]:
    """Returns the tags of a list; elements may be empty, and a tag may hold commas (13.1.1).

    Raises MalformedField.
    """
    tags, at = [], _skipped(field, 0)
    while at < len(field):
        if (match := _TAG.match(field, at)) is None:
            raise MalformedField('版本标签要加双引号，多个用逗号隔开，如 "3" 或者 "3", "4"')
        tags.append(EntityTag(match[2], bool(match[1])))
        at = _skipped(field, match.end())
        if at < len(field) and "," not in field[match.end() : at]:
            raise MalformedField('两个版本标签之间要有逗号，如 "3", "4"')
    return tuple(tags)


def _skipped(field: str, at: int) -> int:
    """Returns the place after the commas and blanks that begin at this place."""
    match = _BETWEEN.match(field, at)
    assert match
    return match.end()


def weights(field: str) -> Iterator[tuple[str, float]]:
    """Yields what a field of negotiation accepts, in lower case, each with its weight (12.4.2)."""
    for element in field.split(","):
        what, *parameters = element.split(";", 1)
        found = _WEIGHT.fullmatch(f";{parameters[0].rpartition(';')[2]}") if parameters else None
        if what.strip():
            yield what.strip().lower(), float(found[1]) if found else 1.0


def weight(field: str | None, names: Iterable[str]) -> float:
    """Returns the weight of the first of these names that the field lists, otherwise 0."""
    listed = dict(weights(field or ""))
    return next((listed[name] for name in names if name in listed), 0.0)
