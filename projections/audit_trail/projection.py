"""The audit trail: one row, with one Chinese sentence, for every event."""

from domain.case import events as c
from domain.catalogue import events as i
from domain.files import events as f
from domain.kernel.aggregate import Event
from domain.logbook import events as l
from domain.tolerance import events as r
from domain.values.personal.screen import masked
from domain.wording import events as w
from projections.audit_trail.descriptors import ACTION_OF, ground_of
from projections.audit_trail.sentences import sentence
from projections.read_model.projection import Projection, Rows, of_event, topics_of
from projections.read_model.tables import audit_trail

t = audit_trail.c


def fold(_: Rows, event: Event, position: int) -> Rows:
    """Returns the one row of the event; no later event changes it."""
    row = {
        "position": position,
        "stream_id": event.originator_id,
        "version": event.originator_version,
        "topic": event.TOPIC,
        "at": event.timestamp,
        "person": event.by.person,
        "role": event.by.role,
        "department": event.by.department.name,
        "department_code": event.by.department.code,
        "organisation": f"{event.by.department.code} {event.by.department.name}",
        "action": ACTION_OF[type(event)],
        "ground": ground_of(event),
        "documents": [masked(number, homes=False) for number in event.numbers_named],
        "sentence": sentence(event),
    }
    return (row,)


AUDIT = Projection(
    "audit", audit_trail, t.position, of_event, fold, topics_of(c, i, l, r, w, f), appends=True
)
