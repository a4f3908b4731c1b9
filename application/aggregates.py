"""The registry of aggregate types, used by code that handles streams of any type."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from application.access.permissions import Matter
from domain.case.case import Case
from domain.catalogue.item import CatalogueItem
from domain.files.document import FiledDocument
from domain.kernel.aggregate import Created, Event
from domain.kernel.lifecycle import Staged
from domain.logbook.restoration import Restoration
from domain.tolerance.review import ToleranceReview
from domain.wording.entry import ArticleEntry

A = TypeVar("A", bound=Staged)


class AggregateType(NamedTuple):
    """One type of aggregate: its class, its Chinese label, and how to get the matter of a right."""

    aggregate: type[Staged]
    label: str
    matter: Callable[[Any], Matter | None]
    rights: str = ""
    """Prefix of this aggregate's keys in RIGHTS, e.g. `tolerance/`."""

    @property
    def actions(self) -> dict[str, str]:
        """Every action in its lifecycle tables, with the Chinese label."""
        return {
            step.action: lifecycle.labels[step.action]
            for lifecycle in self.aggregate.LIFECYCLES
            for step in lifecycle.steps
        }


AGGREGATE_TYPES = {
    each.aggregate.TOPIC: each
    for each in (
        AggregateType(Case, "案件", lambda case: case.pinned.item),
        AggregateType(CatalogueItem, "事项", lambda _: None),
        AggregateType(
            ToleranceReview, "容错审查", lambda review: review, f"{ToleranceReview.TOPIC}/"
        ),
        AggregateType(ArticleEntry, "条文", lambda _: None, f"{ArticleEntry.TOPIC}/"),
        AggregateType(FiledDocument, "文件", lambda _: None, f"{FiledDocument.TOPIC}/"),
        AggregateType(Restoration, "日志恢复", lambda _: None, f"{Restoration.TOPIC}/"),
    )
}
"""Aggregate types by their topic, which the first event of each stream stores."""

EVENTS: tuple[type[Event], ...] = tuple(
    step.records
    for each in AGGREGATE_TYPES.values()
    for lifecycle in each.aggregate.LIFECYCLES
    for step in lifecycle.steps
)
"""Every event class in the lifecycle tables."""


def type_of(events: Sequence[Event]) -> AggregateType:
    """Returns the aggregate type of the stream that begins with these events."""
    first = events[0]
    assert isinstance(first, Created)
    return AGGREGATE_TYPES[first.originator_topic]


def replayed_as(kind: type[A], events: Sequence[Event]) -> A:
    """Returns the aggregate of this class replayed from its events."""
    aggregate = replayed(events)
    assert isinstance(aggregate, kind)
    return aggregate


def replayed(events: Sequence[Event]) -> Staged:
    """Returns the aggregate replayed from these events, of which there must be at least one."""
    aggregate = type_of(events).aggregate.replay(events)
    assert aggregate is not None
    return aggregate
