"""The lists of auditors as data: what the API answers, and the pages beside their own list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Row, Select

from api.http.dependencies import ReadDatabase
from api.http.page import Page
from api.http.parameters.filters import CaseFilters, PageFilters
from application.access.access_log import ReadSubject
from application.access.permissions import Role
from domain.case.stages import Stage
from infrastructure.exports.search import is_of_applicant
from infrastructure.privacy.access_log import NEWEST_FIRST, read_by, readers
from projections.audit_trail.cases import audited_cases
from projections.read_model.keyset import Keyset, Place, Rows
from projections.read_model.tables import case_summaries
from projections.worklist import projection as worklist


class TrailEntry(BaseModel):
    position: int
    stream_id: UUID
    version: int
    topic: str
    at: datetime
    person: str
    role: str
    department: str
    department_code: str
    action: str
    ground: str | None
    documents: list[str]
    sentence: str


class ReadView(BaseModel):
    """One reading.  Role and subject may be ones that only a newer release knows."""

    number: int
    at: datetime
    person: str
    role: str
    role_label: str
    department: str
    department_code: str
    what: str
    what_label: str
    stream_id: UUID | None
    purpose: str
    request_id: UUID
    details: dict[str, Any]


class AuditedCase(BaseModel):
    """A case as the list of auditors shows it; the applicant of a natural person is 自然人."""

    case_id: UUID
    version: int
    stage: Stage
    kind: str
    code: str | None
    item_code: str
    item_name: str
    applicant: str
    applicant_code: str | None
    accepting_code: str
    supervising_code: str
    opened_at: datetime
    updated_at: datetime


async def trail_list(
    read_db: ReadDatabase, filters: PageFilters, order: Keyset, size: int | None
) -> Page[TrailEntry]:
    """Returns one page of a search of the trail."""
    rows, place = await read_db.trail(filters.query), filters.place("trail")
    return await read_db.listed(Page[TrailEntry], rows, order, size, place)


async def cases_found(read_db: ReadDatabase, filters: CaseFilters) -> Rows:
    """Returns the cases that match these filters."""
    whose = None
    if filters.applicant is not None:
        find, case = read_db.threads.read, case_summaries.c.case_id
        whose = await find(is_of_applicant, read_db.engine, case, filters.applicant)
    return audited_cases(filters.stage, filters.doubled, filters.after, whose)


async def case_list(
    read_db: ReadDatabase, filters: CaseFilters, size: int | None = None
) -> Page[AuditedCase]:
    """Returns one page of the list of cases, the newest first."""
    rows, place = await cases_found(read_db, filters), filters.place("audited")
    return await read_db.listed(Page[AuditedCase], rows, worklist.NEWEST_FIRST, size, place)


async def reads_by(read_db: ReadDatabase, person: str | None, found: Select[Any]) -> Rows:
    """Narrows recorded reads to those of one person; without a person they are all."""
    if not person:
        return found
    everybody = [row.person for row in await read_db.all(readers())]
    return read_by(person, everybody, found)


async def read_list(
    read_db: ReadDatabase, rows: Rows, place: Place, size: int | None = None
) -> Page[ReadView]:
    """Returns one page of the access log, the newest first."""
    return await read_db.listed(Page[ReadView], rows, NEWEST_FIRST, size, place, _read_facts)


def _read_facts(row: Row[Any]) -> dict[str, Any]:
    labels = {"role_label": Role.label_of(row.role), "what_label": ReadSubject.label_of(row.what)}
    return dict(row._mapping) | labels
