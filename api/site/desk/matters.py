"""The lines of an officer's own lists: who applied, what bars this person, how long is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.http.access_log import AccessLogger
from api.http.thread_pools import Threads
from api.site.desk.case_file import due_text
from api.site.desk.case_subject import person_name
from application.access.access_log import ReadSubject
from domain.case.case import Case
from domain.values.parties import Actor, Organisation
from domain.values.workdays import Deadline, WorkCalendar
from infrastructure.container import Container


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
    """Who reads a list, and with what."""

    by: Actor
    container: Container
    threads: Threads
    access_log: AccessLogger

    async def matters(self, owed: Iterable[tuple[UUID, str]]) -> list[Matter]:
        """The cases with the action that is owed; a natural person's name is noted as read."""
        found = []
        for case_id, action in dict.fromkeys(owed):
            matter, is_person = await self.threads.read(self._matter, case_id, action)
            if is_person:
                version = matter.case.version
                await self.access_log.note(self.by, ReadSubject.IDENTITY, case_id, version=version)
            found.append(matter)
        return found

    def _matter(self, case_id: UUID, action: str) -> tuple[Matter, bool]:
        case = self.container.casework.show(self.by, case_id)
        named = person_name(self.container, self.by, case)
        applicant = case.applicant
        name = applicant.name if isinstance(applicant, Organisation) else named or "自然人"
        at, barred = self.container.clock(), list[str]()
        if action not in self.container.casework.actions(case, self.by, at):
            barred = list(case.obstacles(action, self.by, at))
        return Matter(case, action, name, barred), bool(named)


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
