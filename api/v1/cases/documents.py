"""Endpoints of the documents served in a case: the list, and each as PDF."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.downloads.documents import PDF, TheDocuments
from api.http.dependencies import Who
from api.http.problems import REFUSALS
from api.openapi.files import file_of
from domain.documents.kinds import Copy, DocumentKind
from domain.documents.served import ServedDocument
from domain.kernel.record_ids import RecordId
from infrastructure.letters.letters import Paper
from infrastructure.letters.printing import verification_address

router = APIRouter(
    prefix="/api/v1/cases/{case_id}/documents", tags=["evidence"], responses=REFUSALS
)


@dataclass(slots=True)
class DocumentView:
    """A document as it was served; `pinned` is null if it was served before that was recorded."""

    kind: DocumentKind
    label: str
    version: int
    served_at: datetime
    pinned: ServedDocument | None
    verify_at: str | None
    """The public address that says whether it is in force."""
    href: str


@router.get("", summary="本案送达的文书：种类、送达时间、模板和摘要")
async def list_documents(case_id: RecordId, by: Who, documents: TheDocuments) -> list[DocumentView]:
    return [_view(case_id, paper) for paper in await documents.listed(by, case_id)]


@router.get(
    "/{kind}",
    summary="一份送达的文书（PDF/A）：与送达时逐字节相同",
    response_class=Response,
    responses={200: file_of(PDF)},
)
async def take_document(
    case_id: RecordId,
    kind: DocumentKind,
    by: Who,
    documents: TheDocuments,
    copy: Annotated[Copy | None, Query(description="一式两份的，哪一联；不填为第一联")] = None,
) -> Response:
    return await documents.take(by, case_id, kind, copy)


def _view(case_id: UUID, paper: Paper) -> DocumentView:
    return DocumentView(
        kind=paper.kind,
        label=paper.kind.label,
        version=paper.event.originator_version,
        served_at=paper.served_at,
        pinned=paper.pin,
        verify_at=(verification_address(paper.pin) if paper.pin else "") or None,
        href=f"/api/v1/cases/{case_id}/documents/{paper.kind.value}",
    )
