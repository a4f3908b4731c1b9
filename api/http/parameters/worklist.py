"""The reader of the worklist, and the lines as the API and the page show them alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy import Row

from api.http.dependencies import ReadDatabase, ReadDb, TheContainer, Today
from application.access.permissions import RIGHTS, Role, Where, cases_of, duties_of, reach
from application.case.separation import barring_topics
from domain.case.duties import AWAITING_THE_APPLICANT
from domain.case.lifecycle import ACTIONS
from domain.values.parties import Actor
from domain.values.workdays import Party, WorkCalendar
from projections.worklist.lists import Bars, Reader

SOON = 3
"""Working days."""


@dataclass(frozen=True)
class Worklists:
    """Makes the worklist of a person as it is today."""

    read_db: ReadDatabase
    calendar: WorkCalendar
    today: Today

    async def of(self, by: Actor) -> Reader:
        """Raises NotPermitted if this person may read no worklist."""
        mine = duties_of(by, ACTIONS)
        return Reader(
            *(mine, cases_of(by), by.department.code, self.today),
            soon=self.calendar.add(self.today, SOON, Party.GOVERNMENT).on,
            person=by.person,
            bars=await self._bars(by, mine),
        )

    async def _bars(self, by: Actor, mine: Mapping[str, Where]) -> dict[str, Bars]:
        """The events that bar the reader from each action; supervision is barred from none."""
        topics = {
            name: barring_topics(name)
            for name, where in mine.items()
            if where is not Where.ANYWHERE
        }
        if not any(topics.values()):
            return {}
        ids = await self.read_db.spellings_of(by.person)
        return {name: (ids, barring) for name, barring in topics.items() if barring}

    def line(self, by: Actor, row: Row[Any]) -> dict[str, Any]:
        """The facts of one line beyond those that its row contains."""
        applicants = awaits_the_applicant(row.action, row.stage)
        owed_by = Party.APPLICANT if applicants else Party.GOVERNMENT
        return dict(row._mapping) | {
            "label": ACTIONS[row.action],
            "about": row.about or None,
            "overdue": row.due_on < self.today,
            "workdays_left": self.calendar.left(self.today, row.due_on, owed_by),
            "yours": bool(row.own) and reach(by, "read_all") is None,
            "holder": "申请人" if applicants and row.due_on >= self.today else _office(row),
        }


def awaits_the_applicant(action: str, stage: str) -> bool:
    return (action, None) in AWAITING_THE_APPLICANT or (action, stage) in AWAITING_THE_APPLICANT


def _office(row: Row[Any]) -> str:
    """Who holds it: the roles, and the department if the catalogue knows it."""
    right = RIGHTS[row.action]
    roles = "、".join(role.label for role in Role if role in right.roles - {Role.SYSTEM})
    names = {Where.ACCEPTING: row.department, Where.SUPERVISING: row.supervisor}
    return " · ".join(filter(None, (roles, names.get(right.where, row.supervisor))))


async def _worklists(read_db: ReadDb, container: TheContainer, today: Today) -> Worklists:
    return Worklists(read_db, container.calendar, today)


TheWorklists = Annotated[Worklists, Depends(_worklists)]
