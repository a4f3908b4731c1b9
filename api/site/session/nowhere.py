"""Addresses that are no page: below an office, the error keeps the frame of who is signed in."""

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.site.session.dependencies import recognise

OFFICES = ("/desk/", "/audit/", "/session/")
"""What the addresses begin with that only the signed in have."""


def nowhere(not_found: ASGIApp) -> ASGIApp:
    """Returns what answers where no route does: `not_found`, once the person is known."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(OFFICES):
            await recognise(Request(scope))
        await not_found(scope, receive, send)

    return answer
