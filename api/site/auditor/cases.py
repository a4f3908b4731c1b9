"""The list of cases: by applicant and stage, and a natural person's by their document."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Row

from api.downloads.audit_lists import AuditedCase, case_list, cases_found
from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import ReadDatabase, ReadDb, TheContainer, TheThreads
from api.http.page import Page
from api.http.parameters.filters import CaseFilters
from api.http.problems import in_words
from api.site.auditor.lists.conditions import conditions
from api.site.auditor.lists.listing import NOTHING, PAGE_SIZE, listed
from api.site.layout.asked import Asked, asked
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import Form, SignedInAuditor
from application.access.access_log import ReadSubject
from domain.case.stages import Stage
from domain.values.identity.documents import (
    DocumentNumber,
    IdentityDocument,
    IdentityKind,
    identity_of,
)
from domain.values.parties import Actor
from domain.values.texts import ShortText
from projections.audit_trail.cases import audited_cases, cases_of
from projections.read_model.tables import case_summaries
from projections.worklist.lists import NEWEST_FIRST

CASES, OF_A_PERSON = "/audit/cases", "/audit/cases/person"
LABELS = {
    "applicant": "申请人",
    "stage": "阶段",
    "doubled": "同一人以两个岗位办理",
    "after": "日志",
}
"""Chinese names of the filters, in the order of the form."""
PERSON_LABELS = {
    "document": "证件类型",
    "country": "护照签发国家（地区）",
    "id_number": "证件号码",
    "purpose": "用途",
}

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get(CASES)
async def show_cases(
    request: Request,
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    asked: Annotated[Asked[CaseFilters], Depends(asked(CaseFilters))],
) -> Response:
    filters, found = asked.filters, NOTHING
    if not asked.wrong:
        await access_log.note(by, ReadSubject.CASES, search=filters)
        matching, place = await cases_found(read_db, filters), filters.place("audited")
        found = await listed(read_db, matching, NEWEST_FIRST, place)
    context = found | {
        "filters": filters,
        "conditions": conditions(filters, CASES, LABELS),
        "stages": Stage,
        "asked": asked,
        "labels": LABELS | {"cursor": "翻页"},
    }
    return office_page(request, by, "auditor/cases.html", context, asked.status)


@router.get(f"{CASES}.json", response_class=JSONResponse)
async def cases_as_data(
    by: SignedInAuditor,
    read_db: ReadDb,
    access_log: TheAccessLog,
    filters: Annotated[CaseFilters, Query()],
    reply: Response,
) -> Page[AuditedCase]:
    await access_log.note(by, ReadSubject.CASES, search=filters)
    reply.headers.update(PRIVATE)
    return await case_list(read_db, filters, PAGE_SIZE)


class PersonSought(BaseModel):
    """A natural person by the number of their document, and why the cases are looked up."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    document: IdentityDocument | None = None
    id_number: DocumentNumber
    purpose: ShortText

    @classmethod
    def of(cls, form: Mapping[str, str]) -> Self:
        """Reads the form, in which nothing chosen stands for a number of 18 digits."""
        document = {"kind": form.get("document", ""), "country": form.get("country", "").strip()}
        given = {name: text for name, text in document.items() if text}
        rest = {name: text for name, text in form.items() if name not in ("document", "country")}
        return cls.model_validate(rest | ({"document": given} if given else {}))


class Faulty(NamedTuple):
    """What is shown of a form that was refused: never the number."""

    purpose: str
    wrong: dict[str, str]
    document: str = ""
    country: str = ""


@router.get(OF_A_PERSON)
async def ask_for_a_person(request: Request, by: SignedInAuditor) -> Response:
    return _person_page(request, by, Faulty("", {}))


@router.post(OF_A_PERSON)
async def show_cases_of_a_person(
    request: Request,
    by: SignedInAuditor,
    form: Form,
    read_db: ReadDb,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> Response:
    """The cases of the person with this number, which stands in no address and in no log."""
    try:
        sought = PersonSought.of(form)
    except ValidationError as error:
        return _person_page(request, by, _faulty(form, error))
    identity = identity_of(sought.document, sought.id_number)
    ref = await threads.read(container.repository.vault.ref_of, identity)
    rows = await _cases_of(read_db, ref)
    await _note(access_log, by, [row.case_id for row in rows], sought.purpose)
    return _person_page(request, by, Faulty(sought.purpose, {}), rows)


def _faulty(form: dict[str, str], error: ValidationError) -> Faulty:
    wrong = {str(each["loc"][0]): in_words(each["type"], each["msg"]) for each in error.errors()}
    shown = (form.get(name, "") for name in ("document", "country"))
    return Faulty(form.get("purpose", ""), wrong, *shown)


async def _cases_of(read_db: ReadDatabase, ref: UUID | None) -> list[Row[Any]]:
    """Returns the newest cases of a person, at most a page."""
    if ref is None:
        return []
    whose = case_summaries.c.case_id.in_(cases_of(str(ref)))
    newest = NEWEST_FIRST.page(audited_cases(whose=whose), PAGE_SIZE)
    return NEWEST_FIRST.split(list(await read_db.all(newest)), PAGE_SIZE)[0]


async def _note(access_log: AccessLogger, by: Actor, cases: list[UUID], purpose: str) -> None:
    """Notes in each case that its applicant's identity was read; without a case, that it was."""
    which = cases or (None,)
    await access_log.note_each(by, ReadSubject.IDENTITY, which, purpose=purpose, cases=len(cases))


def _person_page(
    request: Request, by: Actor, form: Faulty, rows: list[Row[Any]] | None = None
) -> Response:
    context = form._asdict() | {"rows": rows, "labels": PERSON_LABELS, "stages": Stage}
    context |= {"kinds": IdentityKind}
    return office_page(request, by, "auditor/person.html", context, 422 if form.wrong else 200)
