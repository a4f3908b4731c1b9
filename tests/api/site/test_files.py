"""Files and headers: what is kept, what is compressed, and what every answer forbids."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.site.layout.assets import asset_address
from tests.api.conftest import ITEM, Badges, Walk, project
from tests.support.browser_client import BROWSER, Visitor

PLAIN = {"Accept-Encoding": "identity"}
GZIP = {"Accept-Encoding": "gzip"}
FOR_A_YEAR = "public, max-age=31536000, immutable"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ANSWERS = [
    *("/", "/about", "/catalogue", "/nowhere", "/sign-in", "/session", "/docs", "/openapi.json"),
    *("/static/site.css", "/static/nothing", "/swagger/swagger-ui.css", "/favicon.ico"),
    *("/robots.txt", "/sitemap.xml", "/livez", "/readyz", "/metrics", "/log/keys"),
    *("/api/v1/disclosures", "/api/v1/cases", "/api/v1/problems", "/api/v1/nowhere"),
    "/api/v1/templates/catalogue.xlsx",
]


def all_files() -> list[str]:
    site = [file.name for file in (Path(__file__).parents[3] / "api/site/layout/static").iterdir()]
    swagger = ["swagger-ui.css", "swagger-ui-bundle.js"]
    return [*(f"/static/{name}" for name in site), *(f"/swagger/{name}" for name in swagger)]


# headers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE"])
def test_every_answer_forbids_what_it_does_not_need(client: TestClient, method: str):
    for path in ANSWERS:
        headers = client.request(method, path, headers=BROWSER, follow_redirects=False).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Cache-Control" in headers
        assert "Server" not in headers
        assert "Strict-Transport-Security" not in headers


def test_an_answer_for_programs_runs_and_loads_nothing(client: TestClient):
    for path in ("/api/v1/disclosures", "/static/site.css", "/openapi.json", "/metrics", "/livez"):
        assert client.get(path).headers["Content-Security-Policy"] == NOTHING


def test_only_https_is_asked_for_again(client: TestClient):
    secure = TestClient(client.app, base_url="https://testserver")
    for path in ("/", "/api/v1/nowhere", "/static/site.css"):
        assert secure.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_documentation_keeps_no_token_and_speaks_chinese(client: TestClient):
    page = client.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    assert '<html lang="zh-CN">' in page.text
    assert "<script>" not in page.text
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy
    assert "persistAuthorization: false" in client.get("/static/docs.js").text


# files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", all_files())
def test_a_file_is_kept_for_a_year_by_its_fingerprint(client: TestClient, path: str):
    folder, _, name = path.rpartition("/")
    address = asset_address(name, folder)
    kept = client.get(address, headers=PLAIN)
    assert kept.headers["Cache-Control"] == FOR_A_YEAR
    for other in (path, f"{path}?v=", f"{path}?v=0123456789ab"):
        reply = client.get(other, headers=PLAIN)
        assert reply.headers["Cache-Control"] == "public, max-age=300"
        assert reply.content == kept.content
    seen = {"If-None-Match": kept.headers["ETag"]} | PLAIN
    assert client.get(address, headers=seen).status_code == 304


@pytest.mark.parametrize("path", [*all_files(), "/openapi.json", "/", "/catalogue", "/about"])
def test_public_text_is_compressed_for_whom_it_concerns(client: TestClient, path: str):
    project(client)  # no page changes between the two
    plain, packed = client.get(path, headers=PLAIN), client.get(path, headers=GZIP)
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    if len(plain.content) >= 1000:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < len(plain.content) * 0.6
    assert "Content-Encoding" not in plain.headers


def test_every_address_of_a_file_on_a_page_carries_its_fingerprint(visitor: Visitor):
    visitor.sign_in()
    for path in ("/", "/about", "/docs", "/session", "/nowhere"):
        text = visitor.looks(path).text
        files = re.findall(r'(?:href|src)="(/(?:static|swagger)/[^"]+)"', text)
        assert files
        for each in files:
            assert visitor.looks(each).headers["Cache-Control"] == FOR_A_YEAR, each


def test_what_is_for_one_person_is_not_compressed(visitor: Visitor, as_: Badges):
    """The size of a compressed answer betrays what stands beside a text of the asker's choice."""
    visitor.sign_in()
    for path in ("/session", "/audit/search?person=auditor-01", "/sign-in?next=/x"):
        reply = visitor.client.get(path, headers=GZIP)
        assert reply.headers.get("Content-Encoding") in (None, "identity")
    walk = Walk(visitor.client, as_).to("granted")
    for what in ("", "/history", "/bundle"):
        reply = visitor.client.get(walk.url + what, headers=walk.as_("auditor") | GZIP)
        assert reply.headers.get("Content-Encoding") in (None, "identity")


@pytest.mark.parametrize("folder", ["/static", "/swagger"])
@pytest.mark.parametrize("name", ["", "x", "site.css/", "%2e%2e%2fassets.py", "..%5cassets.py"])
def test_nothing_but_the_files_is_handed_out(client: TestClient, folder: str, name: str):
    assert client.get(f"{folder}/{name}").status_code == 404


def test_a_file_is_decoded_by_any_program(client: TestClient):
    with client.stream("GET", "/static/site.css", headers=GZIP) as reply:
        packed = b"".join(reply.iter_raw())
    assert gzip.decompress(packed) == client.get("/static/site.css", headers=PLAIN).content


# programs ---------------------------------------------------------------------------------------


def test_robots_are_told_what_is_not_for_them(client: TestClient):
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /audit", "Disallow: /session", "Disallow: /api/"} <= {*lines}
    assert lines[-1] == "Sitemap: http://127.0.0.1:8000/sitemap.xml"


def test_the_sitemap_lists_the_lasting_pages(client: TestClient):
    project(client)
    reply = client.get("/sitemap.xml")
    assert reply.headers["Content-Type"] == "application/xml"
    places = re.findall("<loc>(.+)</loc>", reply.text)
    assert f"http://127.0.0.1:8000/catalogue/{ITEM.code}" in places
    for place in places:
        assert client.get(place.removeprefix("http://127.0.0.1:8000")).status_code == 200
