"""The statistics: what happened in each case and which of its duties were done in time.

A case has one row.  What the row adds to the sums by month is said in `counting`; the page reads
the sums only, so that a figure costs the same whatever the number of cases.
"""

from datetime import date
from typing import Any

from application.access.permissions import Role
from domain.case import events as e
from domain.case.duties import owed_after
from domain.case.lifecycle import ACCEPTANCE, DELIVERY, HEARING, MAIN_LINE, SUPPLEMENT
from domain.case.values import Duty
from domain.kernel.aggregate import Event
from domain.values.parties import Person
from domain.values.workdays import Deadline
from projections.read_model.masking import masked_column
from projections.read_model.projection import Projection, Row, Rows, Totals, of_stream, topics_of
from projections.statistics.counting import minutes_to_decision, monthly_counts
from projections.statistics.tables import case_counts, decision_minutes, monthly_totals

t = case_counts.c
ACTION_OF = {
    event: step.action
    for lifecycle in (MAIN_LINE, ACCEPTANCE, SUPPLEMENT, HEARING, DELIVERY)
    for event, step in lifecycle.step_of.items()
}
"""The action that each event records; it does the duty of the same name."""
DATE_OF = {
    "accept": ("accept_by",),
    "complete": ("correct_by",),
    "query": ("query_by",),
    "notify": ("notify_by",),
    "commit": ("commit_by",),
    "check": ("decide_by",),
    "decide": ("decide_by",),
    "deliver": ("deliver_by",),
    "supply": ("due",),
    "review": ("review_by",),
    "inspect": ("inspect_by",),
    "rectify": ("order_by", "rectify_by"),
    "forewarn": ("forewarn_by",),
    "hear": ("statement_until",),
    "penalize": ("penalize_by",),
}
"""The dates of events by which each duty is due, for corrections of them."""


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """Returns what is known of one case after this event."""
    if isinstance(event, e.CaseOpened):
        rows = (_opened(event),)
    if isinstance(event, e.InstantsCorrected):
        return tuple(_corrected(row, event) for row in rows)
    return tuple(_after(row, event) for row in rows)


def _opened(event: e.CaseOpened) -> Row:
    item = event.pinned.item
    return {
        "case_id": event.originator_id,
        "item_code": item.code,
        "item_name": masked_column(t.item_name, item.name),
        "kind": event.kind.value,
        "person": isinstance(event.applicant, Person),
        "accepting_code": item.department.code,
        "accepting": masked_column(t.accepting, item.department.name),
        "supervising_code": item.supervisor.code,
        "supervising": masked_column(t.supervising, item.supervisor.name),
        "steps": [],
        "owed": [],
        "settled": [],
    }


def _after(row: Row, event: Event) -> Row:
    """The row with this step, the duties that it settled and those that it created.

    A step is [version, topic, instant, detail], a duty owed [action, about, due, set by version],
    a duty settled [action, due, set by version, settled by version, done].
    """
    version = event.originator_version
    step = [version, event.TOPIC, event.timestamp.isoformat(), _detail(event)]
    duties = [(_duty(each), each) for each in row["owed"]]
    after = owed_after([duty for duty, _ in duties], event)
    kept = {id(duty) for duty in after}
    standing = [each for duty, each in duties if id(duty) in kept]
    settled = [each for duty, each in duties if id(duty) not in kept]
    return row | {
        "steps": [*row["steps"], step],
        "owed": [*standing, *(_owed(duty, version) for duty in after[len(standing) :])],
        "settled": [
            *row["settled"],
            *([a, due, by, version, _does(event, a)] for a, _, due, by in settled),
        ],
    }


def _detail(event: Event) -> Any:
    """What is counted of an event beside the event itself."""
    match event:
        case e.CaseOpened(reused=reused) if reused:
            return len(reused)
        case e.CommitmentMade(deferred=deferred):
            return len(deferred)
        case e.CorrectionReceived(received_on=day):
            return day.isoformat()
        case e.Rectified(done_on=day) | e.ResultDelivered(delivered_on=day):
            return day.isoformat()
    return None


def _does(event: Event, action: str) -> bool:
    """True if somebody did the duty; the service itself only notes that nobody did."""
    return ACTION_OF.get(type(event)) == action and event.by.role != Role.SYSTEM


def _duty(owed: list[Any]) -> Duty:
    action, about, due, _ = owed
    return Duty(action, Deadline(on=date.fromisoformat(due)), about)


def _owed(duty: Duty, version: int) -> list[Any]:
    return [duty.action, duty.about, duty.due.on.isoformat(), version]


def _corrected(row: Row, event: e.InstantsCorrected) -> Row:
    """The row at the right instants, with the dates that are counted from them."""
    at = {each.version: each.at.isoformat() for each in event.instants}
    dates = {
        (each.version, right.name): right.due.on.isoformat()
        for each in event.instants
        for right in each.dates
    }

    def due(action: str, day: str, version: int) -> str:
        right = (dates.get((version, name)) for name in DATE_OF[action])
        return next((each for each in right if each), day)

    return row | {
        "steps": [[v, topic, at.get(v, then), detail] for v, topic, then, detail in row["steps"]],
        "owed": [_owed(duty, event.originator_version) for duty in event.owed],
        "settled": [[a, due(a, day, by), by, v, done] for a, day, by, v, done in row["settled"]],
    }


STATISTICS = Projection(
    "statistics",
    case_counts,
    t.case_id,
    of_stream,
    fold,
    topics_of(e),
    totals=(
        Totals(monthly_totals, monthly_counts),
        Totals(decision_minutes, minutes_to_decision),
    ),
)
