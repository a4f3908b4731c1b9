"""The layout of pages for signed-in users: frame, navigation, headers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.routing import Match

from api.site.layout.rendering import page
from application.access.permissions import Role, allowed, reach
from domain.values.parties import Actor


class Link(NamedTuple):
    path: str
    words: str
    right: str
    """The right that a user needs, for whatever department, to see this link."""


LINKS = (
    Link("/desk", "工作台", "desk"),
    Link("/desk/open", "受理", "open"),
    Link("/desk/decisions", "审批", "decide"),
    Link("/desk/visits", "核查", "inspect"),
    Link("/desk/hearings", "听证", "hear"),
    Link("/desk/board", "看板", "board"),
    Link("/desk/catalogue", "事项清单", "list"),
    Link("/desk/imports/catalogue", "导入清单", "list"),
    Link("/desk/credit", "归集公示", "credit"),
    Link("/desk/imports/credit", "导入信用记录", "credit"),
    Link("/desk/tolerance", "容错免责", "tolerance/request"),
    Link("/desk/tolerance", "容错免责", "tolerance/check"),
    Link("/desk/law", "法律条文", "article/approve"),
    Link("/audit", "审计总览", "audit"),
    Link("/audit/cases", "案件", "audit"),
    Link("/audit/search", "检索", "audit"),
    Link("/audit/reads", "查阅记录", "audit"),
    Link("/audit/tolerance", "容错免责", "audit"),
    Link("/audit/evidence", "存证", "audit"),
    Link("/audit/exports", "导出", "audit"),
)
"""The navigation of signed-in users.  A link without a page is not shown."""

SIGN_IN, SESSION = "/sign-in", "/session"
PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send forms with Origin: null
}


def has_page(request: Request, path: str) -> bool:
    """True if a route answers a GET of this path."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)


def links_for(request: Request, by: Actor) -> list[Link]:
    """The links that this user may follow and that lead to a page."""
    return [link for link in LINKS if reach(by, link.right) and has_page(request, link.path)]


def office_page(
    request: Request,
    by: Actor | None,
    template: str,
    context: Mapping[str, Any],
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """A page that is not public.  `by` is None on the sign-in page."""
    links = links_for(request, by) if by else []
    within = [link.path for link in links if f"{request.url.path}/".startswith(f"{link.path}/")]
    frame: dict[str, Any] = {
        "by": by,
        "role": Role(by.role).label if by else "",
        "links": links,
        "home": links[0].path if links else SESSION if by else SIGN_IN,
        "workplace": "审计" if by and allowed(by, "audit") else "工作台",
        "within": max(within, key=len, default=""),
    }
    reply = page(request, template, frame | dict(context), status=status)
    reply.headers.update(PRIVATE)
    return reply
