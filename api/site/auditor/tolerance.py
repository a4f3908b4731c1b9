"""The tolerance trail (容错免责) for auditors: every review, its state, what it is about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Row

from api.http.access_log import TheAccessLog
from api.http.dependencies import ReadDb
from api.http.parameters.filters import ReviewPageFilters
from api.site.auditor.lists.conditions import conditions, told_apart
from api.site.auditor.lists.listing import NOTHING, listed
from api.site.layout.asked import Asked, asked
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedInAuditor
from application.access.access_log import ReadSubject
from domain.catalogue.item import item_id
from domain.tolerance.stages import Stage
from projections.tolerance import projection as tolerance
from projections.tolerance.projection import LinkKind

PAGE = "/audit/tolerance"
PAGE_SIZE = 20
CONCERNED = {"officer": "工作人员", "unit": "单位"}
"""Chinese names for the two kinds of party that tolerance is requested for."""

FILTER_LABELS = {
    "ground": "情形",
    "department": "申请单位",
    "case": "关联案件的编号",
    "stage": "阶段",
    "outcome": "结果",
}
"""The names of the fields of the form."""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class About(NamedTuple):
    """A link to a case or an item that a review is about."""

    words: str
    address: str


@router.get(PAGE)
async def show_reviews(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    asked: Annotated[Asked[ReviewPageFilters], Depends(asked(ReviewPageFilters))],
) -> Response:
    found = NOTHING
    if not asked.wrong:
        await access_log.note(by, ReadSubject.REVIEWS, **dict(asked.filters))
        order, place = tolerance.NEWEST_FIRST, asked.filters.place("reviews")
        found = await listed(read_db, asked.filters.rows, order, place, PAGE_SIZE)
    links = await read_db.all(tolerance.links_of([row.review_id for row in found["rows"]]))
    departments = await read_db.all(tolerance.departments())
    context = found | _search_of(asked, departments)
    context |= {"about": _by_review(links), "concerned": CONCERNED}
    return office_page(request, by, "tolerance.html", context, asked.status)


def _search_of(asked: Asked[ReviewPageFilters], departments: Sequence[Row[Any]]) -> dict[str, Any]:
    """What was asked for, in words and as a form with its choices."""
    names = {"department": {each.department_code: each.department for each in departments}}
    shown = conditions(asked.filters, PAGE, FILTER_LABELS, names)
    return {
        "filters": asked.filters,
        "conditions": shown,
        "told_apart": told_apart([(each.label, each.value) for each in shown]),
        "departments": departments,
        "stages": Stage,
        "asked": asked,
        "labels": FILTER_LABELS | {"cursor": "翻页"},
    }


def _by_review(links: Iterable[Row[Any]]) -> dict[UUID, list[About]]:
    by_review: dict[UUID, list[About]] = defaultdict(list)
    for link in links:
        by_review[link.review_id].append(_about(link))
    return by_review


def _about(link: Row[Any]) -> About:
    """A link to the case in the version that the department saw, or to the item.

    An item's version is the version of its terms; it does not count events.
    """
    if link.kind == LinkKind.CASE:
        address = f"/audit/streams/{link.linked}?version={link.version}#then"
        return About(f"案件（申请时第{link.version}步）{link.linked}", address)
    address = f"/audit/streams/{item_id(link.linked)}"
    return About(f"事项（条款第{link.version}版）{link.linked}", address)
