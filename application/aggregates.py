"""The kinds of aggregate that there are: whatever is generic over streams asks here."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from application.access.permissions import Matter
from domain.case.case import Case
from domain.catalogue.item import CatalogueItem
from domain.kernel.aggregate import Created, Event
from domain.kernel.lifecycle import Staged
from domain.tolerance.review import ToleranceReview


class AggregateType(NamedTuple):
    """One kind of aggregate, its Chinese word, and the matter by which rights to it are told."""

    aggregate: type[Staged]
    label: str
    matter: Callable[[Any], Matter | None]
    rights: str = ""
    """What stands before an action where rights tell it from the same action of a case."""

    @property
    def actions(self) -> dict[str, str]:
        """Every action that its tables know, with the Chinese word for it."""
        return {
            step.action: lifecycle.labels[step.action]
            for lifecycle in self.aggregate.LIFECYCLES
            for step in lifecycle.steps
        }


AGGREGATE_TYPES = {
    kind.aggregate.TOPIC: kind
    for kind in (
        AggregateType(Case, "案件", lambda case: case.pinned.item),
        AggregateType(CatalogueItem, "事项", lambda _: None),
        AggregateType(
            ToleranceReview, "容错审查", lambda review: review, f"{ToleranceReview.TOPIC}/"
        ),
    )
}
"""By the topic that the first event of a stream names."""

EVENTS: tuple[type[Event], ...] = tuple(
    step.records
    for kind in AGGREGATE_TYPES.values()
    for lifecycle in kind.aggregate.LIFECYCLES
    for step in lifecycle.steps
)
"""Every event that the tables know."""


def type_of(told: Sequence[Event]) -> AggregateType:
    """The kind of the stream that begins with these events."""
    first = told[0]
    assert isinstance(first, Created)
    return AGGREGATE_TYPES[first.originator_topic]


def replayed(told: Sequence[Event]) -> Staged:
    """The aggregate that these events tell; there must be one."""
    aggregate = type_of(told).aggregate.replay(told)
    assert aggregate is not None
    return aggregate
