"""The public pages: the disclosure list, the catalogue, and the explanation of the reform."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.http.dependencies import ReadDb, Today
from api.http.filters import CatalogueFilters, DisclosureFilters
from api.site.layout.rendering import page
from domain.catalogue.stages import Listing
from domain.catalogue.terms import Terms
from domain.kernel.errors import NotFound
from domain.values.identifiers import commitment_code, commitment_parts, item_code
from infrastructure.event_store.serializer import form_validator
from projections.catalogue import projection as catalogue
from projections.disclosures import projection as disclosure
from projections.read_model.keyset import Keyset
from projections.tolerance import projection as tolerance

_DISCLOSURES_PER_PAGE, _ITEMS_PER_PAGE = 20, 50
_BY_FIELD = Keyset((catalogue.t.field, catalogue.t.item_code))

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get("/")
async def list_disclosures(
    request: Request, read_db: ReadDb, today: Today, filters: Annotated[DisclosureFilters, Query()]
) -> Response:
    matching = filters.rows(today, await read_db.matching_cases(filters.q))
    order, size = disclosure.NEWEST_FIRST, _DISCLOSURES_PER_PAGE
    rows, after = await read_db.page(matching, order, size, filters.cursor)
    return page(request, "disclosures.html", {"filters": filters, "rows": rows, "after": after})


@router.get("/disclosures/{code}")
async def show_disclosure(request: Request, code: str, read_db: ReadDb, today: Today) -> Response:
    row = await read_db.one(disclosure.by_code(today, _parsed(_commitment_code, code)))
    return page(request, "disclosure.html", {"row": row, "today": today})


@router.get("/catalogue")
async def list_items(
    request: Request, read_db: ReadDb, filters: Annotated[CatalogueFilters, Query()]
) -> Response:
    listed = catalogue.items(field=filters.field).where(catalogue.t.listing != Listing.DELISTED)
    rows, after = await read_db.page(listed, _BY_FIELD, _ITEMS_PER_PAGE, filters.cursor)
    return page(request, "catalogue.html", {"filters": filters, "rows": rows, "after": after})


@router.get("/catalogue/{code}")
async def show_item(request: Request, code: str, read_db: ReadDb) -> Response:
    row = await read_db.one(catalogue.item(_parsed(item_code, code)))
    terms = form_validator(Terms).validate_python(row.terms) if row.terms else None
    return page(request, "item.html", {"row": row, "terms": terms})


@router.get("/about")
async def about(request: Request, read_db: ReadDb) -> Response:
    rows = await read_db.all(tolerance.counts())
    counts = {(row.ground, row.outcome): row.count for row in rows}
    return page(request, "about.html", {"counts": counts})


def _commitment_code(text: str) -> str:
    return commitment_code(*commitment_parts(text))


def _parsed(parse: Callable[[str], str], text: str) -> str:
    """The code in its standard form.  Raises NotFound if the text is not a valid code."""
    try:
        return parse(text)
    except ValueError as error:
        raise NotFound(str(error)) from error
