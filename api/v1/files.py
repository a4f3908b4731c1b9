"""Endpoints of files: upload one; list and open those of a case or of a review."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from api.downloads.files import TheFiles
from api.http.dependencies import TheContainer, TheThreads, Who
from api.http.problems import REFUSALS
from api.openapi.files import file_of
from application.access.permissions import UPLOADING, permit_role
from domain.files.values import MAX_BYTES, MediaType, Sm3
from domain.kernel.record_ids import RecordId
from domain.values.identifiers import Sha256

router = APIRouter(prefix="/api/v1/files", tags=["files"], responses=REFUSALS)
Owner = Annotated[RecordId, Path(description="案件或者容错审查的编号")]


class Upload(BaseModel):
    """The form that brings one file."""

    model_config = ConfigDict(extra="forbid")

    file: UploadFile = Field(json_schema_extra={"format": "binary", "maxLength": MAX_BYTES})


Sent = Annotated[Upload, Form(media_type="multipart/form-data")]


class UploadView(BaseModel):
    """A file that was uploaded: commands name it by its SHA-256."""

    sha256: Sha256
    sm3: Sm3
    media_type: MediaType
    size: int


class FileView(UploadView):
    """A file in the file of a case or of a review."""

    title: str
    filed_at: datetime


@router.post(
    "",
    status_code=201,
    summary="上传文件：同一人一天以内的办理请求用它的 SHA-256 引用，引用时入卷",
    description=(
        "只收 PDF、JPEG、PNG、OFD 和与文件分离的 SM2 签名（PEM），"
        f"一份不超过 {MAX_BYTES >> 20} MB。"
    ),
)
async def upload_file(
    by: Who, container: TheContainer, threads: TheThreads, sent: Sent
) -> UploadView:
    permit_role(by, UPLOADING)
    facts = await threads.write(container.files.upload, by, await sent.file.read())
    return UploadView(**dict(facts))


@router.get("/{owner}", summary="一个案件或者容错审查卷内的文件")
async def list_files(owner: Owner, by: Who, files: TheFiles) -> list[FileView]:
    return [
        FileView(**dict(each.facts), title=each.title, filed_at=each.filed_at)
        for each in await files.of(by, owner)
    ]


@router.get(
    "/{owner}/{sha256}",
    summary="一份文件，与收到时逐字节相同",
    responses={200: file_of(*MediaType)},
    response_class=Response,
)
async def get_file(
    owner: Owner, sha256: Annotated[Sha256, Path()], by: Who, files: TheFiles
) -> Response:
    return await files.one(by, owner, sha256)
