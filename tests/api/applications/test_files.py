"""The door of files: who uploads and who reads, what is refused, and the same bytes again."""

from hashlib import sha256
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from domain.files.values import MAX_BYTES
from infrastructure.files.store import KEPT_FOR
from tests.api.conftest import ELSEWHERE, PAPER, Badges, Walk, log_size
from tests.api.http.test_auth import is_unauthenticated
from tests.api.http.test_doors import FILES, denied, is_forbidden
from tests.conftest import Clock
from tests.papers import PAPERS

UPLOAD = "/api/v1/files"
UPLOADERS, READERS = FILES[f"POST {UPLOAD}"], FILES[f"GET {UPLOAD}/{{owner}}"]
SCAN = b"%PDF-1.7\na waiver that nobody else names"
WAIVER = sha256(SCAN).hexdigest()
"""A paper that no client uploads by itself."""


def sends(client: TestClient, headers: dict[str, str], content: bytes, **more: str) -> Response:
    sent: dict[str, Any] = {"file": ("scan.pdf", content)}
    return client.post(UPLOAD, files=sent, data=more, headers=headers)


def test_the_roles_that_name_papers_upload_them(client: TestClient, as_: Badges):
    size = log_size(client)
    for role in denied(UPLOADERS):
        is_forbidden(sends(client, as_(role), SCAN))
    is_unauthenticated(sends(client, {}, SCAN))
    for role in UPLOADERS.split():
        reply = sends(client, as_(role), SCAN)
        assert reply.status_code == 201, reply.text
        told = reply.json()
        assert (told["sha256"], told["size"], len(told["sm3"])) == (WAIVER, len(SCAN), 64)
        assert told["media_type"] == "application/pdf"
    assert log_size(client) == size, "an upload is no fact until a command names it"


def test_what_is_no_scan_too_large_or_not_asked_for_is_refused(client: TestClient, as_: Badges):
    clerk = as_("intake_clerk")
    assert sends(client, clerk, b"<html>").status_code == 415
    assert sends(client, clerk, SCAN + bytes(MAX_BYTES)).status_code == 413
    reply = sends(client, clerk, SCAN, title="x")
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["code"] == "extra_forbidden"
    assert client.post(UPLOAD, headers=clerk).status_code == 422
    assert client.post(UPLOAD, data={"file": "text"}, headers=clerk).status_code == 422
    assert client.post(UPLOAD, json={"file": "text"}, headers=clerk).status_code == 422


def test_a_command_names_what_its_actor_uploaded_within_a_day(walk: Walk, clock: Clock):
    walk.to("forewarned")
    body = {"outcome": "waived", "digest": WAIVER}
    chair, colleague = walk.as_("hearing_chair"), walk.as_("hearing_chair", "another")

    def refused() -> None:
        size, reply = log_size(walk.client), walk.post("hear", body, **chair)
        assert reply.status_code == 409, reply.text
        assert reply.json()["rule"] == "document_is_filed"
        assert log_size(walk.client) == size

    refused()
    assert sends(walk.client, colleague, SCAN).is_success
    refused()
    assert sends(walk.client, chair, SCAN).is_success
    clock.now += KEPT_FOR
    chair = walk.as_("hearing_chair")
    refused()
    assert sends(walk.client, chair, SCAN).is_success
    assert walk.post("hear", body, **chair).is_success
    filed = {each["sha256"] for each in in_file(walk).json()}
    assert filed == {PAPER, WAIVER}


def in_file(walk: Walk, sha: str = "", role: str = "auditor", **who: Any) -> Response:
    address = f"{UPLOAD}/{walk.view['id']}" + (f"/{sha}" if sha else "")
    return walk.client.get(address, headers=walk.as_(role, **who))


def test_whoever_may_read_a_case_gets_its_files_as_they_came(walk: Walk):
    walk.to("committed")
    (listed,) = in_file(walk).json()
    assert (listed["sha256"], listed["size"]) == (PAPER, len(PAPERS[PAPER]))
    assert listed["title"]
    for sha in ("", PAPER):
        for role in denied(READERS):
            is_forbidden(in_file(walk, sha, role))
        for role in ("department_lead", "tolerance_reviewer"):
            is_forbidden(in_file(walk, sha, role))
        is_forbidden(in_file(walk, sha, "intake_clerk", department=ELSEWHERE))
        is_unauthenticated(walk.client.get(f"{UPLOAD}/{walk.view['id']}/{sha}".rstrip("/")))
    for role in set(READERS.split()) - {"department_lead", "tolerance_reviewer"}:
        reply = in_file(walk, PAPER, role)
        assert (reply.status_code, reply.content) == (200, PAPERS[PAPER]), role
        assert reply.headers["Content-Type"] == "application/pdf"
        assert reply.headers["Content-Security-Policy"].startswith("sandbox")
    assert in_file(walk, "0" * 64).status_code == 404
    assert in_file(walk, "0" * 63).status_code == 422
