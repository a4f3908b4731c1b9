"""The tables of verbs: each command is in one row, and its examples are valid."""

from collections.abc import Iterator

import pytest
from pydantic import TypeAdapter

from application.case.commands import promise
from application.case.service import VERBS as OF_CASES
from application.catalogue import commands as of_items
from application.execution.command import Command, Verb
from application.law import commands as of_the_law
from application.logbook import commands as of_the_log
from application.tolerance import commands as of_reviews
from domain.case import lifecycle as case
from domain.catalogue import lifecycle as item
from domain.logbook import lifecycle as log
from domain.tolerance import lifecycle as review
from domain.wording import lifecycle as article

TABLES = [
    (case.ACTIONS, (promise.OPEN, *OF_CASES)),
    (item.ACTIONS, (of_items.LIST, *of_items.VERBS)),
    (review.ACTIONS, (of_reviews.REQUEST, *of_reviews.VERBS)),
    (article.ACTIONS, (of_the_law.ENTER, *of_the_law.VERBS)),
    (log.ACTIONS, (of_the_log.RESTORE,)),
]
ROWS = [verb for _, table in TABLES for verb in table]
WITHOUT_EXAMPLES = {
    "Query",
    "Notify",
    "Reconsider",
    "FileAppeal",
    "WithdrawRequest",
    "ListItem",
    "ReviseItem",
    "ActivateItem",
    "DelistItem",
    "RestoreLog",
    "ApproveArticle",
    "ReturnArticle",
}


def below(base: type[Command]) -> Iterator[type[Command]]:
    """Every command class of the application that is derived from this one."""
    for each in base.__subclasses__():
        if "VERB" in vars(each) and each.__module__.startswith("application."):
            yield each
        yield from below(each)


COMMANDS = list(below(Command))


def test_every_command_is_in_exactly_one_row_of_the_verb_tables():
    rows = [outcome for verb in ROWS for outcome in verb.outcomes]
    assert len(rows) == len(set(rows))
    assert set(rows) == set(COMMANDS)


@pytest.mark.parametrize(("actions", "table"), TABLES)
def test_every_action_of_an_aggregate_has_one_row_in_its_verb_table(
    actions: dict[str, str], table: tuple[Verb, ...]
):
    assert sorted(verb.name for verb in table) == sorted(actions)


@pytest.mark.parametrize("verb", ROWS)
def test_a_row_has_the_verb_of_its_commands(verb: Verb):
    assert {outcome.VERB for outcome in verb.outcomes} == {verb.name}


@pytest.mark.parametrize("verb", ROWS)
def test_the_outcomes_of_a_verb_have_different_names(verb: Verb):
    names = [
        f.default for o in verb.outcomes for name, f in o.model_fields.items() if name == "outcome"
    ]
    assert len(set(names)) == (len(verb.outcomes) if len(verb.outcomes) > 1 else 0)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_of_a_command_is_valid(command: type[Command]):
    for caption, body in command.examples().items():
        assert caption
        assert type(TypeAdapter(command).validate_python(body)) is command
