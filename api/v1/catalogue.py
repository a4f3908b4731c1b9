"""Endpoints of the catalogue: everybody may read it, its administrator changes it."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel

from api.http.commands import CommandDoors
from api.http.dependencies import Cursor, Position, ReadDb, Size
from api.http.page import Page
from api.http.parameters.moments import Nth
from api.http.problems import REFUSALS
from application.catalogue.commands import LIST, VERBS
from application.execution.execute import Executed
from domain.catalogue.item import CatalogueItem
from domain.catalogue.stages import Listing
from domain.catalogue.terms import ItemField, ListedItem, Terms
from domain.values.identifiers import ItemCode
from domain.values.parties import Actor
from infrastructure.container import Container
from projections.catalogue import projection as catalogue
from projections.catalogue import terms_history
from projections.read_model.keyset import Place

router = APIRouter(prefix="/api/v1/catalogue", tags=["catalogue"], responses=REFUSALS)
Code = Annotated[ItemCode, Path(description="事项编码")]


class ItemView(BaseModel):
    item: ListedItem
    listing: Listing
    terms_version: int
    terms: Terms | None
    version: int


class ItemLine(BaseModel):
    item_code: str
    name: str
    field: ItemField
    department: str
    supervisor: str
    listing: Listing
    terms: dict[str, Any] | None
    terms_version: int
    listed_on: date
    updated_at: datetime
    updating: bool
    """True if something has happened that the item does not show yet."""


@router.get("", summary="信用承诺事项清单")
async def list_items(
    read_db: ReadDb,
    listing: Listing | None = None,
    field: ItemField | None = None,
    cursor: Cursor = None,
    size: Size = None,
    position: Position = None,
) -> Page[ItemLine]:
    await read_db.wait_for(position, catalogue.CATALOGUE)
    rows = catalogue.items(listing, field)
    place = Place.of("catalogue", cursor, {"listing": listing, "field": field})
    return await read_db.listed(Page[ItemLine], rows, catalogue.BY_CODE, size, place)


@router.get("/{code}", summary="一个事项")
async def get_item(code: Code, read_db: ReadDb, position: Position = None) -> ItemLine:
    await read_db.wait_for(position, catalogue.CATALOGUE)
    row = await read_db.one(catalogue.item(code))
    return ItemLine.model_validate(dict(row._mapping))


class TermsVersion(BaseModel):
    """The terms of an item at one time; a case keeps those under which it was opened."""

    terms_version: int
    since: date
    terms: dict[str, Any]


@router.get("/{code}/terms/{version}", summary="一个事项某一版的内容")
async def get_terms(
    code: Code,
    version: Annotated[Nth, Path(description="第几版")],
    read_db: ReadDb,
    position: Position = None,
) -> TermsVersion:
    await read_db.wait_for(position, terms_history.TERMS_HISTORY)
    row = await read_db.one(terms_history.version_of(code, version))
    return TermsVersion.model_validate(dict(row._mapping))


def _executed_view(container: Container, executed: Executed[CatalogueItem], by: Actor) -> ItemView:
    entry = executed.aggregate
    return ItemView(
        item=entry.item,
        listing=entry.listing,
        terms_version=entry.terms_version,
        terms=entry.terms,
        version=entry.version,
    )


doors = CommandDoors(router, _executed_view, ItemView)
doors.add(
    "",
    LIST,
    lambda container: container.catalogue.list_item,
    name="list_item",
    location=lambda entry: f"/api/v1/catalogue/{entry.item.code}",
)
for verb in VERBS:
    doors.add(
        f"/{{code}}/{verb.name}",
        verb,
        lambda container: container.catalogue.act,
        name=f"{verb.name}_item",
        code=Code,
    )
