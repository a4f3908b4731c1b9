"""Completeness of the registries: none of them misses an aggregate type or an event class."""

import importlib
import pkgutil
from collections.abc import Iterator

import domain
from application.access.permissions import RIGHTS
from application.aggregates import AGGREGATE_TYPES
from domain.kernel.aggregate import Created, Event
from domain.kernel.instants import ClockCorrection
from domain.kernel.lifecycle import Staged
from projections.audit_trail.projection import AUDIT
from projections.audit_trail.sentences import SENTENCES

for module in pkgutil.walk_packages(domain.__path__, "domain."):
    importlib.import_module(module.name)


def every(kind: type) -> Iterator[type]:
    """Every subclass in the domain, wherever it is declared."""
    for below in kind.__subclasses__():
        if below.__module__.startswith("domain."):
            yield below
            yield from every(below)


BASES = (Created, ClockCorrection)
EVERY_EVENT = [event for event in dict.fromkeys(every(Event)) if event not in BASES]


def test_every_event_class_has_a_sentence():
    assert set(SENTENCES) == set(EVERY_EVENT)


def test_every_event_class_is_in_the_audit_trail():
    assert set(AUDIT.topics) == {event.TOPIC for event in EVERY_EVENT}


def test_every_aggregate_is_registered_as_an_aggregate_type():
    whole = {aggregate for aggregate in every(Staged) if not [*every(aggregate)]}
    assert {kind.aggregate for kind in AGGREGATE_TYPES.values()} == whole


def test_every_event_class_is_in_the_lifecycle_tables_of_one_aggregate_type():
    recorded = [
        step.records
        for kind in AGGREGATE_TYPES.values()
        for lifecycle in kind.aggregate.LIFECYCLES
        for step in lifecycle.steps
    ]
    assert sorted(each.TOPIC for each in recorded) == sorted(each.TOPIC for each in EVERY_EVENT)


def test_every_action_of_every_aggregate_type_has_a_label_and_a_right():
    for kind in AGGREGATE_TYPES.values():
        for name, label in kind.actions.items():
            assert kind.rights + name in RIGHTS and label


def test_an_event_class_is_found_wherever_the_domain_declares_it():
    class Forgotten(Event):
        """An event without a topic, so that no registry takes it."""

    Forgotten.__module__ = "domain.somewhere"
    assert Forgotten in every(Event)
    Forgotten.__module__ = __name__
    assert Forgotten not in every(Event)
