"""Which events name a document: decisions, legal bases, commitment codes, measures, findings."""

from application.aggregates import EVENTS
from domain.kernel.aggregate import Event
from projections.audit_trail.descriptors import comparable
from projections.read_model.projection import Projection, Rows
from projections.read_model.tables import audit_documents

t = audit_documents.c


def fold(_: Rows, event: Event, position: int) -> Rows:
    """A row for every document that the event names."""
    numbers = dict.fromkeys(comparable(number) for number in event.numbers_named)
    place = {"at": event.timestamp, "position": position}
    return tuple({"number": number} | place for number in numbers)


def _position(_: Event, position: int) -> int:
    return position


TOPICS = [event.TOPIC for event in EVENTS if event.NAMES]
NAMED = Projection("documents", audit_documents, t.position, _position, fold, TOPICS, appends=True)
