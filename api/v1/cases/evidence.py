"""Endpoints for evidence about one case: the proof of its events, and its bundle."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.downloads.evidence import CaseEvidence
from api.http.dependencies import Who
from api.http.problems import REFUSALS
from api.openapi.files import file_of
from domain.kernel.record_ids import RecordId

router = APIRouter(prefix="/api/v1/cases/{case_id}", tags=["evidence"], responses=REFUSALS)


class ProvedEvent(BaseModel):
    """An event as it was hashed, and its audit path (RFC 6962) to the checkpoint's root."""

    position: int
    leaf: str
    proof: list[str]


class CaseProof(BaseModel):
    checkpoint: str
    events: list[ProvedEvent]


@router.get("/proof", summary="本案每个事件的原文，以及它在日志之中的证明")
async def prove_case(case_id: RecordId, by: Who, evidence: CaseEvidence) -> CaseProof:
    return CaseProof.model_validate(await evidence.proof(by, case_id))


@router.get(
    "/bundle",
    summary="本案的证据包（ZIP）：经过、文书、证明、核验程序",
    response_class=Response,
    responses={200: file_of("application/zip")},
)
async def take_bundle(case_id: RecordId, by: Who, evidence: CaseEvidence) -> Response:
    return await evidence.bundle(by, case_id)
