"""The catalogue as the public and the officers read it (信用承诺事项清单)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Executable, Select, insert, select, update

from domain.catalogue import events as e
from domain.catalogue.lifecycle import LISTING, Listing
from domain.catalogue.terms import Terms
from domain.kernel import Event
from projections.paging import Keyset
from projections.projection import Projection
from projections.tables import catalogue_items

t = catalogue_items.c


def project(event: Event, _: int) -> Iterator[Executable]:
    """The changes one event makes to the catalogue."""
    if isinstance(event, e.ItemListed):
        yield insert(catalogue_items).values(**_listed(event))
        return
    if (step := LISTING.step_of.get(type(event))) is None:
        return
    changes: dict[str, Any] = {"listing": step.dest} if step.dest else {}
    if isinstance(event, e.ItemRevised):
        changes |= {"terms": _shown(event.terms), "terms_version": t.terms_version + 1}
    row = update(catalogue_items).where(t.stream_id == event.originator_id)
    yield row.values(**changes, updated_at=event.timestamp)


def _listed(event: e.ItemListed) -> dict[str, Any]:
    item = event.item
    return {
        "stream_id": event.originator_id,
        "item_code": item.code,
        "name": item.name,
        "field": item.field,
        "department": item.department.name,
        "department_code": item.department.code,
        "supervisor": item.supervisor.name,
        "listing": Listing.LISTED,
        "terms": _shown(event.terms),
        "terms_version": 1 if event.terms else 0,
        "listed_on": event.day,
        "updated_at": event.timestamp,
    }


def _shown(terms: Terms | None) -> dict[str, Any] | None:
    return terms.model_dump(mode="json") if terms else None


BY_CODE = Keyset((t.item_code,))


def items(listing: Listing | None = None, field: str | None = None) -> Select[Any]:
    rows = select(catalogue_items)
    if listing:
        rows = rows.where(t.listing == listing)
    return rows.where(t.field == field) if field else rows


def item(code: str) -> Select[Any]:
    return select(catalogue_items).where(t.item_code == code)


CATALOGUE = Projection("catalogue", (catalogue_items,), project)
