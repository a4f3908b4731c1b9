"""What the page of one item or one review shows: its state, what can be done, what happened."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from api.site.forms.doors import FormDoors
from api.site.forms.possible import open_and_shut
from application.aggregates import AGGREGATE_TYPES
from application.execution.ports import Recorded
from domain.kernel.lifecycle import Staged
from domain.law.lawbook import PRINTED, Lawbook
from domain.values.parties import Actor
from projections.history.entries import entries, state_of
from projections.history.outline import outline

A = TypeVar("A", bound=Staged)


def record(
    doors: FormDoors[A],
    aggregate: A,
    target: object,
    history: Sequence[Recorded],
    by: Actor,
    at: datetime,
    done: int | None,
    shown: Collection[str],
    law: Lawbook = PRINTED,
) -> dict[str, Any]:
    """The context of the page; `shown` are the fields of the state that it shows.

    `done` is the step that this person has just taken.
    """
    mine, others = open_and_shut(doors, aggregate, target, by, at, law=law)
    steps = list(entries(history))
    state = {name: value for name, value in state_of(aggregate).items() if name in shown}
    return {
        "open_actions": mine,
        "shut_actions": others,
        "state": outline(state, AGGREGATE_TYPES[type(aggregate).TOPIC]),
        "steps": steps,
        "done": next((each.sentence for each in steps if each.version == done), ""),
    }
