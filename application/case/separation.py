"""Separation of duties, read from the tables: which events of a person bar them from an action."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from domain.case import events as e
from domain.case.case import INVESTIGATIONS, Case
from domain.case.sanction.rules import investigator_does_not_judge
from domain.case.supervision.rules import decider_does_not_inspect
from domain.kernel.aggregate import Event

TAKEN_PART: Mapping[Callable[..., bool], tuple[type[Event], ...]] = MappingProxyType(
    {
        decider_does_not_inspect: (e.ApplicationGranted,),
        investigator_does_not_judge: INVESTIGATIONS,
    }
)
"""By rule: the events whose actor it bars.  A test compares this with the rules themselves."""


def barring_topics(action: str) -> list[str]:
    """Returns the topics of the events whose actor may not take this action on the same case."""
    rules: set[Any] = {
        rule
        for lifecycle in Case.LIFECYCLES
        for step in lifecycle.steps
        if step.action == action
        for rule in step.when
    }
    return [event.TOPIC for rule, events in TAKEN_PART.items() if rule in rules for event in events]
