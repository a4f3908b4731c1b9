"""Downloads of evidence: the proof of a stream's events, and the whole bundle."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Response

from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import TheCasework, TheContainer, TheThreads
from api.http.thread_pools import Threads
from application.access.access_log import ReadSubject
from domain.values.parties import Actor
from infrastructure.evidence.bundle import Bundler

T = TypeVar("T")


@dataclass(frozen=True)
class EvidenceDownload:
    """Evidence about the streams whose history the actor may read."""

    history: Callable[[Actor, UUID], object]
    """Raises NotFound or NotPermitted if the actor may not read the stream."""
    bundler: Bundler
    threads: Threads
    access_log: AccessLogger

    async def proof(self, by: Actor, stream_id: UUID) -> dict[str, Any]:
        return await self._take(self.bundler.proof, ReadSubject.PROOF, by, stream_id)

    async def bundle(self, by: Actor, stream_id: UUID) -> Response:
        """Returns the bundle as a file that no cache may store."""
        packed = await self._take(self.bundler.pack, ReadSubject.BUNDLE, by, stream_id)
        name = {"Content-Disposition": f'attachment; filename="{stream_id}.zip"'}
        return Response(packed, 200, name | {"Cache-Control": "no-store"}, "application/zip")

    async def _take(
        self, make: Callable[[UUID], T], what: ReadSubject, by: Actor, stream_id: UUID
    ) -> T:
        """Logs the read, then makes the evidence beside the writer, since it takes long."""
        await self.threads.read(self.history, by, stream_id)
        await self.access_log.note(by, what, stream_id)
        return await self.threads.work_long(make, stream_id)


async def _of_a_case(
    casework: TheCasework, container: TheContainer, threads: TheThreads, access_log: TheAccessLog
) -> EvidenceDownload:
    return EvidenceDownload(casework.history, container.bundler, threads, access_log)


async def _of_any_stream(
    container: TheContainer, threads: TheThreads, access_log: TheAccessLog
) -> EvidenceDownload:
    return EvidenceDownload(container.auditing.history, container.bundler, threads, access_log)


CaseEvidence = Annotated[EvidenceDownload, Depends(_of_a_case)]
StreamEvidence = Annotated[EvidenceDownload, Depends(_of_any_stream)]
"""Evidence about streams of any type, for auditors."""
