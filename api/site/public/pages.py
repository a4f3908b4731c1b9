"""The public pages: the disclosure list, the catalogue, and the explanation of the reform."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row

from api.http.dependencies import ReadDb, Today
from api.http.parameters.filters import CatalogueFilters, DisclosureFilters
from api.http.problems import in_words
from api.site.layout.asked import Asked, asked
from api.site.layout.rendering import page
from domain.catalogue.stages import Listing
from domain.catalogue.terms import Terms
from domain.kernel.errors import NotFound
from domain.values.identifiers import CommitmentCode, ItemCode
from infrastructure.event_store.serializer import form_validator
from projections.catalogue import projection as catalogue
from projections.disclosures import projection as disclosure
from projections.read_model.keyset import Keyset
from projections.tolerance import projection as tolerance

_DISCLOSURES_PER_PAGE, _ITEMS_PER_PAGE = 20, 50
_BY_FIELD = Keyset((catalogue.t.field, catalogue.t.item_code))
FORM_LABELS = {
    "q": "承诺人名称、统一社会信用代码或承诺编码",
    "status": "履行状态",
    "field": "领域",
    "kind": "承诺类型",
    "sanctioned": "只看失信公示",
    "cursor": "翻页",
}
"""The names of the fields of the forms."""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get("/")
async def list_disclosures(
    request: Request,
    read_db: ReadDb,
    today: Today,
    asked: Annotated[Asked[DisclosureFilters], Depends(asked(DisclosureFilters))],
) -> Response:
    filters, order, size = asked.filters, disclosure.NEWEST_FIRST, _DISCLOSURES_PER_PAGE
    rows: list[Row[Any]] = []
    after = None
    if not asked.wrong:
        matching = filters.rows(today, await read_db.matching_cases(filters.q))
        rows, after = await read_db.page(matching, order, size, filters.place("disclosures"))
    context = {"filters": filters, "rows": rows, "after": after}
    return _list_page(request, "disclosures.html", context, asked)


@router.get("/disclosures/{code}")
async def show_disclosure(request: Request, code: str, read_db: ReadDb, today: Today) -> Response:
    row = await read_db.one(disclosure.by_code(today, _parsed(CommitmentCode, code)))
    return page(request, "disclosure.html", {"row": row, "today": today})


@router.get("/catalogue")
async def list_items(
    request: Request,
    read_db: ReadDb,
    asked: Annotated[Asked[CatalogueFilters], Depends(asked(CatalogueFilters))],
) -> Response:
    filters = asked.filters
    listed = catalogue.items(field=filters.field).where(catalogue.t.listing != Listing.DELISTED)
    rows, after = await read_db.page(listed, _BY_FIELD, _ITEMS_PER_PAGE, filters.place("catalogue"))
    context = {"filters": filters, "rows": rows, "after": after}
    return _list_page(request, "catalogue.html", context, asked)


@router.get("/catalogue/{code}")
async def show_item(request: Request, code: str, read_db: ReadDb) -> Response:
    row = await read_db.one(catalogue.item(_parsed(ItemCode, code)))
    terms = form_validator(Terms).validate_python(row.terms) if row.terms else None
    return page(request, "item.html", {"row": row, "terms": terms})


def _list_page(
    request: Request, template: str, context: dict[str, Any], asked: Asked[Any]
) -> Response:
    """A page of a list; one with a wrong field is kept by no cache."""
    faults = {"asked": asked, "labels": FORM_LABELS}
    cache = {"cache": "no-store"} if asked.wrong else {}
    return page(request, template, context | faults, status=asked.status, **cache)


@router.get("/about")
async def about(request: Request, read_db: ReadDb) -> Response:
    rows = await read_db.all(tolerance.counts())
    counts = {(row.ground, row.outcome): row.count for row in rows}
    return page(request, "about.html", {"counts": counts})


def _parsed(code: Any, text: str) -> str:
    """The code in its standard form.  Raises NotFound if the text is not a valid code."""
    try:
        parsed: str = TypeAdapter(code).validate_python(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise NotFound(in_words(first["type"], first["msg"])) from error
    return parsed
