"""How a page of the site is made: templates that escape, words for codes, headers that forbid.

A template that names something it was not given is an error, never an empty space.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from application.access.permissions import Role
from domain.case.values import RecordType, Severity
from domain.catalogue.stages import Listing
from domain.catalogue.terms import CommitmentType, ItemField, Weight
from domain.tolerance.grounds import GroundKind, Outcome
from domain.values.parties import SubjectCategory
from domain.values.workdays import in_chinese, minute_in_chinese
from projections.disclosures.projection import PublicStatus

_HERE = Path(__file__).parent
_SHARED = "public, max-age=60"
_PRIVATE = "no-store"

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""On every page: nothing runs, nothing is embedded, nothing comes from elsewhere."""


def chinese_date(day: date | str) -> str:
    """2026年9月28日, of a date or of its ISO text."""
    return in_chinese(date.fromisoformat(day) if isinstance(day, str) else day)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (CommitmentType, ItemField, Listing, PublicStatus, RecordType, Role, Severity, Weight)
    others = (SubjectCategory, GroundKind, Outcome)
    environment.globals.update({kind.__name__: kind for kind in (*words, *others)})
    environment.globals["style"] = _fingerprint(_HERE / "static" / "site.css")
    environment.globals["office_style"] = _fingerprint(_HERE / "static" / "office.css")
    environment.filters |= {"chinese_date": chinese_date, "local_time": minute_in_chinese}
    return environment


def _fingerprint(file: Path) -> str:
    """Changes when the file does, so that no browser keeps an old one."""
    return sha256(file.read_bytes()).hexdigest()[:12]


_TEMPLATES = _environment()


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = HTTPStatus.OK,
    cache: str = _SHARED,
) -> HTMLResponse:
    """A page of the site, with its headers."""
    demo = getattr(request.state, "demo", False)
    html = _TEMPLATES.get_template(template).render(context, demo=demo, path=request.url.path)
    return HTMLResponse(html, status, SECURITY | {"Cache-Control": cache})


def error_page(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    """What a person sees when a page cannot be shown."""
    context = {"status": status, "heading": title, "detail": detail}
    return page(request, "error.html", context, status=status, cache=_PRIVATE)
