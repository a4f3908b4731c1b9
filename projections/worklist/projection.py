"""The worklist: who owes what by when, and a summary row for every case.

The table in domain/case/duties.py decides which duties stand; this projection stores them as rows.
The duties follow the event log.  The summary row of a case is written in the transaction of its
events and never lags.
"""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true

from application.access.permissions import Where
from domain.case import events as e
from domain.case.case import Case
from domain.case.duties import owed_after
from domain.case.lifecycle import BEFORE_DECISION
from domain.case.values import Duty
from domain.kernel.aggregate import Event
from domain.values.parties import Organisation
from domain.values.workdays import Deadline
from projections.audit_trail.queries import took_part
from projections.read_model import keyset as paging
from projections.read_model.keyset import Keyset
from projections.read_model.projection import Projection, Row, Rows, of_stream, topics_of
from projections.read_model.tables import case_summaries, duties

d, c = duties.c, case_summaries.c
Bars = tuple[Collection[str], Collection[str]]
"""The spellings of a person's id, and the topics of the events that bar their actor."""
NO_BARS: Mapping[str, Bars] = MappingProxyType({})


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """Returns the duties of one case after this event."""
    owed = [
        Duty(row["action"], _until(row["due_on"], row["provisional"]), row["about"]) for row in rows
    ]
    return tuple(_row(event.originator_id, duty) for duty in owed_after(owed, event))


@lru_cache(maxsize=4096)  # many cases share a day, and a replay needs each deadline three times
def _until(day: date, provisional: bool) -> Deadline:
    return Deadline(on=day, provisional=provisional)


def _row(case_id: UUID, duty: Duty) -> Row:
    due = {"due_on": duty.due.on, "provisional": duty.due.provisional}
    return {"case_id": case_id, "action": duty.action, "about": duty.about} | due


def summary_row(case: Case) -> Row:
    """Returns the summary row of a case, which is written in the transaction of its events."""
    item, applicant, due = case.pinned.item, case.applicant, case.next_due
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


MOST_URGENT_FIRST = Keyset((d.due_on, d.case_id, d.action, d.about))
NEWEST_FIRST = Keyset((c.opened_at, c.case_id), descending=True)


def to_do(
    reach: Mapping[str, Where], department: str, bars: Mapping[str, Bars] = NO_BARS
) -> Select[Any]:
    """Selects the duties with these actions, each in the cases to which its right reaches.

    `bars` names, by action, the events of the reader that bar them from it in the same case.
    """
    summary = [column for column in c if column.name not in ("case_id", "due_on")]
    rows = select(duties, *summary).join(case_summaries, c.case_id == d.case_id)
    mine = (
        and_(d.action == action, _within(where, department), *_not_barred(bars.get(action)))
        for action, where in reach.items()
    )
    return rows.where(or_(false(), *mine))


def cases(where: Where, department: str, stage: str | None = None) -> paging.Rows:
    """Selects the summary rows of the cases to which a right of this department reaches."""
    rows = select(case_summaries)
    if stage:
        rows = rows.where(c.stage == stage)
    if where is not Where.EITHER:
        return rows.where(_within(where, department))
    accepted = rows.where(c.accepting_code == department)
    supervised = rows.where(c.supervising_code == department, c.accepting_code != department)
    return (accepted, supervised)  # one query with OR would read and sort all of them


def summaries(case_ids: Collection[UUID]) -> Select[Any]:
    """Selects the summary rows of these cases."""
    return select(case_summaries).where(c.case_id.in_(case_ids))


def undecided(applicants: Collection[str]) -> Select[Any]:
    """Selects the cases of these organisations that a credit query can still divert."""
    open_ = c.stage.in_([stage.value for stage in BEFORE_DECISION])
    return (
        select(case_summaries).where(c.applicant_code.in_(applicants), open_).order_by(c.opened_at)
    )


def overdue(today: date) -> Select[Any]:
    """Selects the actions of each case whose due date has passed, the longest overdue first."""
    late = select(d.case_id, d.action, d.due_on).where(d.due_on < today).distinct()
    return late.order_by(d.due_on, d.case_id, d.action)


def longest_overdue(today: date) -> Select[Any]:
    """Selects the due date of the duty that is overdue for the longest; NULL if there is none."""
    return select(func.min(d.due_on)).where(d.due_on < today)


def _within(where: Where, department: str) -> ColumnElement[bool]:
    """The cases to which a right reaches; a place that is no place of a case reaches none."""
    accepting, supervising = c.accepting_code == department, c.supervising_code == department
    reached = {
        Where.ANYWHERE: true(),
        Where.ACCEPTING: accepting,
        Where.SUPERVISING: supervising,
        Where.EITHER: or_(accepting, supervising),
    }
    return reached.get(where, false())


def _not_barred(bars: Bars | None) -> list[ColumnElement[bool]]:
    return [] if bars is None else [not_(took_part(d.case_id, *bars))]


WORKLIST = Projection("worklist", duties, d.case_id, of_stream, fold, topics_of(e))
