"""The address of the service: which hosts and pages are ours; no redirect leads elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from infrastructure.settings import Settings
from tests.api.conftest import Badges
from tests.conftest import Clock

NAME = "xinnuo.yima.gov.cn"
PUBLIC = f"https://{NAME}"
FIVE = [
    {"Host": NAME, "Origin": PUBLIC},
    {"Host": f"{NAME}:443", "Origin": PUBLIC},
    {"Host": NAME.upper(), "Origin": PUBLIC},
    {"Host": f"{NAME}:8080", "Origin": f"http://{NAME}:8080"},
    {"Host": NAME, "Origin": f"http://{NAME}:8080"},
    {"Host": f"{NAME}:8000", "Origin": PUBLIC},
    {"Host": "10.1.2.3:8000", "Origin": PUBLIC, "X-Forwarded-Host": NAME},
    {"Host": "xinnuo_app", "Origin": f"{PUBLIC.upper()}:443"},
    {"Host": "app.intern.example", "Origin": PUBLIC, "X-Forwarded-Host": f"{NAME}, other"},
    {"Host": "[::1]:8000", "Origin": PUBLIC, "X-Forwarded-Proto": "http"},
]
"""What proxies make of the same form, sent from our page."""


@contextmanager
def at(folder: Path, database: Path, clock: Clock, **settings: object) -> Iterator[TestClient]:
    """The application with these settings; the client is a trusted proxy."""
    copytree(database.parent, folder, dirs_exist_ok=True)
    app = create_app(Settings(data_dir=folder, **settings), clock)
    with TestClient(app, client=("127.0.0.1", 5), follow_redirects=False) as client:
        yield client


@pytest.fixture
def public(tmp_path: Path, migrated_sqlite: Path, clock: Clock) -> Iterator[TestClient]:
    others = (f"http://{NAME}:8080",)
    with at(tmp_path, migrated_sqlite, clock, public_url=PUBLIC, other_urls=others) as client:
        yield client


@pytest.fixture
def bare(tmp_path: Path, migrated_sqlite: Path, clock: Clock) -> Iterator[TestClient]:
    """The application without any address in its settings."""
    with at(tmp_path, migrated_sqlite, clock) as client:
        yield client


def signs_in(client: TestClient, **headers: str) -> Response:
    state = client.app.state
    badges = Badges(state.tokens, state.container.clock)
    token = badges("auditor")["Authorization"].removeprefix("Bearer ")
    return client.post("/sign-in", data={"token": token}, headers=headers)


@pytest.mark.parametrize("headers", FIVE, ids=str)
def test_with_a_public_address_a_form_of_ours_is_taken_whatever_a_proxy_changed(public, headers):
    reply = signs_in(public, **headers)
    assert reply.status_code == 303
    over_tls = ":8080" not in headers["Host"]
    assert reply.headers["set-cookie"].startswith("__Host-xinnuo=" if over_tls else "xinnuo=")
    assert ("strict-transport-security" in reply.headers) is over_tls


@pytest.mark.parametrize(
    "origin", ["null", "", f"http://{NAME}", f"{PUBLIC}.evil.example", f"{PUBLIC}:444", "x[", "//"]
)
def test_a_form_of_another_origin_is_refused_at_the_public_address(public, origin):
    reply = signs_in(public, Host=NAME, Origin=origin)
    assert (reply.status_code, reply.json()["code"]) == (403, "cross-site")
    assert "XINNUO_PUBLIC_URL" in reply.json()["detail"]


@pytest.mark.parametrize("host", ["evil.example", f"{NAME}.x.example", f"x.{NAME}", "1.2.3.4.x"])
@pytest.mark.parametrize("path", ["/", "/api/v1/disclosures", "/static/site.css", "/catalogue/"])
def test_a_foreign_host_is_told_so(public, host, path):
    reply = public.get(path, headers={"Host": host})
    assert (reply.status_code, reply.json()["code"]) == (421, "misdirected")
    assert PUBLIC in reply.json()["detail"]
    assert host not in reply.text


@pytest.mark.parametrize("host", [NAME, "localhost", "127.0.0.1:80", "10.0.0.7", "app:80", "[::1]"])
def test_monitors_and_proxies_ask_by_an_address_or_a_short_name(public, host):
    assert public.get("/livez", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Host": f"{NAME}:80", "Origin": f"http://{NAME}"}, True),
        ({"Host": NAME.upper(), "Origin": f"http://{NAME}"}, True),
        ({"Host": NAME, "Origin": f"http://{NAME}:80"}, True),
        ({"Host": NAME, "Origin": PUBLIC, "X-Forwarded-Proto": "https"}, True),
        ({"Host": "up", "Origin": f"http://{NAME}", "X-Forwarded-Host": NAME}, True),
        ({"Host": NAME, "Origin": f"http://{NAME}:8080"}, False),
        ({"Host": NAME, "Origin": PUBLIC}, False),
    ],
    ids=str,
)
def test_without_a_public_address_host_and_trusted_proxies_decide(bare, headers, taken):
    assert signs_in(bare, **headers).status_code == (303 if taken else 403)


def test_what_a_stranger_forwards_is_not_believed(bare):
    stranger = TestClient(bare.app, client=("203.0.113.9", 5))
    sent = {"Host": "up", "Origin": f"http://{NAME}", "X-Forwarded-Host": NAME}
    assert signs_in(stranger, **sent).status_code == 403
    sent = {"Host": NAME, "Origin": PUBLIC, "X-Forwarded-Proto": "https"}
    assert signs_in(stranger, **sent).status_code == 403


@pytest.mark.parametrize(
    "path", ["/catalogue/", "/api/v1/cases/", "/sign-in/", "/docs/", "/log/keys/"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_slash_is_added_or_taken_off_by_a_redirect(bare, path, method):
    ours = {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}
    reply = bare.request(method, path, headers=ours)
    assert reply.status_code == 404
    assert "location" not in reply.headers


@pytest.mark.parametrize("path", ["/static", "/static/", "/swagger", "/docs/", "/static/%2e%2e/"])
def test_no_address_of_a_file_redirects(bare, path):
    reply = bare.get(path, headers={"Host": "evil.example"})
    assert (reply.status_code, "location" in reply.headers) == (404, False)


@pytest.mark.parametrize(
    "wrong", ["xinnuo.example", "ftp://x.example", "https://", "https://a@b", "https://a/?q", "x"]
)
def test_a_public_address_that_is_none_is_refused_at_the_start(wrong):
    with pytest.raises(ValueError, match="应为完整的访问地址"):
        Settings(public_url=wrong)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HTTPS://XinNuo.Example:443/", "https://xinnuo.example"),
        ("http://xinnuo.example:8080/credit/", "http://xinnuo.example:8080/credit"),
        ("https://信诺.example", "https://xn--vuq087l.example"),
    ],
)
def test_a_public_address_has_one_form(written, read):
    assert Settings(public_url=written).public_url == read


def test_pages_name_their_one_address_to_search_engines(public):
    for path in ("/", "/catalogue", "/about"):
        page = public.get(path, params={"utm": "x"}, headers={"Host": NAME}).text
        assert f"<link rel=\"canonical\" href='{PUBLIC}{path}'>" in page
        assert '<meta name="description" content="' in page
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in public.get("/robots.txt").text
    assert f"<loc>{PUBLIC}/catalogue</loc>" in public.get("/sitemap.xml").text


def test_without_a_public_address_no_host_becomes_the_truth(bare):
    for path in ("/", "/robots.txt", "/sitemap.xml", "/docs", "/openapi.json", "/nowhere"):
        assert "evil.example" not in bare.get(path, headers={"Host": "evil.example"}).text
