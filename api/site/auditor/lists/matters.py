"""What the lines of a list are about: applicant, item and stage of each stream."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from api.http.dependencies import ReadDatabase
from domain.case.stages import Stage as CaseStage
from domain.catalogue.stages import Listing
from domain.tolerance.grounds import GroundKind
from domain.tolerance.stages import Stage as ReviewStage
from projections.audit_trail.matters import cases_with, items_with, reviews_with


class Matter(NamedTuple):
    """A stream in words: whose it is, what it is about, and how far it has come."""

    whose: str
    about: str
    stage: str


async def matters_of(read_db: ReadDatabase, streams: Collection[UUID | None]) -> dict[UUID, Matter]:
    """Returns each stream that a projection shows; one that none shows yet is left out."""
    known: dict[UUID, Matter] = {}
    sought = {stream for stream in streams if stream is not None}
    for row in await read_db.all(cases_with(sought)):
        known[row.case_id] = Matter(row.applicant, row.item_name, CaseStage(row.stage).label)
    if rest := sought - known.keys():
        for row in await read_db.all(items_with(rest)):
            known[row.stream_id] = Matter("清单事项", row.name, Listing(row.listing).label)
        for row in await read_db.all(reviews_with(rest)):
            about = f"容错：{GroundKind(row.ground).label}"
            known[row.review_id] = Matter(row.department, about, ReviewStage(row.stage).label)
    return known
