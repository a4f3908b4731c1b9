"""The catalogue of commitment items (信用承诺事项清单), as the public and the officers read it."""

from typing import Any

from sqlalchemy import Select, select

from domain.catalogue import events as e
from domain.catalogue.lifecycle import LISTING
from domain.catalogue.stages import Listing
from domain.catalogue.terms import Terms
from domain.kernel.aggregate import Event
from projections.read_model.keyset import Keyset
from projections.read_model.masking import masked_column, masked_terms
from projections.read_model.projection import Projection, Row, Rows, of_stream, topics_of
from projections.read_model.tables import catalogue_items
from projections.read_model.updating import updating

t = catalogue_items.c


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """Returns the row of one item after this event."""
    if isinstance(event, e.ItemListed):
        return (_listed(event),)
    step = LISTING.step_of[type(event)]
    changes: Row = {"updated_at": event.timestamp}
    if step.dest:
        changes["listing"] = step.dest
    if isinstance(event, e.ItemRevised):
        changes["terms"] = _json(event.terms)
    revised = isinstance(event, e.ItemRevised)
    return tuple(row | changes | _version(row, revised) for row in rows)


def _version(row: Row, revised: bool) -> Row:
    return {"terms_version": row["terms_version"] + revised}


def _listed(event: e.ItemListed) -> Row:
    item = event.item
    return {
        "stream_id": event.originator_id,
        "item_code": item.code,
        "name": masked_column(t.name, item.name),
        "field": item.field,
        "department": masked_column(t.department, item.department.name),
        "department_code": item.department.code,
        "supervisor": masked_column(t.supervisor, item.supervisor.name),
        "listing": Listing.LISTED,
        "terms": _json(event.terms),
        "terms_version": 1 if event.terms else 0,
        "listed_on": event.day,
        "updated_at": event.timestamp,
    }


def _json(terms: Terms | None) -> dict[str, Any] | None:
    """Returns the terms as the public reads them; contact details of organs stay as they are."""
    if terms is None:
        return None
    return masked_terms(terms.model_dump(mode="json"))


NAME = "catalogue"
UPDATING = updating(NAME, t.stream_id)
BY_CODE = Keyset((t.item_code,))


def items(listing: Listing | None = None, field: str | None = None) -> Select[Any]:
    rows = select(catalogue_items, UPDATING)
    if listing:
        rows = rows.where(t.listing == listing)
    return rows.where(t.field == field) if field else rows


def item(code: str) -> Select[Any]:
    return select(catalogue_items, UPDATING).where(t.item_code == code)


def departments() -> Select[Any]:
    """Selects the departments that accept matters, by code and name."""
    rows = select(t.department_code.label("code"), t.department.label("name")).distinct()
    return rows.order_by(t.department_code)


CATALOGUE = Projection(NAME, catalogue_items, t.stream_id, of_stream, fold, topics_of(e))
