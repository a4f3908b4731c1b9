"""The files of a case or of a review as pages: a list with both digests, and each file itself.

A material that another case holds is opened under the case that did not ask for it.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.downloads.files import TheFiles
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedIn
from domain.files.values import MediaType
from domain.kernel.record_ids import RecordId
from domain.values.identifiers import MaterialCode, Sha256
from domain.values.texts import ShortText

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
FILES = "/files"
IMAGES = frozenset({MediaType.JPEG, MediaType.PNG})


@router.get(f"{FILES}/{{owner}}")
async def show_files(owner: RecordId, request: Request, by: SignedIn, files: TheFiles) -> Response:
    context = {
        "files": await files.of(by, owner),
        "images": IMAGES,
        "address": f"{FILES}/{owner}",
        "owner": owner,
    }
    return office_page(request, by, "offices/files.html", context)


@router.get(f"{FILES}/{{owner}}/{{sha256}}")
async def show_file(
    owner: RecordId, sha256: Annotated[Sha256, Path()], by: SignedIn, files: TheFiles
) -> Response:
    return await files.one(by, owner, sha256)


@router.get(f"{FILES}/{{case_id}}/reused/{{material}}")
async def show_reused(
    case_id: RecordId,
    material: Annotated[MaterialCode, Path()],
    by: SignedIn,
    files: TheFiles,
    purpose: Annotated[ShortText, Query(description="查阅的用途")],
) -> Response:
    return await files.reused(by, case_id, material, purpose)
