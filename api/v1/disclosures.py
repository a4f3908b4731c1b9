"""Endpoints of the public list of commitments: organisations only, without a token."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from api.http.dependencies import Position, ReadDb, Size, Today
from api.http.page import Page
from api.http.parameters.filters import DisclosureFilters
from api.http.problems import REFUSALS
from domain.case.values import RecordType, Severity
from domain.catalogue.terms import CommitmentType, ItemField
from domain.values.identifiers import CommitmentCode
from domain.values.parties import SubjectCategory
from projections.disclosures import projection as disclosure
from projections.disclosures.projection import PublicStatus

router = APIRouter(prefix="/api/v1/disclosures", tags=["disclosures"], responses=REFUSALS)
PUBLIC = "public, max-age=60"


class DisclosureLine(BaseModel):
    """An entry as the list shows it."""

    code: str
    subject_name: str
    subject_code: str
    subject_category: SubjectCategory
    kind: CommitmentType
    record_type: RecordType
    reason: str
    item_code: str
    item_name: str
    field: ItemField
    accepting_org: str
    committed_on: date
    granted_on: date
    status: PublicStatus
    sanctioned_on: date | None
    updating: bool
    """True if something has happened that the entry does not show yet."""


class DisclosureEntry(DisclosureLine):
    """An entry whole."""

    accepting_code: str
    content: str
    liability: str
    document_number: str
    document_title: str
    concluded_on: date | None
    conclusion: str | None
    unfulfilled_content: str | None
    breach_consequence: str | None
    sanction_measures: list[str] | None
    sanction_severity: Severity | None
    sanction_basis: str | None
    public_from: date | None
    public_earliest_end: date | None
    public_until: date | None
    updated_at: datetime


@router.get("", summary="公示列表")
async def list_disclosures(
    read_db: ReadDb,
    today: Today,
    reply: Response,
    filters: Annotated[DisclosureFilters, Query()],
    size: Size = None,
    position: Position = None,
) -> Page[DisclosureLine]:
    await read_db.wait_for(position, disclosure.DISCLOSURE)
    rows = filters.rows(today, await read_db.matching_cases(filters.q, position))
    order = disclosure.NEWEST_FIRST
    page = await read_db.listed(
        Page[DisclosureLine], rows, order, size, filters.place("disclosures")
    )
    reply.headers["Cache-Control"] = PUBLIC
    return page


@router.get("/{code}", summary="一条公示")
async def get_disclosure(
    code: Annotated[CommitmentCode, Path()],
    read_db: ReadDb,
    today: Today,
    reply: Response,
    position: Position = None,
) -> DisclosureEntry:
    await read_db.wait_for(position, disclosure.DISCLOSURE)
    row = await read_db.one(disclosure.by_code(today, code))
    reply.headers["Cache-Control"] = PUBLIC
    return DisclosureEntry.model_validate(dict(row._mapping))
