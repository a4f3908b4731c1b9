"""The documents served in a case, as PDF: for officers who may read it, and for its applicant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import TheCasework, TheContainer, TheThreads
from api.http.thread_pools import Threads
from application.access.access_log import ReadSubject
from application.case.service import Casework
from application.execution.ports import Recorded
from domain.case.events import CaseOpened
from domain.documents.kinds import MADE_OUT_TWICE, Copy, DocumentKind
from domain.kernel.aggregate import Event
from domain.kernel.errors import NotFound
from domain.values.parties import Actor, Person
from infrastructure.letters.letters import Paper, TypesetLetters, papers_of

PDF = "application/pdf"


@dataclass(frozen=True)
class CaseDocuments:
    """The documents of the cases that an officer may read."""

    casework: Casework
    letters: TypesetLetters
    threads: Threads
    access_log: AccessLogger

    async def listed(self, by: Actor, case_id: UUID) -> list[Paper]:
        """What was served, the last of each kind.  Raises NotFound or NotPermitted."""
        history = await self._read(by, case_id)
        await self.access_log.note(by, ReadSubject.DOCUMENT, case_id)
        return papers_of(history)

    async def take(
        self, by: Actor, case_id: UUID, kind: DocumentKind, copy: Copy | None = None
    ) -> Response:
        """One document.  That of a person is for those who may know who it is, and is noted."""
        history = await self._read(by, case_id)
        opened = history[0]
        if isinstance(opened, CaseOpened) and isinstance(opened.applicant, Person):
            await self.threads.read(self.casework.identify, by, case_id)
            await self.access_log.note(by, ReadSubject.IDENTITY, case_id, document=kind)
        await self.access_log.note(by, ReadSubject.DOCUMENT, case_id, document=kind, copy=copy)
        return await as_pdf(self.letters, self.threads, history, kind, copy)

    async def _read(self, by: Actor, case_id: UUID) -> list[Event]:
        recorded = await self.threads.read(self.casework.history, by, case_id)
        return events_in(recorded)


def document_kind(code: str) -> DocumentKind:
    """Returns the kind of this code, as addresses of pages have it.  Raises NotFound."""
    try:
        return DocumentKind(code)
    except ValueError as unknown:
        raise NotFound("没有这种文书") from unknown


def events_in(recorded: Sequence[Recorded]) -> list[Event]:
    return [each.event for each in recorded]


async def as_pdf(
    letters: TypesetLetters,
    threads: Threads,
    history: Sequence[Event],
    kind: DocumentKind,
    copy: Copy | None,
) -> Response:
    """The document as a file that no cache may store; of two copies the applicant's, if unsaid."""
    if kind in MADE_OUT_TWICE:
        copy = copy or Copy.APPLICANT
    made = await threads.work_long(letters.render, history, kind, copy)
    name = f"{history[0].originator_id}-{kind.value}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, 200, headers, PDF)


async def _of_cases(
    casework: TheCasework, container: TheContainer, threads: TheThreads, access_log: TheAccessLog
) -> CaseDocuments:
    return CaseDocuments(casework, container.letters, threads, access_log)


TheDocuments = Annotated[CaseDocuments, Depends(_of_cases)]
