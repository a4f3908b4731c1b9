"""Sessions of the pages: how one begins, when it ends, and what it never gives access to."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from application.access.permissions import Role
from infrastructure.database.schema import sessions
from tests.api.conftest import Badges, the_service
from tests.conftest import Clock
from tests.support.browser_client import Visitor

COOKIE = re.compile(r"(?P<name>[^=]+)=(?P<secret>[^;]*)(?P<flags>.*)")


@pytest.fixture
def over_https(client: TestClient, as_: Badges) -> Iterator[Visitor]:
    """A browser that reaches the same service over https."""
    app = client.app
    assert isinstance(app, FastAPI)
    yield Visitor(TestClient(app, base_url="https://testserver"), as_)


def cookie_of(reply: Response) -> re.Match[str]:
    cookie = COOKIE.fullmatch(reply.headers["set-cookie"])
    assert cookie
    return cookie


def stored_keys(visitor: Visitor) -> list[bytes]:
    """The keys of all sessions in the table."""
    with the_service(visitor.client).engine.connect() as db:
        return list(db.scalars(select(sessions.c.key)))


# signing in -------------------------------------------------------------------------------------


def test_a_token_opens_the_pages(visitor: Visitor):
    assert not visitor.is_in
    reply = visitor.sign_in()
    assert reply.status_code == 303
    page = visitor.looks()
    assert page.status_code == 200
    for word in ("auditor-01", "审计", "义马市市场监督管理局", "2026年9月28日 17:00"):
        assert word in page.text


def test_a_token_pasted_with_line_breaks_is_accepted(visitor: Visitor):
    token = visitor.token()
    assert visitor.sign_in(f" {token[:60]}\r\n{token[60:]} \n").status_code == 303
    assert visitor.is_in


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", "令牌", "x" * 20_000, "\0"])
def test_an_invalid_token_is_refused_with_a_message(visitor: Visitor, token: str):
    reply = visitor.sign_in(token)
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert ("请粘贴令牌" if not token else "这个令牌不能用") in reply.text
    assert "set-cookie" not in reply.headers
    assert stored_keys(visitor) == []


def test_an_expired_token_is_refused(visitor: Visitor, clock: Clock):
    token = visitor.token()
    clock.go_on(hours=8)
    assert visitor.sign_in(token).status_code == 422


def test_a_refused_token_is_not_shown_again(visitor: Visitor):
    assert "eyJhbGciOi" not in visitor.sign_in("eyJhbGciOi.wrong.wrong").text


def test_a_user_without_a_session_is_redirected_to_sign_in_and_afterwards_back(visitor: Visitor):
    sent = visitor.looks("/session?seen=1&more=a b")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/sign-in?next=%2Fsession%3Fseen%3D1%26more%3Da%2520b"
    page = visitor.looks(sent.headers["location"])
    assert 'value="/session?seen=1&amp;more=a%20b"' in page.text
    reply = visitor.sign_in(back="/session?seen=1&more=a%20b")
    assert reply.headers["location"] == "/session?seen=1&more=a%20b"


AWAY = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "evil.example",
    " //evil.example",
    "/好",
    "",
]


@pytest.mark.parametrize("back", AWAY)
def test_signing_in_never_redirects_to_another_site(visitor: Visitor, back: str):
    page = visitor.client.get("/sign-in", params={"next": back})
    assert 'name="next" value=""' in page.text
    place = visitor.sign_in(back=back).headers["location"]
    assert re.fullmatch(r"/[a-z]+", place)


# the cookie -------------------------------------------------------------------------------------


def test_the_cookie_is_for_this_browser_and_this_site_only(visitor: Visitor):
    cookie = cookie_of(visitor.sign_in())
    assert cookie["name"] == "xinnuo"
    assert cookie["flags"] == "; HttpOnly; Path=/; SameSite=strict"


def test_over_https_the_cookie_is_bound_to_this_host_and_to_https(over_https: Visitor):
    cookie = cookie_of(over_https.sign_in())
    assert cookie["name"] == "__Host-xinnuo"
    assert cookie["flags"] == "; HttpOnly; Path=/; SameSite=strict; Secure"
    assert over_https.is_in
    over_https.client.cookies.clear()
    over_https.client.cookies.set("xinnuo", cookie["secret"], domain="testserver.local")
    assert not over_https.is_in


def test_the_secret_of_a_session_is_in_no_address_and_in_no_table(visitor: Visitor):
    reply = visitor.sign_in(back="/session")
    secret = cookie_of(reply)["secret"]
    assert len(secret) >= 43
    assert secret not in reply.headers["location"] + visitor.looks().text
    assert [secret.encode() in key for key in stored_keys(visitor)] == [False]


def test_the_stored_key_of_a_session_is_no_valid_secret(visitor: Visitor):
    visitor.sign_in()
    (key,) = stored_keys(visitor)
    for guess in (key.hex(), "", "x"):
        visitor.client.cookies.clear()
        visitor.client.cookies.set("xinnuo", guess, domain="testserver.local")
        assert not visitor.is_in


def test_signing_in_again_begins_another_session_and_ends_the_old_one(visitor: Visitor):
    first = cookie_of(visitor.sign_in())["secret"]
    second = cookie_of(visitor.sign_in())["secret"]
    assert first != second
    assert len(stored_keys(visitor)) == 1


# the end ----------------------------------------------------------------------------------------


def test_after_signing_out_a_stolen_cookie_is_invalid(visitor: Visitor):
    secret = cookie_of(visitor.sign_in())["secret"]
    assert visitor.sign_out().headers["location"] == "/sign-in"
    assert not visitor.is_in
    visitor.client.cookies.set("xinnuo", secret, domain="testserver.local")
    assert not visitor.is_in
    assert stored_keys(visitor) == []


def test_signing_out_deletes_the_cookie(visitor: Visitor):
    visitor.sign_in()
    header = visitor.sign_out().headers["set-cookie"]
    assert header.startswith('xinnuo="";')
    assert "Max-Age=0" in header


def test_signing_out_without_a_session_is_no_error(visitor: Visitor):
    assert visitor.sign_out().status_code == 303


def test_a_session_ends_after_30_idle_minutes(visitor: Visitor, clock: Clock):
    visitor.sign_in()
    clock.go_on(minutes=30)
    assert not visitor.is_in


def test_a_session_in_use_lasts_until_its_token_expires(visitor: Visitor, clock: Clock):
    visitor.sign_in()
    for _ in range(20):  # in total the token's 8 hours less one minute
        clock.go_on(minutes=23, seconds=57)
        assert visitor.is_in
    clock.go_on(minutes=1)
    assert not visitor.is_in


def test_signing_in_deletes_the_sessions_that_have_ended(visitor: Visitor, clock: Clock):
    visitor.sign_in()
    visitor.client.cookies.clear()
    clock.go_on(minutes=31)
    visitor.sign_in()
    assert len(stored_keys(visitor)) == 1


# what a session gives no access to --------------------------------------------------------------


def test_no_cookie_opens_the_api(visitor: Visitor):
    visitor.sign_in()
    for path in ("/api/v1/audit", "/api/v1/cases", "/api/v1/worklist"):
        assert visitor.looks(path).status_code == 401


def test_a_bearer_token_opens_no_page(visitor: Visitor, as_: Badges):
    assert visitor.client.get("/session", headers=as_(Role.AUDITOR)).status_code == 303


FOREIGN = [
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none"},
    {"Sec_Fetch_Site": "cross-site", "Origin": "http://testserver"},
    {"Origin": "http://evil.example"},
    {"Origin": "https://testserver"},
    {"Origin": "null"},
    {"Accept": "text/html"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_form_sent_by_another_site_is_refused(visitor: Visitor, headers: dict[str, str]):
    reply = visitor.sign_in(**headers)
    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers
    assert "请求不是从本站页面发出的" in reply.text
    visitor.sign_in()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    assert visitor.client.post("/sign-out", headers=sent).status_code == 403
    assert visitor.is_in


def test_a_form_with_the_sites_own_origin_is_accepted_without_sec_fetch_site(visitor: Visitor):
    assert visitor.sign_in(Origin="http://testserver").status_code == 303


def test_the_api_accepts_requests_from_other_sites(visitor: Visitor, as_: Badges):
    headers = as_(Role.CATALOG_ADMIN) | {"Sec-Fetch-Site": "cross-site"}
    assert visitor.client.post("/api/v1/catalogue", json={}, headers=headers).status_code == 422


# the pages themselves ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/sign-in", "/session"])
def test_a_page_that_is_not_public_is_neither_cached_nor_indexed(visitor: Visitor, path: str):
    visitor.sign_in()
    page = visitor.looks(path)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert 'content="noindex, nofollow, noarchive"' in page.text


def test_the_public_pages_do_not_show_who_is_signed_in(visitor: Visitor):
    visitor.sign_in()
    assert "auditor-01" not in visitor.looks("/").text
    assert "set-cookie" not in visitor.looks("/").headers


def test_every_link_on_the_page_of_the_session_leads_to_a_page(visitor: Visitor):
    visitor.sign_in()
    links = re.findall(r'href="(/[^"?#]*)', visitor.looks().text)
    assert links
    assert {visitor.looks(link).status_code for link in links} == {200}


@pytest.mark.parametrize("path", ["/audit/nosuch", "/desk/nosuch/deeper", "/session/nosuch"])
def test_an_address_below_an_office_that_is_no_page_keeps_the_frame_of_the_signed_in(
    visitor: Visitor, path: str
):
    assert "退出" not in visitor.looks(path).text
    visitor.sign_in()
    page = visitor.looks(path)
    assert page.status_code == 404
    assert "auditor-01" in page.text
    assert "auditor-01" not in visitor.looks("/nosuch").text
