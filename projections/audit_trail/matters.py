"""What a stream is about, in the words of the lists: for a case, an item, a tolerance review."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from projections.read_model.tables import case_summaries, catalogue_items, tolerance_reviews

c, i, r = case_summaries.c, catalogue_items.c, tolerance_reviews.c


def cases_with(ids: Collection[UUID]) -> Select[Any]:
    """Selects applicant, item and stage of these cases."""
    return select(c.case_id, c.applicant, c.item_name, c.stage).where(c.case_id.in_(ids))


def items_with(ids: Collection[UUID]) -> Select[Any]:
    """Selects name and listing of these items of the catalogue."""
    return select(i.stream_id, i.name, i.listing).where(i.stream_id.in_(ids))


def reviews_with(ids: Collection[UUID]) -> Select[Any]:
    """Selects department, ground and stage of these tolerance reviews."""
    return select(r.review_id, r.department, r.ground, r.stage).where(r.review_id.in_(ids))
