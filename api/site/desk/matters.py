"""The lines of an officer's own lists: who applied, what bars this person, how long is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from sqlalchemy import Row

from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import ReadDatabase, ReadDb, TheContainer, TheThreads
from api.http.thread_pools import Threads
from api.site.desk.case_file import due_text
from api.site.desk.case_subject import person_name
from api.site.session.dependencies import SignedIn
from application.access.access_log import ReadSubject
from application.access.permissions import cases_of, duties_of
from domain.case.case import Case
from domain.values.parties import Actor, Organisation
from domain.values.workdays import Deadline, WorkCalendar, local_date
from infrastructure.container import Container
from projections.read_model.keyset import Place
from projections.worklist import lists as worklist
from projections.worklist.lists import Reader


@dataclass(frozen=True)
class Matter:
    """One case on a list."""

    case: Case
    action: str
    applicant: str
    barred: Sequence[str]
    """The sentences of the rules that keep this person from the action; empty if it is open."""


@dataclass(frozen=True)
class Reading:
    """Who reads, and with what; the name of a natural person is noted as a reading of it."""

    by: Actor
    container: Container
    threads: Threads
    read_db: ReadDatabase
    access_log: AccessLogger

    async def case(self, case_id: UUID) -> tuple[Case, str]:
        """A case, and its applicant's name if it is a person's that this reader may know.

        Raises NotFound or NotPermitted.
        """
        case = await self.threads.read(self.container.casework.show, self.by, case_id)
        if named := await self.threads.read(person_name, self.container, self.by, case):
            note = self.access_log.note
            await note(self.by, ReadSubject.IDENTITY, case_id, version=case.version)
        return case, named

    async def owed(
        self, actions: Sequence[str], size: int, cursor: str | None = None
    ) -> tuple[list[Row[Any]], str | None]:
        """What this department owes, the most urgent first, also where this person is barred."""
        today = local_date(self.container.clock())
        reach, department = duties_of(self.by, actions), self.by.department.code
        rows = worklist.to_do(Reader(reach, cases_of(self.by), department, today, soon=today))
        place = Place.of("owed", cursor, {"actions": " ".join(actions)})
        return await self.read_db.page(rows, worklist.MOST_URGENT_FIRST, size, place)

    async def matters(self, owed: Iterable[tuple[UUID, str]]) -> list[Matter]:
        """The cases with the action that is owed, each once, in this order."""
        return [await self._matter(*each) for each in dict.fromkeys(owed)]

    async def _matter(self, case_id: UUID, action: str) -> Matter:
        case, named = await self.case(case_id)
        applicant = case.applicant
        name = applicant.name if isinstance(applicant, Organisation) else named or "自然人"
        at, barred = self.container.clock(), list[str]()
        if action not in self.container.casework.actions(case, self.by, at):
            barred = list(case.obstacles(action, self.by, at))
        return Matter(case, action, name, barred)


async def _reading(
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    read_db: ReadDb,
    access_log: TheAccessLog,
) -> Reading:
    return Reading(by, container, threads, read_db, access_log)


TheReading = Annotated[Reading, Depends(_reading)]


def left_text(calendar: WorkCalendar, today: date, due: Deadline) -> str:
    """How long it is until a deadline, as `2026年9月28日，还有 2 个工作日`."""
    days = calendar.left(today, due.on)
    if due.passed(today):
        how_long = f"逾期 {-days} 个工作日" if days else "已逾期"
    elif due.on == today:
        how_long = "今天到期"
    else:
        how_long = f"还有 {days} 个工作日"
    return f"{due_text(due)}，{how_long}"
