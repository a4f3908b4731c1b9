"""The page that opens an evidence bundle: the verdict and the story; nothing is stored."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.http.dependencies import TheContainer, TheThreads
from api.site.auditor.stream.opened_bundle import NoBundle, opened_bundle
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedInAuditor
from domain.values.parties import Actor

BUNDLE = "/audit/bundle"
LABELS = {"bundle": "证据包"}
NO_FILE = "请选择一个证据包文件（ZIP）"
TOO_LARGE = "文件太大，网页最大接受 {} KB；请在电脑上用 verify.py 或者 xinnuo verify-bundle 核验"

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get(BUNDLE)
async def choose_bundle(request: Request, by: SignedInAuditor) -> Response:
    return office_page(request, by, "auditor/bundle.html", _context())


@router.post(BUNDLE)
async def open_bundle(
    request: Request, by: SignedInAuditor, container: TheContainer, threads: TheThreads
) -> Response:
    """Shows what a bundle proves.  A file that is none is told at the field."""
    try:
        name, archive = await _uploaded(request)
        opened = await threads.work_long(opened_bundle, archive, container.log_keys)
    except NoBundle as error:
        return _refused(request, by, str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except HTTPException as error:
        words = TOO_LARGE.format(container.settings.max_upload_bytes // 1024)
        is_large = error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return _refused(request, by, words if is_large else NO_FILE, error.status_code)
    return office_page(
        request, by, "auditor/bundle.html", _context() | {"bundle": opened, "name": name}
    )


async def _uploaded(request: Request) -> tuple[str, bytes]:
    """Returns name and content of the file.  Raises NoBundle if none was sent."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "multipart/form-data":
        raise NoBundle(NO_FILE)
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("bundle")
        if not isinstance(file, UploadFile) or not file.filename:
            raise NoBundle(NO_FILE)
        return file.filename, await file.read()


def _refused(request: Request, by: Actor, words: str, status: int) -> Response:
    return office_page(
        request, by, "auditor/bundle.html", _context() | {"wrong": {"bundle": words}}, status
    )


def _context() -> dict[str, Any]:
    return {"wrong": {}, "labels": LABELS, "bundle": None, "name": ""}
