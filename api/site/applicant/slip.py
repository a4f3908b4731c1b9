"""The slip that the counter prints: a code with which the applicant opens their own case."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.http.access_log import TheAccessLog
from api.http.dependencies import Now, TheContainer, TheThreads
from api.site.applicant.session import MINE
from api.site.desk.case_subject import CASES, CaseSubject, head
from api.site.layout.office import PRIVATE, office_page
from api.site.public.squares import square_of
from api.site.session.dependencies import SEE_OTHER, SignedIn
from application.access.access_log import ReadSubject
from application.access.permissions import permit
from domain.case.case import Case
from domain.case.events import CommitmentMade
from domain.values.parties import Actor
from domain.values.workdays import local_date
from infrastructure.container import Container

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
SLIP = f"{CASES}/{{target}}/slip"


def _permitted(container: Container, by: Actor, case_id: UUID) -> Case:
    case = container.repository.get(Case, case_id)
    permit(by, "slip", case.pinned.item)
    return case


@router.get(SLIP)
async def show_slips(
    request: Request,
    target: str,
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
) -> Response:
    case = await threads.read(_permitted, container, by, CaseSubject().target(target))
    await access_log.note(by, ReadSubject.STATE, case.id, version=case.version)
    issued = await threads.read(container.access_codes.of, case.id)
    return office_page(request, by, "mine/slip.html", _context(request, case, issued, ""))


@router.post(SLIP)
async def print_slip(
    request: Request,
    target: str,
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
    now: Now,
) -> Response:
    """Issues a new code and shows it once; the one before opens nothing any more."""
    case = await threads.read(_permitted, container, by, CaseSubject().target(target))
    why = "打印查询纸条"
    await access_log.note(by, ReadSubject.STATE, case.id, purpose=why, version=case.version)
    code = await threads.write(container.access_codes.issue, case.id, by, now)
    issued = await threads.read(container.access_codes.of, case.id)
    return office_page(request, by, "mine/slip.html", _context(request, case, issued, code))


@router.post(f"{SLIP}/revoke")
async def revoke_slip(
    target: str,
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
    now: Now,
) -> Response:
    case = await threads.read(_permitted, container, by, CaseSubject().target(target))
    why = "作废查询纸条"
    await access_log.note(by, ReadSubject.STATE, case.id, purpose=why, version=case.version)
    await threads.write(container.access_codes.revoke, case.id, by, now)
    return RedirectResponse(f"{CASES}/{case.id}/slip", SEE_OTHER, PRIVATE)


def _context(request: Request, case: Case, issued: Any, code: str) -> dict[str, Any]:
    container: Container = request.app.state.container
    made, mine = case.last(CommitmentMade), f"{container.settings.address}{MINE}"
    return head(case, local_date(container.clock())) | {
        "issued": issued,
        "code": code,
        "commitment": made.code if made else "",
        "mine": mine,
        "square": square_of(mine),
        "contact": case.terms.contact,
    }
