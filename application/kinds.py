"""The kinds of aggregate that there are: whatever is generic over streams asks here."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from domain.case.case import Case
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import ListedItem
from domain.kernel import Created, Event
from domain.lifecycle import Staged


class Kind(NamedTuple):
    """One kind of aggregate, its Chinese word, and the item by which rights to it are told."""

    aggregate: type[Staged]
    label: str
    item: Callable[[Any], ListedItem | None]

    @property
    def actions(self) -> dict[str, str]:
        """Every action that its tables know, with the Chinese word for it."""
        return {
            step.action: lifecycle.labels[step.action]
            for lifecycle in self.aggregate.LIFECYCLES
            for step in lifecycle.steps
        }


KINDS = {
    kind.aggregate.TOPIC: kind
    for kind in (
        Kind(Case, "案件", lambda case: case.pinned.item),
        Kind(CatalogueItem, "事项", lambda _: None),
    )
}
"""By the topic that the first event of a stream names."""


def kind_of(told: Sequence[Event]) -> Kind:
    """The kind of the stream that begins with these events."""
    first = told[0]
    assert isinstance(first, Created)
    return KINDS[first.originator_topic]


def folded(told: Sequence[Event]) -> Staged:
    """The aggregate that these events tell; there must be one."""
    aggregate = kind_of(told).aggregate.fold(told)
    assert aggregate is not None
    return aggregate
