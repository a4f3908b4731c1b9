"""The index of document numbers: which events name which document.

Documents are decisions, legal bases, commitment codes, management measures and findings.
"""

from application.aggregates import EVENTS
from domain.kernel.aggregate import Event
from projections.audit_trail.descriptors import document_key
from projections.read_model.projection import Projection, Rows, of_event
from projections.read_model.tables import audit_documents

t = audit_documents.c


def fold(_: Rows, event: Event, position: int) -> Rows:
    """Returns a row for each document that the event names."""
    numbers = dict.fromkeys(document_key(number) for number in event.numbers_named)
    return tuple(
        {"number": number, "at": event.timestamp, "position": position} for number in numbers
    )


TOPICS = [event.TOPIC for event in EVENTS if event.NAMES]
NAMED = Projection("documents", audit_documents, t.position, of_event, fold, TOPICS, appends=True)
