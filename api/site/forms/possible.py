"""What a person can do with an aggregate now, with the forms; and why not the rest."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from api.site.forms.command_form import CommandForm
from api.site.forms.doors import FormDoors
from application.access.permissions import allowed, entitled
from application.aggregates import AGGREGATE_TYPES, AggregateType
from application.execution.command import Verb
from domain.kernel.lifecycle import Staged
from domain.law.lawbook import PRINTED, Lawbook
from domain.values.parties import Actor

A = TypeVar("A", bound=Staged)


class Open(NamedTuple):
    """An action that this person may take now, with a form for each outcome."""

    name: str
    label: str
    forms: Sequence[CommandForm]
    is_due: bool


class Shut(NamedTuple):
    """An action that this person cannot take now: the reasons, and who may take it."""

    name: str
    label: str
    reasons: Sequence[str]
    who: str
    """Roles and departments, as `窗口受理 · 市场监督管理局`; empty if this person is of them."""


def open_and_shut(
    doors: FormDoors[A],
    aggregate: A,
    target: object,
    by: Actor,
    at: datetime,
    owed: Collection[str] = (),
    law: Lawbook = PRINTED,
) -> tuple[list[Open], list[Shut]]:
    """The open actions, those that are owed first, and the shut ones that concern this person."""
    kind = AGGREGATE_TYPES[type(aggregate).TOPIC]
    possible = aggregate.open_actions(by, at)
    mine, others = [], []
    for verb in doors.verbs:
        label = kind.actions[verb.name]
        if verb.name in possible and allowed(by, kind.rights + verb.name, kind.matter(aggregate)):
            forms = doors.forms(verb, aggregate, target)
            mine.append(Open(verb.name, label, forms, verb.name in owed))
        elif shut := _shut(kind, aggregate, verb, by, at, possible, law):
            others.append(shut)
    return sorted(mine, key=lambda each: not each.is_due), others


def _shut(
    kind: AggregateType,
    aggregate: Staged,
    verb: Verb,
    by: Actor,
    at: datetime,
    possible: Collection[str],
    law: Lawbook,
) -> Shut | None:
    """Returns None for an action that nobody can take now, and that is not this person's."""
    reasons, who = aggregate.obstacles(verb.name, by, at, law), _who(kind, aggregate, verb.name, by)
    if verb.name in possible or (reasons and not who):
        return Shut(verb.name, kind.actions[verb.name], reasons, who)
    return None


def _who(kind: AggregateType, aggregate: Staged, action: str, by: Actor) -> str:
    matter = kind.matter(aggregate)
    if allowed(by, kind.rights + action, matter):
        return ""
    roles, offices = entitled(kind.rights + action, matter)
    places = "、".join(each.name for each in offices) if offices else "不限单位"
    return f"{'、'.join(role.label for role in roles)} · {places}"
