"""The page that the square on a paper opens: whether the paper is in force, proved by the log.

It says nothing else: not what kind of paper it is, whom it names, or its number.
"""

import re
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from api.http.dependencies import ReadDb, TheContainer, TheThreads
from api.site.layout.rendering import page
from domain.kernel.errors import NotFound
from infrastructure.evidence.proofs import Proofs
from projections.papers.projection import Standing, t

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
_CODE = re.compile(r"[A-Z2-7]{32}")
_NOT_STORED = "no-store"


class Proved(NamedTuple):
    """Where the event that served the paper stands in the log, and the proof of it (RFC 6962)."""

    position: int
    size: int
    leaf: str
    path: list[str]
    checkpoint: str


@router.get("/verify/{code}")
async def verify_paper(
    request: Request, code: str, read_db: ReadDb, container: TheContainer, threads: TheThreads
) -> Response:
    code = code.upper()
    query = select(t.standing, t.position).where(t.code == code)
    rows = await read_db.all(query) if _CODE.fullmatch(code) else []
    context: dict[str, Any] = {"standing": None, "proved": None, "Standing": Standing}
    if not rows:
        status = HTTPStatus.NOT_FOUND
        return page(request, "verify.html", context, status=status, cache=_NOT_STORED)
    row = rows[0]
    proved = await threads.read(_proved, container.proofs, row.position)
    context |= {"standing": Standing(row.standing), "proved": proved}
    return page(request, "verify.html", context, cache=_NOT_STORED)


def _proved(proofs: Proofs, position: int) -> Proved | None:
    """Returns None if the event is not sealed yet."""
    try:
        found = proofs.inclusion(position)
        note = proofs.checkpoint(found.size)
    except NotFound:
        return None
    path = [each.hex() for each in found.path]
    return Proved(position, found.size, found.leaf.hex(), path, note)
