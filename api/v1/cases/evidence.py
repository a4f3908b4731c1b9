"""Evidence about one case: the proof of its events, and the bundle to take away."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.http.access_log import TheJournal
from api.http.dependencies import TheService, TheThreads, Who, Work
from api.http.problems import REFUSALS
from application.access.access_log import Reading

router = APIRouter(prefix="/api/v1/cases/{case_id}", tags=["存证"], responses=REFUSALS)


class ProvedEvent(BaseModel):
    """An event as it was hashed, and its audit path (RFC 6962) to the checkpoint's root."""

    position: int
    leaf: str
    proof: list[str]


class CaseProof(BaseModel):
    checkpoint: str
    events: list[ProvedEvent]


@router.get("/proof", summary="本案每个事件的原文，以及它在日志之中的证明")
async def prove_case(
    case_id: UUID,
    by: Who,
    work: Work,
    service: TheService,
    threads: TheThreads,
    journal: TheJournal,
) -> CaseProof:
    await threads.read(work.history, by, case_id)
    await journal.note(by, Reading.PROOF, case_id)
    proof: dict[str, Any] = await threads.write(service.bundler.proof, case_id)
    return CaseProof.model_validate(proof)


@router.get(
    "/bundle",
    summary="本案的证据包（ZIP）：经过、文书、证明、核验程序",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
async def take_bundle(
    case_id: UUID,
    by: Who,
    work: Work,
    service: TheService,
    threads: TheThreads,
    journal: TheJournal,
) -> Response:
    await threads.read(work.history, by, case_id)
    await journal.note(by, Reading.BUNDLE, case_id)
    return as_file(case_id, await threads.write(service.bundler.pack, case_id))


def as_file(stream_id: UUID, packed: bytes) -> Response:
    """A bundle as it is sent: to be kept in a file, and in no cache."""
    name = {"Content-Disposition": f'attachment; filename="{stream_id}.zip"'}
    return Response(packed, 200, name | {"Cache-Control": "no-store"}, "application/zip")
