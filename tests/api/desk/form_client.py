"""Fills in the forms of commands as a person does, from the body that the API takes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

from api.site.forms.entries import Entry, Input, entries_of
from application.execution.command import Command, Verb

Fields = dict[str, list[str]]
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def command_of(verb: Verb, body: Mapping[str, Any]) -> type[Command]:
    """The command of the outcome that the body names."""
    outcomes = {str(each.model_fields["outcome"].default): each for each in verb.outcomes[1:]}
    return outcomes.get(body.get("outcome", ""), verb.outcomes[0])


def typed(command: type[Command], body: Mapping[str, Any]) -> Fields:
    """What a person types for this body; `None` and empty lists are left out."""
    fields: Fields = {}
    for name, value in _typed(entries_of(command, {}), body):
        fields.setdefault(name, []).append(value)
    return fields | ({"outcome": [body["outcome"]]} if "outcome" in body else {})


def _typed(entries: Iterable[Entry], body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in entries:
        value = body.get(each.name.rpartition(".")[2])
        if value is not None:
            yield from _one(each, value)


def _one(each: Entry, value: Any) -> Iterator[tuple[str, str]]:
    match each.input:
        case Input.GROUP:
            yield from _typed(each.inside, value)
        case Input.VARIANTS:
            yield each.tag_name, str(value[each.tag])
            yield from _typed(each.variant(str(value[each.tag])), value)
        case Input.ROWS:
            for index, row in enumerate(value):
                yield from _one(each.row(index), row)
        case Input.BOXES:
            yield from ((each.name, str(one)) for one in value)
        case Input.FILE if each.many:
            yield from ((each.name, one) for one in value)
        case _:
            yield each.name, str(value).lower() if isinstance(value, bool) else str(value)


def hidden(page: str, form: str) -> Fields:
    """The hidden fields of the form with this id on a page."""
    whole = page.partition(f'id="{form}"')[2].partition("</form>")[0]
    return {name: [unescape(value)] for name, value in _HIDDEN.findall(whole)}
