"""HTTP doors to the catalogue: the list is public, changing it is the list's keeper's."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response
from pydantic import BaseModel

from api.http.commands import TheCounter
from api.http.dependencies import Cursor, Items, Position, Reads, Size
from api.http.page import Page
from api.http.problems import REFUSALS
from application.case import commands as c
from application.execution.execute import Done
from domain.catalogue.item import CatalogueItem
from domain.catalogue.stages import Listing
from domain.catalogue.terms import ItemField, ListedItem, Terms
from projections.catalogue import projection as catalogue

router = APIRouter(prefix="/api/v1/catalogue", tags=["事项清单"], responses=REFUSALS)
Code = Annotated[str, Path(pattern=r"^\d{12}$", description="事项编码")]


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


@router.get("", summary="信用承诺事项清单")
async def list_items(
    reads: Reads,
    listing: Listing | None = None,
    field: ItemField | None = None,
    cursor: Cursor = None,
    size: Size = None,
    position: Position = None,
) -> Page[ItemLine]:
    await reads.wait_for(position, catalogue.CATALOGUE)
    rows = catalogue.items(listing, field)
    return await reads.listed(Page[ItemLine], rows, catalogue.BY_CODE, size, cursor)


@router.get("/{code}", summary="一个事项")
async def get_item(code: Code, reads: Reads, position: Position = None) -> ItemLine:
    await reads.wait_for(position, catalogue.CATALOGUE)
    row = await reads.one(catalogue.item(code))
    return ItemLine.model_validate(dict(row._mapping))


@router.post("", status_code=201, summary="列入清单")
async def list_item(
    counter: TheCounter, items: Items, reply: Response, body: c.ListItem
) -> ItemView:
    reply.headers["Location"] = f"/api/v1/catalogue/{body.item.code}"
    return _answer(await counter.take(items.list_item, body), reply)


@router.post("/{code}/revise", summary="修订办理条件、期限和惩戒措施")
async def revise(
    code: Code,
    counter: TheCounter,
    items: Items,
    reply: Response,
    body: c.ReviseItem,
) -> ItemView:
    return _answer(await counter.take(items.act, code, body), reply)


@router.post("/{code}/activate", summary="启用")
async def activate(
    code: Code,
    counter: TheCounter,
    items: Items,
    reply: Response,
    body: Annotated[c.ActivateItem | None, Body()] = None,
) -> ItemView:
    return _answer(await counter.take(items.act, code, body or c.ActivateItem()), reply)


@router.post("/{code}/delist", summary="移出清单；在办案件按开立时的条款办完")
async def delist(
    code: Code,
    counter: TheCounter,
    items: Items,
    reply: Response,
    body: c.DelistItem,
) -> ItemView:
    return _answer(await counter.take(items.act, code, body), reply)


def _answer(done: Done[CatalogueItem], reply: Response) -> ItemView:
    entry = done.aggregate
    reply.headers["ETag"] = f'"{entry.version}"'
    if done.repeated:
        reply.headers["Idempotency-Replayed"] = "true"
    return ItemView(
        item=entry.item,
        listing=entry.listing,
        terms_version=entry.terms_version,
        terms=entry.terms,
        version=entry.version,
    )
