"""The worklist: who owes what by when, and a line about every case.

Which duties stand is said once, in domain/case/duties.py; here it becomes rows.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Executable, Select, delete, insert, or_, select, update

from domain.case import events as e
from domain.case.duties import created_by, settled_by
from domain.case.lifecycle import MAIN_LINE
from domain.kernel import Event
from domain.values import Organisation
from projections.paging import Keyset
from projections.projection import Projection
from projections.tables import case_summaries, duties

d, c = duties.c, case_summaries.c


def project(event: Event, _: int) -> Iterator[Executable]:
    """The changes one event makes to its case's line and duties."""
    if not event.TOPIC.startswith("case/"):
        return
    yield _line(event)
    case_id = event.originator_id
    settled = settled_by(event)
    if settled.actions:
        gone = delete(duties).where(d.case_id == case_id, d.action.in_(settled.actions))
        yield gone if settled.about is None else gone.where(d.about == settled.about)
    for duty in created_by(event):
        facts = {"action": duty.action, "about": duty.about, "due_on": duty.due.on}
        row = insert(duties).values(case_id=case_id, provisional=duty.due.provisional)
        yield row.values(**facts)


def _line(event: Event) -> Executable:
    if isinstance(event, e.CaseOpened):
        return insert(case_summaries).values(**_opened(event))
    row = update(case_summaries).where(c.case_id == event.originator_id)
    row = row.values(version=event.originator_version, updated_at=event.timestamp)
    step = MAIN_LINE.step_of.get(type(event))
    if step and step.dest:
        row = row.values(stage=step.dest)
    return row.values(code=event.code) if isinstance(event, e.CommitmentMade) else row


def _opened(event: e.CaseOpened) -> dict[str, Any]:
    item, applicant = event.pinned.item, event.applicant
    step = MAIN_LINE.step_of[e.CaseOpened]
    return {
        "case_id": event.originator_id,
        "version": event.originator_version,
        "stage": step.dest,
        "kind": event.kind,
        "item_code": item.code,
        "item_name": item.name,
        "applicant": applicant.name if isinstance(applicant, Organisation) else "自然人",
        "accepting_code": item.department.code,
        "supervising_code": item.supervisor.code,
        "opened_at": event.timestamp,
        "updated_at": event.timestamp,
    }


MOST_URGENT_FIRST = Keyset((d.due_on, d.case_id, d.action, d.about))
NEWEST_FIRST = Keyset((c.opened_at, c.case_id), descending=True)


def to_do(actions: Collection[str], department: str | None) -> Select[Any]:
    """The duties behind these actions, of one department's cases or of all."""
    rows = select(duties, *[x for x in c if x.name != "case_id"])
    rows = rows.join(case_summaries, c.case_id == d.case_id).where(d.action.in_(actions))
    return rows.where(_of(department)) if department else rows


def cases(department: str | None, stage: str | None = None) -> Select[Any]:
    """A line for every case of one department, or of all."""
    rows = select(case_summaries)
    if stage:
        rows = rows.where(c.stage == stage)
    return rows.where(_of(department)) if department else rows


def overdue(today: date) -> Select[Any]:
    """Cases with a duty whose day has passed, the longest overdue first."""
    late = select(d.case_id, d.action, d.due_on).where(d.due_on < today).distinct()
    return late.order_by(d.due_on, d.case_id, d.action)


def _of(department: str) -> Any:
    return or_(c.accepting_code == department, c.supervising_code == department)


WORKLIST = Projection("worklist", (duties, case_summaries), project)
