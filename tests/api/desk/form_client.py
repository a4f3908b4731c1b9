"""Fills in the forms of commands as a person does, from the body that the API takes."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from api.site.forms.entries import entries_of
from api.site.forms.reading import fields_of
from application.execution.command import Choices, Command, Verb

Fields = dict[str, list[str]]
NONE: Choices = {}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def command_of(verb: Verb, body: Mapping[str, Any]) -> type[Command]:
    """The command of the outcome that the body names."""
    outcomes = {str(each.model_fields["outcome"].default): each for each in verb.outcomes[1:]}
    return outcomes.get(body.get("outcome", ""), verb.outcomes[0])


def typed(command: type[Command], body: Mapping[str, Any], choices: Choices = NONE) -> Fields:
    """What a person types for this body, where the aggregate leaves these choices."""
    fields = fields_of(entries_of(command, choices), body)
    outcome = {"outcome": [body["outcome"]]} if "outcome" in body else {}
    return {name: list(values) for name, values in fields.items()} | outcome


def hidden(page: str, form: str) -> Fields:
    """The hidden fields of the form with this id on a page."""
    whole = page.partition(f'id="{form}"')[2].partition("</form>")[0]
    return {name: [unescape(value)] for name, value in _HIDDEN.findall(whole)}
