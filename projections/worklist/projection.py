"""The worklist: who owes what by when, and a summary row for every case.

The table in domain/case/duties.py decides which duties stand; this projection stores them as rows.
The duties follow the event log.  The summary row of a case is written in the transaction of its
events and never lags.  What people ask of both stands in lists.py.
"""

from datetime import date
from functools import lru_cache

from domain.case import events as e
from domain.case.case import Case
from domain.case.duties import owed_after
from domain.case.values import Duty
from domain.kernel.aggregate import Event
from domain.values.parties import Organisation
from domain.values.workdays import Deadline, local_date
from projections.read_model.projection import Projection, Row, Rows, of_stream, topics_of
from projections.read_model.tables import duties


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """Returns the duties of one case after this event; one that stands keeps its row."""
    rows_of = {_duty(row): row for row in rows}
    return tuple(rows_of.get(duty) or _row(event, duty) for duty in owed_after(rows_of, event))


def _duty(row: Row) -> Duty:
    return Duty(row["action"], _until(row["due_on"], row["provisional"]), row["about"])


@lru_cache(maxsize=4096)  # many cases share a day, and a replay needs each deadline three times
def _until(day: date, provisional: bool) -> Deadline:
    return Deadline(on=day, provisional=provisional)


def _row(event: Event, duty: Duty) -> Row:
    """The row of a duty that this event created."""
    due = {"due_on": duty.due.on, "provisional": duty.due.provisional}
    created = {"case_id": event.originator_id, "since": event.originator_version}
    return {"action": duty.action, "about": duty.about} | due | created


def summary_row(case: Case) -> Row:
    """Returns the summary row of a case, which is written in the transaction of its events."""
    item, applicant = case.pinned.item, case.applicant
    due = case.next_due(local_date(case.modified_on))
    commitment = case.last(e.CommitmentMade)
    return {
        "case_id": case.id,
        "version": case.version,
        "stage": case.stage,
        "kind": case.kind,
        "code": commitment.code if commitment else None,
        "item_code": item.code,
        "item_name": item.name,
        "applicant": applicant.name if isinstance(applicant, Organisation) else "自然人",
        "applicant_code": applicant.code if isinstance(applicant, Organisation) else None,
        "accepting_code": item.department.code,
        "supervising_code": item.supervisor.code,
        "next_action": due.action if due else None,
        "due_on": due.due.on if due else None,
        "opened_at": case.created_on,
        "updated_at": case.modified_on,
    }


WORKLIST = Projection("worklist", duties, duties.c.case_id, of_stream, fold, topics_of(e))
