"""Renders the pages of the site: templates with escaping, labels of codes, security headers.

A template that uses an undefined variable raises an error; it never renders an empty text.
"""

import re
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from api.site.layout.assets import SWAGGER, asset_address
from api.site.layout.public_frame import foot, is_large, kept_large, other_size
from application.access.permissions import Role
from application.imports.columns import ImportTable
from domain.case.values import RecordType, Severity
from domain.catalogue.stages import Listing
from domain.catalogue.terms import CommitmentType, Disposition, ItemField, Weight
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


DOCUMENTATION = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
}
"""The policy of the one page with a script: Swagger UI, which styles its elements by itself."""


def chinese_date(day: date | str) -> str:
    """A date, or its ISO text, in Chinese: 2026年9月28日."""
    return in_chinese(date.fromisoformat(day) if isinstance(day, str) else day)


_LINK = re.compile(r'\b(href|src|action|data-description)="(?=/|\{\{)')


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[_Rooted],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    labels = (
        CommitmentType,
        Disposition,
        ItemField,
        Listing,
        PublicStatus,
        RecordType,
        Role,
        Severity,
        Weight,
    )
    more_labels = (SubjectCategory, GroundKind, Outcome, ImportTable)
    environment.globals.update({each.__name__: each for each in (*labels, *more_labels)})
    environment.globals |= {"asset": asset_address, "SWAGGER": SWAGGER}
    environment.filters |= {"chinese_date": chinese_date, "local_time": minute_in_chinese}
    return environment


class _Rooted(Extension):
    """Puts the path of the public address before every link of a template, all being our own."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _LINK.sub(r'\1="{{ root }}', source)


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
    state, path = request.state, request.url.path
    found = status == HTTPStatus.OK
    public = getattr(state, "public_url", None) if found else None
    frame = {
        "demo": getattr(state, "demo", False),
        "root": state.root,
        "path": path,
        "canonical": public and public + path,
        "large": is_large(request),
        "other_size": other_size(request.query_params if found else {}, is_large(request)),
        "foot": foot(request),
    }
    html = _TEMPLATES.get_template(template).render(context, **frame)
    if is_large(request) and "by" not in context:
        html = kept_large(html, state.root)
    return HTMLResponse(html, status, SECURITY | {"Cache-Control": cache})
