"""The page that explains an error, in the frame in which the person works."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.site.layout.asked import first_page
from api.site.layout.office import office_page
from api.site.layout.rendering import page
from domain.values.parties import Actor

_PRIVATE = "no-store"


def error_page(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    """Returns the page for an error.  A signed-in user keeps the header and the way to sign out."""
    by: Actor | None = getattr(request.state, "by", None)
    context: dict[str, Any] = {
        "status": status,
        "heading": title,
        "detail": detail,
        "first_page": first_page(request) if "cursor" in request.query_params else "",
        "frame": "office.html" if by else "base.html",
    }
    if by is None:
        return page(request, "error.html", context, status=status, cache=_PRIVATE)
    return office_page(request, by, "error.html", context, status)
