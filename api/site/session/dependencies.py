"""Dependencies for the session of a signed-in user: a cookie names a session kept by the server.

A page that is not public depends on `SignedIn` or `SignedInAuditor`.  A user without a session is
redirected to the sign-in page and afterwards back.  The API accepts no cookie.
"""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter

from api.http.dependencies import Now, TheContainer, TheThreads
from api.site.layout.office import SIGN_IN
from application.access.permissions import permit
from domain.values.parties import Actor
from infrastructure.container import Container
from infrastructure.identity.sessions import SEEN_INTERVAL, Session

SEE_OTHER = 303
_FORM = "application/x-www-form-urlencoded"
_VISIBLE = range(0x21, 0x7F)


class SignInNeeded(Exception):
    """The request has no session, or its session has ended."""


async def to_sign_in(request: Request, _: Exception) -> Response:
    """A redirect to the sign-in page, which leads back to the requested page if it was a GET."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = f"?{urlencode({'next': address})}" if request.method == "GET" else ""
    return RedirectResponse(SIGN_IN + back, SEE_OTHER, {"Cache-Control": "no-store"})


def local_address(text: str) -> str:
    """The address if it is a path of this site, otherwise an empty text.

    This prevents open redirects.  Browsers read a backslash as a slash and drop tabs and newlines,
    so an address with one of these characters is refused.
    """
    is_plain = all(ord(character) in _VISIBLE and character != "\\" for character in text)
    return text if is_plain and text.startswith("/") and not text.startswith("//") else ""


def cookie_name(request: Request) -> str:
    """The cookie's name.  Over https its prefix `__Host-` binds it to this host and to https."""
    return "__Host-xinnuo" if request.url.scheme == "https" else "xinnuo"


def give_cookie(request: Request, reply: Response, secret: str) -> None:
    """Set the session cookie.  It ends when the browser is closed.

    Scripts cannot read it, and other sites cannot send it.
    """
    secure = request.url.scheme == "https"
    reply.set_cookie(
        cookie_name(request), secret, path="/", secure=secure, httponly=True, samesite="strict"
    )


def take_cookie(request: Request, reply: Response) -> None:
    secure = request.url.scheme == "https"
    name = cookie_name(request)
    reply.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


async def _secret(request: Request) -> str:
    return request.cookies.get(cookie_name(request), "")


Secret = Annotated[str, Depends(_secret)]


async def _session(
    secret: Secret, container: TheContainer, threads: TheThreads, now: Now
) -> Session:
    session = await threads.read(container.sessions.find, secret, now) if secret else None
    if session is None:
        raise SignInNeeded
    if now - session.seen_at >= SEEN_INTERVAL:
        await threads.write(container.sessions.see, secret, now)
    return session


TheSession = Annotated[Session, Depends(_session)]


async def _signed_in(request: Request, session: TheSession) -> Actor:
    request.state.by = session.actor  # an error is shown in the frame of the signed-in user
    return session.actor


SignedIn = Annotated[Actor, Depends(_signed_in)]


async def recognise(request: Request) -> None:
    """Notes who is signed in, if anybody, where no endpoint asks for it."""
    state, secret = request.app.state, await _secret(request)
    container: Container = state.container
    find = container.sessions.find
    session = await state.threads.read(find, secret, container.clock()) if secret else None
    if session:
        request.state.by = session.actor


async def _auditor(by: SignedIn) -> Actor:
    permit(by, "audit")
    return by


SignedInAuditor = Annotated[Actor, Depends(_auditor)]
"""The signed-in auditor.  A user of another role gets an error page that names the role needed."""


async def _form(request: Request) -> dict[str, str]:
    sent = await request.body()
    media = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if sent and media != _FORM:
        raise HTTPException(415, headers={"Accept": _FORM})
    text = sent.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


Form = Annotated[dict[str, str], Depends(_form)]
"""The values of a submitted form, by field name."""


def form_key(form: dict[str, str]) -> str | None:
    """Takes the key out of a form: a form that is sent twice is one request.

    Returns None for a form of an earlier release, which has none.
    """
    sent = form.pop("form_key", "")
    return str(TypeAdapter(UUID).validate_python(sent)) if sent else None
