"""The tolerance trail (容错免责) for auditors: every review, how it stands and what it is about."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Row

from api.http.access_log import TheAccessLog
from api.http.dependencies import ReadDb
from api.http.filters import ReviewPageFilters
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedInAuditor
from application.access.access_log import ReadSubject
from domain.catalogue.item import item_id
from domain.tolerance.stages import Stage
from projections.tolerance import projection as tolerance
from projections.tolerance.projection import LinkKind

PAGE = "/audit/tolerance"
ROWS = 20
CONCERNED = {"officer": "工作人员", "unit": "单位"}
"""For whom tolerance is asked."""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class About(NamedTuple):
    """One thing that a review is about, and where to look at it."""

    words: str
    address: str


@router.get(PAGE)
async def show_reviews(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    asked: Annotated[ReviewPageFilters, Query()],
) -> Response:
    await access_log.note(by, ReadSubject.REVIEWS, **dict(asked))
    rows, after = await read_db.page(asked.rows, tolerance.NEWEST_FIRST, ROWS, asked.cursor)
    links = await read_db.all(tolerance.links_of([row.review_id for row in rows]))
    said = {
        "asked": asked,
        "rows": rows,
        "after": after,
        "about": _by_review(links),
        "departments": await read_db.all(tolerance.departments()),
        "concerned": CONCERNED,
        "stages": Stage,
    }
    return office_page(request, by, "tolerance.html", said)


def _by_review(links: Iterable[Row[Any]]) -> dict[UUID, list[About]]:
    found: dict[UUID, list[About]] = defaultdict(list)
    for link in links:
        found[link.review_id].append(_about(link))
    return found


def _about(link: Row[Any]) -> About:
    """A case as the department saw it; an item's version counts its terms, not its events."""
    if link.kind == LinkKind.CASE:
        address = f"/audit/streams/{link.linked}?version={link.version}#then"
        return About(f"案件（申请时第{link.version}版）{link.linked}", address)
    address = f"/audit/streams/{item_id(link.linked)}"
    return About(f"事项（条款第{link.version}版）{link.linked}", address)
