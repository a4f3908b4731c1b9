"""The worklist: who owes what by when, and a line about every case.

Which duties stand is said once, in domain/case/duties.py; here it becomes rows.  The duties follow
the log; the line of a case is written with its events and never lags.
"""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from domain.case import events as e
from domain.case.case import Case
from domain.case.duties import owed_after
from domain.case.values import Duty
from domain.kernel.aggregate import Event
from domain.values.parties import Organisation
from domain.values.workdays import Deadline
from projections.read_model import keyset as paging
from projections.read_model.keyset import Keyset
from projections.read_model.projection import Projection, Row, Rows, of_stream, topics_of
from projections.read_model.tables import case_summaries, duties

d, c = duties.c, case_summaries.c


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """The duties of one case after one more event."""
    owed = [
        Duty(row["action"], _until(row["due_on"], row["provisional"]), row["about"]) for row in rows
    ]
    return tuple(_row(event.originator_id, duty) for duty in owed_after(owed, event))


@lru_cache(maxsize=4096)  # many cases share a day, and a replay asks for each of them thrice
def _until(day: date, provisional: bool) -> Deadline:
    return Deadline(on=day, provisional=provisional)


def _row(case_id: UUID, duty: Duty) -> Row:
    due = {"due_on": duty.due.on, "provisional": duty.due.provisional}
    return {"case_id": case_id, "action": duty.action, "about": duty.about} | due


def line(case: Case) -> Row:
    """The line of a case, written in the same transaction as its events."""
    item, applicant, due = case.pinned.item, case.applicant, case.next_due
    promised = case.last(e.CommitmentMade)
    return {
        "case_id": case.id,
        "version": case.version,
        "stage": case.stage,
        "kind": case.kind,
        "code": promised.code if promised else None,
        "item_code": item.code,
        "item_name": item.name,
        "applicant": applicant.name if isinstance(applicant, Organisation) else "自然人",
        "accepting_code": item.department.code,
        "supervising_code": item.supervisor.code,
        "next_action": due.action if due else None,
        "due_on": due.due.on if due else None,
        "opened_at": case.created_on,
        "updated_at": case.modified_on,
    }


MOST_URGENT_FIRST = Keyset((d.due_on, d.case_id, d.action, d.about))
NEWEST_FIRST = Keyset((c.opened_at, c.case_id), descending=True)


def to_do(actions: Collection[str], department: str | None) -> Select[Any]:
    """The duties behind these actions, of one department's cases or of all."""
    rows = select(duties, *[x for x in c if x.name not in ("case_id", "due_on")])
    rows = rows.join(case_summaries, c.case_id == d.case_id).where(d.action.in_(actions))
    return rows.where(_of(department)) if department else rows


def cases(department: str | None, stage: str | None = None) -> paging.Rows:
    """A line for every case of one department, or of all."""
    rows = select(case_summaries)
    if stage:
        rows = rows.where(c.stage == stage)
    if not department:
        return rows
    overseen = rows.where(c.supervising_code == department, c.accepting_code != department)
    # an OR would gather all of them and sort
    return (rows.where(c.accepting_code == department), overseen)


def overdue(today: date) -> Select[Any]:
    """Cases with a duty whose day has passed, the longest overdue first."""
    late = select(d.case_id, d.action, d.due_on).where(d.due_on < today).distinct()
    return late.order_by(d.due_on, d.case_id, d.action)


def _of(department: str) -> Any:
    return or_(c.accepting_code == department, c.supervising_code == department)


WORKLIST = Projection("worklist", duties, d.case_id, of_stream, fold, topics_of(e))
