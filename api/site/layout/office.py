"""The pages of people who are signed in: their frame, their navigation, their headers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.routing import Match

from api.site.layout.rendering import page
from application.access.permissions import Role, allowed
from domain.values.parties import Actor


class Link(NamedTuple):
    path: str
    words: str
    right: str
    """Shown to whoever has it."""


LINKS = (
    Link("/audit", "审计检索", "audit"),
    Link("/audit/tolerance", "容错免责", "audit"),
    Link("/audit/evidence", "存证", "audit"),
    Link("/audit/exports", "导出", "audit"),
)
"""The navigation.  What has no page (yet) is not shown."""

PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",  # under no-referrer a form would not say where it is from
}


def has_page(request: Request, path: str) -> bool:
    """Is there a page at this address?  A link to one that is not there is not shown."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)


def links_for(request: Request, by: Actor) -> list[Link]:
    """The pages there are for this person."""
    return [link for link in LINKS if allowed(by, link.right) and has_page(request, link.path)]


def office_page(
    request: Request,
    by: Actor | None,
    template: str,
    context: Mapping[str, Any],
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """A page that is not public; of nobody while they are signing in."""
    links = links_for(request, by) if by else []
    within = [link.path for link in links if f"{request.url.path}/".startswith(f"{link.path}/")]
    frame: dict[str, Any] = {
        "by": by,
        "role": Role(by.role).label if by else "",
        "links": links,
        "within": max(within, key=len, default=""),
    }
    reply = page(request, template, frame | dict(context), status=status)
    reply.headers.update(PRIVATE)
    return reply
