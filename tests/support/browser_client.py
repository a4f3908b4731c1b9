"""A person with a browser before the pages: signs in, looks at a page, sends a form."""

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
    "GET /audit",
    "GET /audit/streams/{stream_id}",
    "GET /audit/streams/{stream_id}/bundle",
    "GET /audit/tolerance",
    "GET /audit/evidence",
    "POST /audit/evidence",
    "GET /audit/exports",
    "POST /audit/exports",
    "GET /audit/exports/{export_id}/file",
)
"""The doors that a token does not open; who may is asked of the session."""


class Visitor:
    """A browser before the site: it keeps cookies, and follows nothing by itself."""

    def __init__(self, client: TestClient, as_: Callable[[str], dict[str, str]]) -> None:
        self.client, self.as_ = client, as_
        client.follow_redirects = False
        client.headers.update(BROWSER)

    def token(self, role: str = Role.AUDITOR) -> str:
        return self.as_(role)["Authorization"].removeprefix("Bearer ")

    def sign_in(self, token: str | None = None, back: str = "", **headers: str) -> Response:
        said = {"token": self.token() if token is None else token, "next": back}
        sent = {name.replace("_", "-"): value for name, value in headers.items()} or OURS
        return self.client.post("/sign-in", data=said, headers=sent)

    def sign_out(self) -> Response:
        return self.client.post("/sign-out", headers=OURS)

    def looks(self, path: str = "/session") -> Response:
        return self.client.get(path)

    @property
    def is_in(self) -> bool:
        return self.looks().status_code == 200
