"""我的承诺: the page on which an applicant follows one case, promises or does not, withdraws, or
agrees to messages.

The code on the slip opens the page; every act also needs the last four characters of the
applicant's number.  What is done here is done by the applicant, online.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from http import HTTPStatus
from math import ceil
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.downloads.documents import as_pdf, document_kind, events_in
from api.http.dependencies import Now, ReadDb, TheContainer, TheThreads
from api.http.problems import PROBLEM_TYPES
from api.http.thread_pools import Threads
from api.site.applicant.own_case import own_case
from api.site.applicant.session import (
    MINE,
    PRIVATE,
    MineSecret,
    OwnCase,
    address_of,
    give_cookie,
    take_cookie,
)
from api.site.forms.command_form import CommandForm, faults, filled
from api.site.forms.posted import Posted, PostedForm, Step, uploaded
from api.site.layout.rendering import page
from api.site.session.dependencies import SEE_OTHER, Form
from application.access.access_log import ReadSubject
from application.access.permissions import applicant_of
from application.case.case_command import CaseCommand
from application.case.commands.identity import AgreeToMessages, WithdrawMessages
from application.case.commands.promise import Decline, Promise, Withdraw
from application.execution.command import Facts
from application.execution.context import CommandContext
from domain.case.case import Case
from domain.documents.kinds import Copy
from domain.kernel.errors import DomainError, NotFound
from domain.values.folding import fold
from domain.values.parties import Channel, Organisation
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.identity.access_codes import digest_of
from infrastructure.letters.letters import papers_of
from infrastructure.privacy.access_log import NEWEST_FIRST, noted
from projections.read_model.keyset import Place

ACTS: Mapping[str, type[CaseCommand]] = {
    "promise": Promise,
    "withdraw": Withdraw,
    "decline": Decline,
    "messages": AgreeToMessages,
    "no-messages": WithdrawMessages,
}
NOT_ASKED: Mapping[str, Facts] = {"promise": {"letter.attested": False, "letter.agency": None}}
"""What only the counter can see, by the act: an original, and whom the applicant authorised."""
PROOF, PROOF_LENGTH = "last_four", 4
WRONG_CODE = "这个查询码不能用：可能没有输对，也可能已经换了新的。请核对受理时打印的纸条"
WRONG_PROOF = "与登记的证件号码（统一社会信用代码）的最后四位不符"
MAX_READINGS = 500
router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get(MINE)
async def ask_for_the_code(request: Request) -> Response:
    return _page(request, "mine/enter.html", {"wrong": ""})


@router.post(MINE)
async def enter(
    request: Request, form: Form, container: TheContainer, threads: TheThreads, now: Now
) -> Response:
    """Begins a session.  A right code always does; every wrong one gets the same answer."""
    digest = digest_of(form.get("code", ""))
    case_id = await threads.read(container.access_codes.case_of, digest)
    if case_id is None:
        return await _not_opened(request, container, threads, now)
    secret = await threads.write(container.applicants.begin, digest, now)
    reply = RedirectResponse(f"{MINE}/case", SEE_OTHER, PRIVATE)
    give_cookie(request, reply, secret)
    return reply


async def _not_opened(
    request: Request, container: Container, threads: Threads, now: datetime
) -> Response:
    """Counts a wrong code; too many from one address are told to wait, and no longer counted."""
    sessions, who = container.applicants, address_of(request)
    if wait := await threads.read(sessions.wait, who, now):
        return _wrong(request, f"{WRONG_CODE}。{_wait_text(wait)}")
    await threads.write(sessions.failed, who, now)
    return _wrong(request, WRONG_CODE)


@router.post(f"{MINE}/leave")
async def leave(
    request: Request, secret: MineSecret, container: TheContainer, threads: TheThreads
) -> Response:
    await threads.write(container.applicants.end, secret)
    reply = RedirectResponse(MINE, SEE_OTHER, PRIVATE)
    take_cookie(request, reply)
    return reply


@router.get(f"{MINE}/case")
async def show_own_case(
    request: Request,
    case_id: OwnCase,
    container: TheContainer,
    threads: TheThreads,
    read_db: ReadDb,
    now: Now,
) -> Response:
    case = await threads.read(container.repository.get, Case, case_id)
    history = await threads.read(container.repository.history, case_id)
    place = Place.of("reads", None, {})
    named = noted(case_id, ReadSubject.IDENTITY)
    readings, _ = await read_db.page(named, NEWEST_FIRST, MAX_READINGS, place)
    told = own_case(case, history, readings, local_date(now))
    told["papers"] = papers_of(events_in(history))
    return _page(request, "mine/case.html", told)


@router.get(f"{MINE}/case/documents/{{kind}}")
async def take_own_document(
    kind: str,
    case_id: OwnCase,
    container: TheContainer,
    threads: TheThreads,
    copy: Copy | None = None,
) -> Response:
    """A document that was served on the applicant, who reads about nobody else."""
    history = events_in(await threads.read(container.repository.history, case_id))
    reply = await as_pdf(container.letters, threads, history, document_kind(kind), copy)
    reply.headers.update(PRIVATE)
    return reply


@router.get(f"{MINE}/case/{{act}}")
async def show_act(
    request: Request, act: str, case_id: OwnCase, container: TheContainer, threads: TheThreads
) -> Response:
    case = await threads.read(container.repository.get, Case, case_id)
    return _form_page(request, _form(act, case))


@router.post(f"{MINE}/case/{{act}}")
async def take_act(
    request: Request,
    act: str,
    case_id: OwnCase,
    posted: PostedForm,
    container: TheContainer,
    threads: TheThreads,
) -> Response:
    case = await threads.read(container.repository.get, Case, case_id)
    posted = await uploaded(request, applicant_of(case), posted)
    fields = {name: value for name, value in posted.fields.items() if name != PROOF}
    form, content = filled(_form(act, case), replace(posted, fields=fields))
    try:
        ready = ACTS[act].model_validate(content)
    except ValidationError as error:
        return _form_page(request, replace(form, wrong=faults(form, error)))
    if posted.step is not Step.DO or not posted.one(PROOF):  # the proof is asked for when checking
        return _form_page(request, form, checking=posted.step is not Step.EDIT)
    return await threads.write(_record, request, case, form, posted, ready)


def _record(
    request: Request, case: Case, form: CommandForm, posted: Posted, ready: CaseCommand
) -> Response:
    """Records the act of whoever knows the last four characters of the applicant's number."""
    container: Container = request.app.state.container
    if refusal := _unproved(container, case, posted.one(PROOF)):
        return _form_page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY, refusal, checking=True)
    try:
        container.casework.act(_context(request, container, case, posted), case.id, ready)
    except DomainError as error:
        return _form_page(request, form, PROBLEM_TYPES[error.code].status, str(error))
    return RedirectResponse(f"{MINE}/case", SEE_OTHER, PRIVATE)


def _context(request: Request, container: Container, case: Case, posted: Posted) -> CommandContext:
    correlation = UUID(request.state.request_id)
    by, now = applicant_of(case), container.clock()
    return CommandContext(by, now, Channel.ONLINE, posted.version, posted.key, correlation)


def _unproved(container: Container, case: Case, proof: str) -> str:
    """Says what is wrong with the last four characters; empty if they are the applicant's."""
    sessions, now, who = container.applicants, container.clock(), f"case {case.id}"
    if wait := sessions.wait(who, now):
        return _wait_text(wait)
    applicant = case.applicant
    if isinstance(applicant, Organisation):
        number = applicant.code
    else:
        number = container.repository.vault.reveal(applicant.ref).details.id_number
    if compare_digest(_folded(proof), _folded(number[-PROOF_LENGTH:])):
        sessions.succeeded(who)
        return ""
    sessions.failed(who, now)
    return WRONG_PROOF


def _folded(characters: str) -> bytes:
    """As typed in any case and width; bytes, because only those compare in constant time."""
    return fold(characters).encode()


def _wait_text(wait: timedelta) -> str:
    return f"输错的次数太多，请在 {ceil(wait.total_seconds())} 秒后再试"


def _form(act: str, case: Case) -> CommandForm:
    if act not in ACTS:
        raise NotFound("没有这一步")
    known = {**ACTS[act].known(case), **NOT_ASKED.get(act, {})}
    return CommandForm(ACTS[act], f"{MINE}/case/{act}", case.version, known=known)


def _form_page(
    request: Request,
    form: CommandForm,
    status: int = HTTPStatus.OK,
    refusal: str = "",
    *,
    checking: bool = False,
) -> HTMLResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.wrong else status
    told = {"form": form, "refusal": refusal, "checking": checking, "proof": PROOF}
    told["steps"] = form.command is Promise
    return _page(request, "mine/act.html", told, status)


def _wrong(request: Request, message: str) -> HTMLResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, "mine/enter.html", {"wrong": message}, status)


def _page(
    request: Request, template: str, context: Mapping[str, Any], status: int = HTTPStatus.OK
) -> HTMLResponse:
    reply = page(request, template, context, status=status)
    reply.headers.update(PRIVATE)
    return reply
