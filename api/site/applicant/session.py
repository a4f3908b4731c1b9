"""Who stands at the applicant's door: a cookie names a session that opens one case."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.http.dependencies import Now, TheContainer, TheThreads
from api.site.session.dependencies import SEE_OTHER

MINE = "/mine"
PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",
}


class CodeNeeded(Exception):
    """The request has no session of an applicant, or it has ended."""


async def to_the_code(_: Request, __: Exception) -> Response:
    """A redirect to the page that asks for the code."""
    return RedirectResponse(MINE, SEE_OTHER, PRIVATE)


def cookie_name(request: Request) -> str:
    return "__Host-xinnuo-mine" if request.url.scheme == "https" else "xinnuo-mine"


def give_cookie(request: Request, reply: Response, secret: str) -> None:
    secure = request.url.scheme == "https"
    name = cookie_name(request)
    reply.set_cookie(name, secret, path="/", secure=secure, httponly=True, samesite="strict")


def take_cookie(request: Request, reply: Response) -> None:
    secure = request.url.scheme == "https"
    name = cookie_name(request)
    reply.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


async def _secret(request: Request) -> str:
    return request.cookies.get(cookie_name(request), "")


MineSecret = Annotated[str, Depends(_secret)]


async def _own_case(
    secret: MineSecret, container: TheContainer, threads: TheThreads, now: Now
) -> UUID:
    case_id = await threads.write(container.applicants.case_of, secret, now) if secret else None
    if case_id is None:
        raise CodeNeeded
    return case_id


OwnCase = Annotated[UUID, Depends(_own_case)]
"""The case that the code on the slip opens: no other one can be named."""


def address_of(request: Request) -> str:
    """What wrong tries slow down: the address from which they come."""
    return request.client.host if request.client else ""
