"""Every text that people can type into a command refuses personal data, by its type."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from api.http.commands import CommandHeaders
from api.http.parameters.filters import PageFilters, ReviewPageFilters
from api.v1.audit.exports import ExportRequest
from application.case import service as casework
from application.case.commands.promise import OPEN
from application.case.commands.sanction import Hear
from application.catalogue import commands as catalogue
from application.execution.command import Command
from application.imports.rows import CatalogueRow, CreditRow, ListedItemRow
from application.law import commands as law
from application.logbook import commands as logbook
from application.tolerance import commands as tolerance
from domain.values.parties import Actor
from domain.values.personal.screen import PersonalData
from tests.typed.fields import Leaf, Path, bodies, leaves, replaced, text_places
from tests.typed.spellings import HARMLESS, HOMES, MOBILE, SPELLINGS

VERBS = (
    OPEN,
    *casework.VERBS,
    catalogue.LIST,
    *catalogue.VERBS,
    tolerance.REQUEST,
    *tolerance.VERBS,
    law.ENTER,
    *law.VERBS,
    logbook.RESTORE,
)
COMMANDS = sorted(
    {each for verb in VERBS for each in verb.outcomes}, key=lambda each: each.__name__
)
OTHER_DOORS = (Actor, CommandHeaders, ExportRequest, PageFilters, ReviewPageFilters)
"""Models of what else people type and the service keeps: tokens, keys, what was asked for."""
ROWS = (ListedItemRow, CatalogueRow, CreditRow)

CODED_CELLS = ("subject_code", "department_code", "supervisor_code", "primary", "secondary")

NOT_SCREENED = {
    (Hear, "statement"): "听取陈述申辩须如实记录（行政处罚法 45、64）：有理由时照录原文",
    (CommandHeaders, "if_match"): "只与版本号比较，不保存",
    **dict.fromkeys(
        ((model, "cursor") for model in (PageFilters, ReviewPageFilters)),
        "保存之前先查明是本服务发出的页码",
    ),
    **dict.fromkeys(
        ((model, field) for model in (PageFilters, ExportRequest) for field in ("action", "topic")),
        "只接受已知的名称",
    ),
    **dict.fromkeys(
        ((model, name) for model in ROWS for name in CODED_CELLS),
        "编码按主体类别和核对情况校验；材料逐项按编号和名称校验",
    ),
}
"""Text fields that do not refuse personal data by their type, each with the reason."""
SPELT = [(kind, each) for kind, spellings in SPELLINGS.items() for each in spellings]


def every_command(of: type[Command] = Command) -> set[type[Command]]:
    below = {each for each in of.__subclasses__() if each.__module__.startswith("application.")}
    return below.union(*map(every_command, below))


def unscreened(model: type) -> list[Leaf]:
    return [leaf for leaf in leaves(model) if leaf.is_free_text and not leaf.is_screened]


def test_every_command_belongs_to_a_verb():
    assert {each for each in every_command() if hasattr(each, "VERB")} == set(COMMANDS)


@pytest.mark.parametrize("model", [*COMMANDS, *OTHER_DOORS, *ROWS], ids=lambda each: each.__name__)
def test_every_text_is_screened_coded_or_excused_with_a_reason(model):
    for leaf in unscreened(model):
        name = leaf.name.removeprefix("search.")
        assert (model, name) in NOT_SCREENED, f"{model.__name__}.{leaf.name}"


def test_a_command_without_a_screened_type_would_be_found():
    class Careless(Command):
        note: str
        more: tuple[str | None, ...] = ()

    assert [leaf.name for leaf in unscreened(Careless)] == ["note", "more"]


def test_no_excuse_outlives_its_field():
    for model, name in NOT_SCREENED:
        if model not in ROWS:
            names = [leaf.name.removeprefix("search.") for leaf in unscreened(model)]
            assert name in names, f"{model.__name__}.{name}"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.__name__)
def test_every_free_text_of_every_command_refuses_every_spelling(command):
    for body, place, is_new in places(command):
        for kind, spelling in SPELT if is_new else SPELT[::25]:
            with pytest.raises(ValidationError) as refusal:
                command.model_validate(replaced(body, place, f"请联系{spelling}。"))
            fault, *_ = refusal.value.errors()
            assert pointed_at(fault["loc"], place)
            assert PersonalData(kind).label in fault["msg"] or "\n" in spelling
            assert spelling not in fault["msg"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.__name__)
def test_every_free_text_of_every_command_takes_codes_dates_and_document_numbers(command):
    for body, place, is_new in places(command):
        for text in HARMLESS if is_new else HARMLESS[::25]:
            command.model_validate(replaced(body, place, text))


def places(command: type[Command]) -> Iterator[tuple[dict[str, Any], Path, bool]]:
    """Yields a valid body for every free text in every variant, and whether its place is new."""
    seen: set[Path] = set()
    for body in bodies(command):
        if command is Hear:
            body["verbatim_because"] = None
        command.model_validate(body)
        for place in text_places(body):
            yield body, place, place not in seen
            seen.add(place)


def pointed_at(loc: Iterable[int | str], place: Iterable[int | str]) -> bool:
    """True if the error points at the place; a union adds the name of its variant to the way."""
    parts = iter(loc)
    return all(part in parts for part in place) and not [*parts]


def test_a_statement_with_a_reason_to_keep_it_verbatim_is_taken_and_the_rest_is_not():
    body = {"statement": f"证人电话{MOBILE}", "opinion": "不采纳", "verbatim_because": "待核实"}
    assert Hear.model_validate(body).statement == f"证人电话{MOBILE}"
    for other in ("opinion", "verbatim_because"):
        with pytest.raises(ValidationError, match="文字里有手机号码"):
            Hear.model_validate(body | {other: MOBILE})
    with pytest.raises(ValidationError, match="文字里有手机号码"):
        Hear.model_validate(body | {"verbatim_because": None})


def test_what_may_become_public_refuses_the_address_of_a_person_too():
    for command in COMMANDS:
        for leaf in leaves(command):
            if leaf.is_free_text and leaf.is_public and leaf.path[0] == "public_note":
                for body in bodies(command):
                    for address in HOMES:
                        with pytest.raises(ValidationError, match="文字里有住址"):
                            command.model_validate(replaced(body, leaf.path, address))
