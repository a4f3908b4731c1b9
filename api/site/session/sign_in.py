"""The pages for signing in with a token, for showing the session, and for signing out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.http.auth import Tokens, Unauthenticated
from api.http.dependencies import Now, TheContainer, TheThreads
from api.site.layout.office import PRIVATE, SESSION, SIGN_IN, links_for, office_page
from api.site.session.dependencies import (
    SEE_OTHER,
    Form,
    Secret,
    TheSession,
    give_cookie,
    local_address,
    take_cookie,
)
from domain.values.parties import Actor

NO_TOKEN = "请粘贴令牌"  # noqa: S105 - the error shown for an empty field
REFUSED = "这个令牌不能用：可能没有粘贴完整，也可能已经过期。请重新取得令牌后再试"

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get(SIGN_IN)
async def show_sign_in(
    request: Request, back: Annotated[str, Query(alias="next", max_length=2000)] = ""
) -> Response:
    return _sign_in_page(request, local_address(back))


@router.post(SIGN_IN)
async def sign_in(
    request: Request,
    form: Form,
    old: Secret,
    container: TheContainer,
    threads: TheThreads,
    now: Now,
) -> Response:
    tokens: Tokens = request.app.state.tokens
    back, token = local_address(form.get("next", "")), "".join(form.get("token", "").split())
    try:
        by, ends_at = tokens.read_until(token, now)
    except Unauthenticated:
        return _sign_in_page(request, back, REFUSED if token else NO_TOKEN)
    if old:
        await threads.write(container.sessions.end, old)
    secret = await threads.write(container.sessions.begin, by, now, ends_at)
    reply = RedirectResponse(back or _home(request, by), SEE_OTHER, PRIVATE)
    give_cookie(request, reply, secret)
    return reply


@router.get(SESSION)
async def show_session(request: Request, session: TheSession, container: TheContainer) -> Response:
    idle = container.settings.session_idle_minutes
    return office_page(request, session.actor, "session.html", {"session": session, "idle": idle})


@router.post("/sign-out")
async def sign_out(
    request: Request, secret: Secret, container: TheContainer, threads: TheThreads
) -> Response:
    await threads.write(container.sessions.end, secret)
    reply = RedirectResponse(SIGN_IN, SEE_OTHER, PRIVATE)
    take_cookie(request, reply)
    return reply


def _home(request: Request, by: Actor) -> str:
    """The path of the first page that this user may open."""
    links = links_for(request, by)
    return links[0].path if links else SESSION


def _sign_in_page(request: Request, back: str, error: str = "") -> HTMLResponse:
    context = {"back": back, "error": error}
    return office_page(request, None, "sign_in.html", context, 422 if error else 200)
