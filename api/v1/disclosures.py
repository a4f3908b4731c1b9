"""Endpoints of the public list of commitments: organisations only, without a token."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from api.downloads.changes import Change, ChangeKind, Place, changes_after
from api.downloads.disclosures import PUBLIC, public_entry, query_file, total
from api.http.dependencies import Position, ReadDb, Size, Today
from api.http.fields import weight
from api.http.page import Page
from api.http.parameters.filters import DisclosureFilters
from api.http.problems import REFUSALS
from api.openapi.files import file_of
from domain.case.values import RecordType, Severity
from domain.catalogue.terms import CommitmentType, ItemField
from domain.values.identifiers import CommitmentCode
from domain.values.parties import SubjectCategory
from infrastructure.spreadsheets.writers import MEDIA, Format
from projections.disclosures import projection as disclosure
from projections.disclosures.projection import PublicStatus

router = APIRouter(prefix="/api/v1/disclosures", tags=["disclosures"], responses=REFUSALS)


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
    accepting_code: str
    committed_on: date
    granted_on: date
    status: PublicStatus
    sanctioned_on: date | None
    updating: bool
    """True if something has happened that the entry does not show yet."""


class DisclosureEntry(DisclosureLine):
    """An entry whole."""

    legal_representative: str | None
    """法定代表人（负责人）, as the record of a licence has it (双公示)."""
    content: str
    liability: str
    document_number: str
    document_title: str
    terms_version: int | None
    inspect_by: date | None
    inspect_provisional: bool | None
    concluded_on: date | None
    conclusion: str | None
    unfulfilled_content: str | None
    breach_consequence: str | None
    sanction_measures: list[str] | None
    sanction_severity: Severity | None
    sanction_basis: str | None
    breach_found_on: date | None
    ordered_on: date | None
    rectify_by: date | None
    public_from: date | None
    public_earliest_end: date | None
    public_until: date | None
    updated_at: datetime


class DisclosurePage(Page[DisclosureLine]):
    total: int | None
    """The number of entries that match; null if there are more than 10,000."""


class DisclosureChange(BaseModel):
    """A change of the public list."""

    kind: ChangeKind
    code: str
    at: datetime
    position: int
    entry: DisclosureLine | None
    """The entry as it is now; null if it has ended: whoever shows it must remove it."""


class ChangePage(BaseModel):
    items: list[DisclosureChange]
    next: str
    """To be sent as `after` next time, also if there is no change."""


AsFile = Annotated[
    Format | None, Query(description="做成文件；不填则按 Accept（text/csv 等），默认 JSON")
]
_FILES = {MEDIA[format].partition(";")[0]: format for format in Format}


def _format(request: Request, asked: Format | None) -> Format | None:
    """The format of the file that the client asks for, by name or in Accept; None for JSON."""
    accept = ",".join(request.headers.getlist("accept"))
    json = weight(accept, ["application/json"])
    liked = {format: weight(accept, [media]) for media, format in _FILES.items()}
    best = max(liked, key=lambda format: liked[format])
    return asked or (best if liked[best] > json else None)


@router.get(
    "",
    summary="公示列表，也可以做成文件",
    response_model=DisclosurePage,
    responses={200: {"content": file_of(*_FILES)["content"]}},
)
async def list_disclosures(
    request: Request,
    read_db: ReadDb,
    today: Today,
    reply: Response,
    filters: Annotated[DisclosureFilters, Query()],
    format: AsFile = None,
    size: Size = None,
    position: Position = None,
) -> Any:
    await read_db.wait_for(position, disclosure.DISCLOSURE)
    if file := _format(request, format):
        answer = await query_file(read_db, filters, file, today)
        answer.headers["Vary"] = "Accept"
        return answer
    rows = filters.rows(today, await read_db.matching_cases(filters.q, position))
    page = await read_db.listed(
        Page[DisclosureLine], rows, filters.order, size, filters.place("disclosures")
    )
    reply.headers.update({"Cache-Control": PUBLIC, "Vary": "Accept"})
    return DisclosurePage(**dict(page), total=await total(read_db, rows))


@router.get("/changes", summary="公示变化：新公示、有变化、公示期满")
async def list_changes(
    read_db: ReadDb,
    today: Today,
    reply: Response,
    after: Annotated[
        str | None, Query(max_length=60, description="上一次回答的 next；不填从头开始")
    ] = None,
    size: Size = None,
    position: Position = None,
) -> ChangePage:
    await read_db.wait_for(position, disclosure.DISCLOSURE)
    place = Place.parsed(after, today)
    changes, following = await changes_after(read_db, place, today, size or read_db.page_size)
    reply.headers["Cache-Control"] = PUBLIC
    items = [DisclosureChange.model_validate(_facts(change)) for change in changes]
    return ChangePage(items=items, next=str(following))


def _facts(change: Change) -> dict[str, Any]:
    entry = None if change.entry is None else dict(change.entry._mapping)
    return vars(change) | {"entry": entry}


@router.get("/{code}", summary="一条公示")
async def get_disclosure(
    code: Annotated[CommitmentCode, Path()],
    read_db: ReadDb,
    today: Today,
    reply: Response,
    position: Position = None,
) -> DisclosureEntry:
    await read_db.wait_for(position, disclosure.DISCLOSURE)
    row = await public_entry(read_db, today, code)
    reply.headers["Cache-Control"] = PUBLIC
    return DisclosureEntry.model_validate(dict(row._mapping))
