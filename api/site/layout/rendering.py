"""Renders the pages of the site: templates with escaping, labels of codes, security headers.

A template that uses an undefined variable raises an error; it never renders an empty text.
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
from application.imports.columns import ImportTable
from domain.case.values import RecordType, Severity
from domain.catalogue.stages import Listing
from domain.catalogue.terms import CommitmentType, ItemField, Weight
from domain.tolerance.grounds import GroundKind, Outcome
from domain.values.parties import SubjectCategory
from domain.values.workdays import in_chinese, minute_in_chinese
from projections.disclosures.projection import PublicStatus

_HERE = Path(__file__).parent
_SHARED = "public, max-age=60"

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Headers of every page: no script runs, no site embeds the page, no file comes from elsewhere."""


def chinese_date(day: date | str) -> str:
    """A date, or its ISO text, in Chinese: 2026年9月28日."""
    return in_chinese(date.fromisoformat(day) if isinstance(day, str) else day)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    labels = (CommitmentType, ItemField, Listing, PublicStatus, RecordType, Role, Severity, Weight)
    more_labels = (SubjectCategory, GroundKind, Outcome, ImportTable)
    environment.globals.update({each.__name__: each for each in (*labels, *more_labels)})
    environment.globals["style"] = _fingerprint(_HERE / "static" / "site.css")
    environment.globals["office_style"] = _fingerprint(_HERE / "static" / "office.css")
    environment.filters |= {"chinese_date": chinese_date, "local_time": minute_in_chinese}
    return environment


def _fingerprint(file: Path) -> str:
    """A hash of the file for its address, so that browsers fetch a changed file at once."""
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
    """A rendered page with the security headers."""
    demo = getattr(request.state, "demo", False)
    html = _TEMPLATES.get_template(template).render(context, demo=demo, path=request.url.path)
    return HTMLResponse(html, status, SECURITY | {"Cache-Control": cache})
