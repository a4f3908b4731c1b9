"""Public endpoints of the evidence log: checkpoints, tiles, keys, proofs.

The hashes reveal nothing about the events, because every leaf contains a random number.
"""

import base64
import re
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from api.http.dependencies import TheContainer, TheThreads
from api.http.problems import REFUSALS
from api.openapi.files import file_of
from domain.kernel.errors import NotFound
from domain.values.labels import written_as
from infrastructure.evidence.bundle import CHECKER
from infrastructure.evidence.tree import WIDTH

router = APIRouter(tags=["evidence"], responses=REFUSALS)
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
NOW = {"Cache-Control": "no-cache"}
MAX_LOG_SIZE = 2**53
_TILE = re.compile(r"((?:x\d{3}/){0,4}\d{3})(?:\.p/([1-9]\d{0,2}))?")


class InclusionProof(BaseModel):
    """Leads from an event's leaf hash to the root of the log's first `tree_size` events."""

    leaf_index: int
    tree_size: int
    leaf_hash: str
    hashes: list[str]


class ConsistencyProof(BaseModel):
    first: int
    second: int
    hashes: list[str]


class Cosignature(BaseModel):
    """What a witness has signed: a line of a signed note (C2SP tlog-cosignature)."""

    model_config = ConfigDict(extra="forbid")

    line: Annotated[str, Field(max_length=400, pattern=r"^— [^\s+]+ [A-Za-z0-9+/=]+$")]


@router.get(
    "/log/checkpoint",
    summary="最新的检查点（C2SP tlog-checkpoint，签名文本）",
    response_class=PlainTextResponse,
)
async def get_newest_checkpoint(container: TheContainer, threads: TheThreads) -> PlainTextResponse:
    note = await threads.read(container.proofs.checkpoint)
    return PlainTextResponse(note, headers=NOW)


@router.get(
    "/log/checkpoint/{size}",
    summary="日志有这么多事件时的检查点",
    response_class=PlainTextResponse,
)
async def get_checkpoint(
    size: Annotated[int, InPath(ge=1, le=MAX_LOG_SIZE)],
    container: TheContainer,
    threads: TheThreads,
) -> PlainTextResponse:
    note = await threads.read(container.proofs.checkpoint, size)
    return PlainTextResponse(note, headers=NOW)


@router.post(
    "/api/v1/log/checkpoints/{size}/cosignatures",
    summary="见证人在检查点上共同签名",
    response_class=PlainTextResponse,
)
async def cosign_checkpoint(
    size: Annotated[int, InPath(ge=1, le=MAX_LOG_SIZE)],
    cosignature: Cosignature,
    container: TheContainer,
    threads: TheThreads,
) -> PlainTextResponse:
    note = await threads.work_long(container.cosigning.add, size, cosignature.line)
    return PlainTextResponse(note)


@router.get(
    "/log/keys",
    summary="验签公钥，最新的在前（signed-note verifier key）",
    response_class=PlainTextResponse,
)
async def get_log_keys(container: TheContainer) -> PlainTextResponse:
    return PlainTextResponse("\n".join(container.log_keys) + "\n", headers=NOW)


@router.get(
    "/log/verify.py",
    summary="证据包的核验程序（只需要 Python）",
    response_class=PlainTextResponse,
)
async def get_checker() -> PlainTextResponse:
    return PlainTextResponse(CHECKER, headers=NOW)


@router.get(
    "/log/tile/{level}/{index:path}",
    summary="散列树的一页（C2SP tlog-tiles）",
    response_class=Response,
    responses={200: file_of("application/octet-stream", named=False)},
)
async def get_tile(
    level: Annotated[int, InPath(ge=0, le=7)],
    index: Annotated[str, InPath(json_schema_extra=written_as(_TILE), examples=["000"])],
    container: TheContainer,
    threads: TheThreads,
) -> Response:
    number, width = _tile_number(index)
    hashes = await threads.read(container.proofs.tile, level, number)
    if len(hashes) < width:
        raise NotFound("散列树还没有这一页")
    return Response(b"".join(hashes[:width]), 200, FOR_EVER, "application/octet-stream")


@router.get("/api/v1/log/inclusion", summary="一个事件在日志之中的证明（RFC 6962）")
async def prove_inclusion(
    container: TheContainer,
    threads: TheThreads,
    position: Annotated[int, Query(ge=1, le=MAX_LOG_SIZE, description="事件的位置")],
    size: Annotated[
        int | None, Query(ge=1, le=MAX_LOG_SIZE, description="日志的长度，不填则到最新的检查点")
    ] = None,
) -> InclusionProof:
    proof = await threads.read(container.proofs.inclusion, position, size)
    return InclusionProof(
        leaf_index=position - 1,
        tree_size=proof.size,
        leaf_hash=_text(proof.leaf),
        hashes=[*map(_text, proof.path)],
    )


@router.get("/api/v1/log/consistency", summary="日志只增不改的证明（RFC 6962）")
async def prove_consistency(
    container: TheContainer,
    threads: TheThreads,
    first: Annotated[int, Query(ge=1, le=MAX_LOG_SIZE, description="前一个检查点的事件数")],
    second: Annotated[int, Query(ge=1, le=MAX_LOG_SIZE, description="后一个检查点的事件数")],
) -> ConsistencyProof:
    hashes = await threads.read(container.proofs.consistency, first, second)
    return ConsistencyProof(first=first, second=second, hashes=[*map(_text, hashes)])


def _tile_number(path: str) -> tuple[int, int]:
    """Returns the tile's number and how many of its hashes are requested.

    The path is that of tlog-tiles: x001/x234/067, 067.p/12.
    """
    if (match := _TILE.fullmatch(path)) is None:
        raise NotFound("散列树没有这一页")
    width = int(match[2] or WIDTH)
    if width > WIDTH:
        raise NotFound("散列树没有这一页")
    return int(match[1].replace("x", "").replace("/", "")), width


def _text(hashed: bytes) -> str:
    return base64.b64encode(hashed).decode()
