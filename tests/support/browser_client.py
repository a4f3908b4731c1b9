"""A client that acts like a browser: signs in, requests pages, sends forms."""

from collections.abc import Callable

from httpx2 import Response
from starlette.testclient import TestClient

from application.access.permissions import Role

BROWSER = {"Accept": "text/html"}
OURS = {"Sec-Fetch-Site": "same-origin"}
EXPORTS = (
    "POST /api/v1/audit/exports",
    "GET /api/v1/audit/exports",
    "GET /api/v1/audit/exports/{export_id}",
    "GET /api/v1/audit/exports/{export_id}/file",
)
PAGES = (
    "POST /sign-in",
    "POST /sign-out",
    "GET /session",
    "GET /desk/board",
    "GET /desk/board.xlsx",
    "GET /audit",
    "GET /audit/search",
    "GET /audit/search.json",
    "GET /audit/cases",
    "GET /audit/cases.json",
    "GET /audit/cases/person",
    "POST /audit/cases/person",
    "GET /audit/reads",
    "GET /audit/reads.json",
    "GET /audit/streams/{stream_id}",
    "GET /audit/streams/{stream_id}/bundle",
    "GET /audit/streams/{stream_id}/compare",
    "GET /audit/streams/{stream_id}/{n:int}",
    "GET /audit/streams/{stream_id}/{n:int}.json",
    "GET /audit/bundle",
    "POST /audit/bundle",
    "GET /audit/tolerance",
    "GET /audit/evidence",
    "POST /audit/evidence",
    "GET /audit/exports",
    "POST /audit/exports",
    "GET /audit/exports/{export_id}/file",
    "GET /desk/cases/{target}/slip",
    "POST /desk/cases/{target}/slip",
    "POST /desk/cases/{target}/slip/revoke",
    "GET /desk",
    "POST /desk/claims",
    "GET /desk/cases/{target}",
    "GET /desk/cases/{target}/{verb}",
    "POST /desk/cases/{target}/{verb}",
    "GET /desk/cases/{target}/papers/{paper}",
    "GET /desk/cases/{target}/documents/{kind}",
    "GET /files/{owner}",
    "GET /files/{owner}/{sha256}",
    "GET /files/{case_id}/reused/{material}",
    "GET /desk/open",
    "POST /desk/open",
    "GET /desk/visits",
    "GET /desk/visits/{target}",
    "GET /desk/visits/{target}/{verb}",
    "POST /desk/visits/{target}/{verb}",
    "GET /desk/decisions",
    "GET /desk/hearings",
    "GET /desk/handbook",
    "GET /desk/catalogue",
    "GET /desk/catalogue/new",
    "POST /desk/catalogue/new",
    "GET /desk/catalogue/{target}",
    "GET /desk/catalogue/{target}/{verb}",
    "POST /desk/catalogue/{target}/{verb}",
    "GET /desk/tolerance",
    "GET /desk/tolerance/new",
    "POST /desk/tolerance/new",
    "GET /desk/tolerance/{target}",
    "GET /desk/tolerance/{target}/{verb}",
    "POST /desk/tolerance/{target}/{verb}",
    "GET /desk/law",
    "GET /desk/law/new",
    "POST /desk/law/new",
    "GET /desk/law/{target}",
    "GET /desk/law/{target}/{verb}",
    "POST /desk/law/{target}/{verb}",
    "GET /desk/credit",
    "POST /desk/credit/retry",
    "GET /desk/imports/{table}",
    "POST /desk/imports/{table}",
)
"""Endpoints that accept a session but no token."""

MINE = (
    "GET /mine",
    "POST /mine",
    "POST /mine/leave",
    "GET /mine/case",
    "GET /mine/case/documents/{kind}",
    "GET /mine/case/{act}",
    "POST /mine/case/{act}",
)
"""The applicant's door: tests/api/site/test_own_case.py."""


class Visitor:
    """A browser: it stores cookies and does not follow redirects."""

    def __init__(self, client: TestClient, as_: Callable[[str], dict[str, str]]) -> None:
        self.client, self.as_ = client, as_
        client.follow_redirects = False
        client.headers.update(BROWSER)

    def token(self, role: str = Role.AUDITOR) -> str:
        return self.as_(role)["Authorization"].removeprefix("Bearer ")

    def sign_in(self, token: str | None = None, back: str = "", **headers: str) -> Response:
        form = {"token": self.token() if token is None else token, "next": back}
        sent = {name.replace("_", "-"): value for name, value in headers.items()} or OURS
        return self.client.post("/sign-in", data=form, headers=sent)

    def sign_out(self) -> Response:
        return self.client.post("/sign-out", headers=OURS)

    def looks(self, path: str = "/session") -> Response:
        return self.client.get(path)

    @property
    def is_in(self) -> bool:
        return self.looks().status_code == 200
