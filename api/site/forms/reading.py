"""Reads the fields of a form into the body of a command, as a client of the API sends it.

What is left empty is left out, so that one message serves for both: the field is missing.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from api.http.parameters.moments import local_moment
from api.site.forms.entries import Entry, Input
from api.site.forms.posted import Posted

Values = dict[str, tuple[str, ...]]
"""What was typed, by the name of the entry; the rows of a list are numbered without gaps."""
_CHINESE_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


class Body:
    """The body of one command, and what was typed for it."""

    def __init__(self, posted: Posted, inside: Iterable[Entry]) -> None:
        self._posted, self.values = posted, Values()
        self._defaults: set[str] = set()
        """The names of the values that hold if nothing is chosen: a form sends them untouched."""
        self.content = self._group(inside, {})

    def _group(self, inside: Iterable[Entry], sent_as: Mapping[str, str]) -> dict[str, Any]:
        """The filled entries of a group by their last names."""
        read = {each.name.rpartition(".")[2]: self._entry(each, sent_as) for each in inside}
        return {name: value for name, value in read.items() if value is not None}

    def _entry(self, each: Entry, sent_as: Mapping[str, str]) -> Any:
        """The value of an entry; None if it is empty.

        `sent_as` holds the row under which the entries of a row were sent.
        """
        match each.input:
            case Input.GROUP:
                group, values = self._group(each.inside, sent_as), self._values_in(each)
                if each.required or values - self._defaults:
                    return group
                for name in values:
                    del self.values[name]
                return None
            case Input.VARIANTS:
                return self._variant(each, sent_as)
            case Input.ROWS:
                return self._rows(each, sent_as)
            case Input.BOXES:
                return list(self._keep(each, self._sent(each.name, sent_as))) or None
            case Input.FILE:
                hashes = self._keep(each, self._sent(each.name, sent_as))
                return (list(hashes) if each.many else hashes[-1]) if hashes else None
            case _:
                typed = self._keep(each, self._sent(each.name, sent_as)[-1:])
                return value_of(each, typed[0]) if typed else None

    def _values_in(self, each: Entry) -> set[str]:
        return {name for name in self.values if name.startswith(f"{each.name}.")}

    def _variant(self, each: Entry, sent_as: Mapping[str, str]) -> dict[str, Any] | None:
        (tag,) = self._sent(each.tag_name, sent_as)[-1:] or ("",)
        if tag not in each.kind:
            return {each.tag: tag} if tag else None
        self.values[each.tag_name] = (tag,)
        return {each.tag: tag} | self._group(each.variant(tag), sent_as)

    def _rows(self, each: Entry, sent_as: Mapping[str, str]) -> list[Any] | None:
        """The rows that are filled in.  They are numbered anew, as the messages count them."""
        rows: list[Any] = []
        for index in self._indices(each.name, sent_as):
            row, typed_before = each.row(len(rows)), len(self.values)
            under = {**sent_as, row.name: f"{_sent_name(each.name, sent_as)}.{index}"}
            read = self._entry(row, under)
            if len(self.values) > typed_before:
                rows.append(read)
        return rows or None

    def _indices(self, name: str, sent_as: Mapping[str, str]) -> list[int]:
        """The numbers of the rows that were sent for a list."""
        row = re.compile(re.escape(_sent_name(name, sent_as)) + r"\.(\d{1,4})(\..*)?", re.ASCII)
        found = (row.fullmatch(each) for each in self._posted.fields)
        return sorted({int(match[1]) for match in found if match})

    def _sent(self, name: str, sent_as: Mapping[str, str]) -> tuple[str, ...]:
        sent = self._posted.fields.get(_sent_name(name, sent_as), ())
        return tuple(each for each in sent if each.strip())

    def _keep(self, each: Entry, typed: tuple[str, ...]) -> tuple[str, ...]:
        if typed:
            self.values[each.name] = typed
        if typed == (each.default,):
            self._defaults.add(each.name)
        return typed


def value_of(each: Entry, typed: str) -> Any:
    """The value that was typed, in the form in which the API takes it; else as it was typed."""
    match each.input:
        case Input.CHOICE if _is_group(each) and typed in each.options:
            return json.loads(typed)
        case Input.NUMBER if _INTEGER.fullmatch(typed.strip()):
            return int(typed)
        case Input.CHOICE if each.options.keys() == _BOOLEANS.keys():
            return _BOOLEANS.get(typed, typed)
        case Input.DAY if match := _CHINESE_DAY.fullmatch(typed.strip()):
            return f"{match[1]}-{match[2].zfill(2)}-{match[3].zfill(2)}"
        case Input.MOMENT:
            return _instant(typed)
        case _:
            return typed


def fields_of(inside: Iterable[Entry], body: Mapping[str, Any]) -> Values:
    """Returns what a person types for this body: the contrary of `Body`."""
    fields: dict[str, list[str]] = {}
    for name, value in _typed(inside, body):
        fields.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in fields.items()}


def _typed(inside: Iterable[Entry], body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in inside:
        value = body.get(each.name.rpartition(".")[2])
        if value is not None:
            yield from _typed_one(each, value)


def _typed_one(each: Entry, value: Any) -> Iterator[tuple[str, str]]:
    match each.input:
        case Input.GROUP:
            yield from _typed(each.inside, value)
        case Input.VARIANTS:
            yield each.tag_name, str(value[each.tag])
            yield from _typed(each.variant(str(value[each.tag])), value)
        case Input.ROWS:
            for index, row in enumerate(value):
                yield from _typed_one(each.row(index), row)
        case Input.BOXES | Input.FILE if isinstance(value, Sequence) and not isinstance(value, str):
            yield from ((each.name, str(one)) for one in value)
        case Input.CHOICE if _is_group(each):
            yield each.name, json.dumps(value)
        case _:
            yield each.name, str(value).lower() if isinstance(value, bool) else str(value)


def _is_group(each: Entry) -> bool:
    """True for a choice among whole groups, whose values are their JSON."""
    return isinstance(each.kind, type) and issubclass(each.kind, BaseModel)


def _instant(typed: str) -> str:
    try:
        return local_moment(typed).begins.isoformat()
    except ValueError:
        return typed


def _sent_name(name: str, sent_as: Mapping[str, str]) -> str:
    """The name under which an entry was sent: rows that were left empty count there."""
    inside = [row for row in sent_as if f"{name}.".startswith(f"{row}.")]
    if not inside:
        return name
    row = max(inside, key=len)
    return sent_as[row] + name[len(row) :]
