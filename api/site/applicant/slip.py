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
from api.site.session.dependencies import SEE_OTHER, SignedIn
from application.access.access_log import ReadSubject
from application.access.permissions import permit
from domain.case.case import Case
from domain.values.parties import Actor
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
    target: str, by: SignedIn, container: TheContainer, threads: TheThreads, now: Now
) -> Response:
    case = await threads.read(_permitted, container, by, CaseSubject().target(target))
    await threads.write(container.access_codes.revoke, case.id, by, now)
    return RedirectResponse(f"{CASES}/{case.id}/slip", SEE_OTHER, PRIVATE)


def _context(request: Request, case: Case, issued: Any, code: str) -> dict[str, Any]:
    public = getattr(request.state, "public_url", None) or str(request.base_url).rstrip("/")
    told = {"issued": issued, "code": code, "mine": f"{public}{MINE}"}
    return head(case) | told | {"contact": case.terms.contact}
