"""Who is signed in to the pages: a cookie that names a session kept by the server.

A page that is not public asks for `SignedIn`, or `SignedInAuditor`; whoever is not signed in is
led to the sign-in page and back again.  No cookie opens the API.
"""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.http.dependencies import Now, TheContainer, TheThreads
from application.access.permissions import permit
from domain.values.parties import Actor
from infrastructure.identity.sessions import SEEN_INTERVAL, Session

SIGN_IN = "/sign-in"
SEE_OTHER = 303
_VISIBLE = range(0x21, 0x7F)


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer."""


async def to_sign_in(request: Request, _: Exception) -> Response:
    """To the sign-in page; from a page that was only looked at, there is a way back."""
    shown = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = f"?{urlencode({'next': shown})}" if request.method == "GET" else ""
    return RedirectResponse(SIGN_IN + back, SEE_OTHER, {"Cache-Control": "no-store"})


def local_address(text: str) -> str:
    """The address if it is one of this site, else nothing: nobody is led away from here.

    Browsers take a backslash for a slash and drop tabs and newlines: neither may be in it.
    """
    is_plain = all(ord(character) in _VISIBLE and character != "\\" for character in text)
    return text if is_plain and text.startswith("/") and not text.startswith("//") else ""


def cookie_name(request: Request) -> str:
    """Over https a name that browsers keep from other hosts and from plain http."""
    return "__Host-xinnuo" if request.url.scheme == "https" else "xinnuo"


def give_cookie(request: Request, reply: Response, secret: str) -> None:
    """For this browser only, until it is closed; no script reads it, no other site sends it."""
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
    found = await threads.read(container.sessions.find, secret, now) if secret else None
    if found is None:
        raise SignInNeeded
    if now - found.seen_at >= SEEN_INTERVAL:
        await threads.write(container.sessions.see, secret, now)
    return found


TheSession = Annotated[Session, Depends(_session)]


async def _signed_in(session: TheSession) -> Actor:
    return session.actor


SignedIn = Annotated[Actor, Depends(_signed_in)]


async def _auditor(by: SignedIn) -> Actor:
    permit(by, "audit")
    return by


SignedInAuditor = Annotated[Actor, Depends(_auditor)]
"""For the pages of auditors; others are told which role it takes."""


async def _form(request: Request) -> dict[str, str]:
    text = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


Form = Annotated[dict[str, str], Depends(_form)]
"""What was filled in, by the names of the fields."""
