"""The public pages: the disclosure list, the catalogue, and the explanation of the reform."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row

from api.downloads.disclosures import public_entry, total
from api.http.dependencies import Now, ReadDb, TheContainer, TheLaw, Today
from api.http.parameters.filters import CatalogueFilters, DisclosureFilters
from api.http.parameters.moments import Nth
from api.http.problems import in_words
from api.site.layout.asked import Asked, asked
from api.site.layout.rendering import page
from api.site.public.search_hints import code_fault
from api.site.public.squares import square_of
from domain.catalogue.stages import Listing
from domain.catalogue.terms import Terms
from domain.kernel.errors import NotFound
from domain.values.contacts import OrganContact
from domain.values.identifiers import CommitmentCode, ItemCode
from infrastructure.event_store.serializer import form_validator
from projections.catalogue import projection as catalogue
from projections.catalogue import terms_history
from projections.read_model.keyset import Keyset
from projections.tolerance import projection as tolerance

_DISCLOSURES_PER_PAGE, _ITEMS_PER_PAGE = 20, 50
_BY_FIELD = Keyset((catalogue.t.field, catalogue.t.item_code))
FORM_LABELS = {
    "q": "承诺人名称、统一社会信用代码或承诺编码",
    "status": "履行状态",
    "field": "领域",
    "kind": "承诺类型",
    "org": "受理单位",
    "since": "作出日期从",
    "until": "作出日期到",
    "sanctioned": "只看失信公示",
    "cursor": "翻页",
}
"""The names of the fields of the forms."""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


PublicList = Annotated[Asked[DisclosureFilters], Depends(asked(DisclosureFilters))]


@router.get("/")
async def list_disclosures(
    request: Request, read_db: ReadDb, today: Today, asked: PublicList
) -> Response:
    filters, size = asked.filters, _DISCLOSURES_PER_PAGE
    rows: list[Row[Any]] = []
    after = count = None
    if not asked.wrong:
        matching = filters.rows(today, await read_db.matching_cases(filters.q))
        rows, after = await read_db.page(
            matching, filters.order, size, filters.place("disclosures")
        )
        count = await total(read_db, matching)
    context = {"filters": filters, "rows": rows, "after": after, "total": count}
    context["offices"] = await read_db.all(catalogue.departments())
    context["code_fault"] = None if rows else code_fault(filters.q)
    return _list_page(request, "disclosures.html", context, asked)


@router.get("/disclosures/{code}")
async def show_disclosure(
    request: Request,
    code: str,
    read_db: ReadDb,
    today: Today,
    now: Now,
    container: TheContainer,
    asked: PublicList,
) -> Response:
    row = await public_entry(read_db, today, _parsed(CommitmentCode, code))
    address = f"{container.settings.address}/disclosures/{row.code}"
    context = {"row": row, "today": today, "now": now, "address": address}
    context["square"] = square_of(address)
    context["contact"] = await _contact(read_db, row.item_code)
    return page(request, "disclosure.html", context | {"filters": asked.filters})


async def _contact(read_db: ReadDb, item: str) -> OrganContact | None:
    """How the department that accepts this item is reached now."""
    for row in await read_db.all(catalogue.item(item)):
        return _terms(row.terms).contact if row.terms else None
    return None


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
async def show_item(
    request: Request,
    code: str,
    read_db: ReadDb,
    law: TheLaw,
    version: str | None = None,
) -> Response:
    """The item, with the terms in force or with those of an earlier version."""
    row = await read_db.one(catalogue.item(_parsed(ItemCode, code)))
    versions = await read_db.all(terms_history.versions_of(row.item_code))
    terms = _terms(row.terms) if row.terms else None
    shown = row.terms_version
    if version and (shown := _parsed(Nth, version)) != row.terms_version:
        earlier = await read_db.one(terms_history.version_of(row.item_code, shown))
        terms = _terms(earlier.terms)
    context = {"row": row, "terms": terms, "versions": versions, "shown": shown}
    return page(request, "item.html", context | {"law": law})


def _terms(stored: Any) -> Terms:
    terms: Terms = form_validator(Terms).validate_python(stored)
    return terms


def _list_page(
    request: Request, template: str, context: dict[str, Any], asked: Asked[Any]
) -> Response:
    """A page of a list; one with a wrong field is kept by no cache."""
    faults = {"asked": asked, "labels": FORM_LABELS}
    cache = {"cache": "no-store"} if asked.wrong else {}
    return page(request, template, context | faults, status=asked.status, **cache)


@router.get("/about")
async def about(request: Request, read_db: ReadDb, law: TheLaw) -> Response:
    rows = await read_db.all(tolerance.counts())
    counts = {(row.ground, row.outcome): row.count for row in rows}
    return page(request, "about.html", {"counts": counts, "law": law})


@router.get("/law")
async def show_law(request: Request, law: TheLaw) -> Response:
    """The acts and articles on which the service rests, with the days in force."""
    return page(request, "law.html", {"law": law, "acts": law.book.acts()})


def _parsed(code: Any, text: str) -> Any:
    """The code in its standard form.  Raises NotFound if the text is not a valid code."""
    try:
        parsed = TypeAdapter(code).validate_python(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise NotFound(in_words(first["type"], first["msg"])) from error
    return parsed
