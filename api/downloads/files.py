"""Files of a case or of a review, for whoever may read it; every reading is noted first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import TheContainer, TheThreads
from api.http.thread_pools import Threads
from application.access.access_log import ReadSubject
from application.access.permissions import READING, READING_REVIEWS, permit_role
from application.aggregates import type_of
from domain.case.case import Case
from domain.case.promise.events import CaseOpened
from domain.case.promise.materials import Reused
from domain.kernel.errors import NotFound
from domain.tolerance.review import ToleranceReview
from domain.values.parties import Actor
from infrastructure.container import Container
from infrastructure.files.store import FileOnRecord

SANDBOX = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
"""A file that somebody sent runs nothing and reaches nothing."""


@dataclass(frozen=True)
class KeptFiles:
    container: Container
    threads: Threads
    access_log: AccessLogger

    async def of(self, by: Actor, owner: UUID) -> Sequence[FileOnRecord]:
        """The files of a case or of a review.  Raises NotFound or NotPermitted."""
        await self.threads.read(_require_readable, self.container, by, owner)
        await self.access_log.note(by, ReadSubject.FILES, owner)
        return await self.threads.read(self.container.files.of, owner)

    async def one(self, by: Actor, owner: UUID, sha256: str) -> Response:
        """One file, as it was received.  Raises NotFound or NotPermitted."""
        await self.threads.read(_require_readable, self.container, by, owner)
        await self.access_log.note(by, ReadSubject.FILES, owner, document=sha256)
        return await self._opened(owner, sha256)

    async def reused(self, by: Actor, case_id: UUID, material: str, purpose: str) -> Response:
        """The file of a material that another case holds, so that this one did not ask for it.

        It is noted under both cases.  Raises NotFound, also if it was erased, or NotPermitted.
        """
        case = await self.threads.read(self.container.casework.show, by, case_id)
        held = _held_elsewhere(case, material)
        both, details = (held.case, case_id), {"document": held.digest, "reused_in": case_id}
        await self.access_log.note_each(by, ReadSubject.FILES, both, purpose=purpose, **details)
        return await self._opened(held.case, held.digest)

    async def _opened(self, owner: UUID, sha256: str) -> Response:
        record, content = await self.threads.read(self.container.files.read, owner, sha256)
        media = record.facts.media_type
        headers = {
            "Content-Disposition": f'inline; filename="{sha256[:12]}.{media.ending}"',
            "Content-Security-Policy": SANDBOX,
            "Cache-Control": "no-store",
        }
        return Response(content, 200, headers, media.value)


def _held_elsewhere(case: Case, material: str) -> Reused:
    opened = case.last(CaseOpened)
    for each in opened.reused if opened else ():
        if each.material == material:
            return each
    raise NotFound("本案没有共用这份材料")


def _require_readable(container: Container, by: Actor, owner: UUID) -> None:
    """Raises NotPermitted, before NotFound if by the role."""
    permit_role(by, *READING, *READING_REVIEWS)
    kind = type_of(container.repository.events(owner, version=1)).aggregate
    if kind is Case:
        container.casework.show(by, owner)
    elif kind is ToleranceReview:
        container.tolerance.show(by, owner)
    else:
        raise NotFound("只有案件和容错审查的卷内有文件")


async def _kept_files(
    container: TheContainer, threads: TheThreads, access_log: TheAccessLog
) -> KeptFiles:
    return KeptFiles(container, threads, access_log)


TheFiles = Annotated[KeptFiles, Depends(_kept_files)]
