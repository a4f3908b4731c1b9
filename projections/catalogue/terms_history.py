"""Every version of the terms of an item, as the cases opened under it pinned them."""

from typing import Any

from sqlalchemy import Select, select

from domain.catalogue import events as e
from domain.catalogue.item import item_id
from domain.catalogue.terms import Terms
from domain.kernel.aggregate import Event
from projections.read_model.masking import masked_terms
from projections.read_model.projection import Projection, Rows, of_stream
from projections.read_model.tables import catalogue_terms

t = catalogue_terms.c


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """Returns the versions of one item after this event, the first having the number 1."""
    match event:
        case e.ItemListed(terms=Terms() as terms) | e.ItemRevised(terms=terms):
            version = {
                "stream_id": event.originator_id,
                "terms_version": len(rows) + 1,
                "terms": masked_terms(terms.model_dump(mode="json")),
                "since": event.day,
            }
            return (*rows, version)
        case _:
            return rows


def version_of(item_code: str, number: int) -> Select[Any]:
    """Selects one version of the terms of an item."""
    item = item_id(item_code)
    return select(catalogue_terms).where(t.stream_id == item, t.terms_version == number)


def versions_of(item_code: str) -> Select[Any]:
    """Selects the numbers and first days of all versions of an item, the newest first."""
    rows = select(t.terms_version, t.since).where(t.stream_id == item_id(item_code))
    return rows.order_by(t.terms_version.desc())


TOPICS = (e.ItemListed.TOPIC, e.ItemRevised.TOPIC)
TERMS_HISTORY = Projection("terms", catalogue_terms, t.stream_id, of_stream, fold, TOPICS)
