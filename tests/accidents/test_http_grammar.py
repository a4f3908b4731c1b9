"""HTTP as the RFCs have it: a record of every field, method and status that the service uses.

Each row of RECORD is a request and what RFC 9110 wants of the answer.  What concerns the connection
is in `tests/api/transport/test_connection.py`.
"""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import pytest

from api.http.fields import EntityTag, MalformedField, entity_tags, weight
from infrastructure.settings import Settings
from tests.api.conftest import Badges, ScanningClient, Walk, furnish, served, the_service
from tests.conftest import Clock, tokens_of


@pytest.fixture
def sqlite(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    copytree(migrated_sqlite.parent, tmp_path, dirs_exist_ok=True)
    return Settings(data_dir=tmp_path, poll_seconds=0.05)


@pytest.fixture
def logs() -> StringIO:
    return StringIO()


@pytest.fixture
def case(sqlite: Settings, clock: Clock, logs: StringIO) -> Iterator[Walk]:
    """A granted case at version 5, over HTTP."""
    badges = Badges(tokens_of(sqlite.keys_dir), clock)
    app = served(sqlite, clock, logs)
    with ScanningClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        furnish(the_service(client))
        yield Walk(client, badges).to("granted")


# the record -------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A request, its status, and the fields of the answer: a pattern each, None if absent."""

    section: str
    about: str
    request: str
    sent: dict[str, str]
    status: int
    fields: dict[str, str | None]


TAG, NOT_THIS = '"5"', '"4"'
LISTS = r"GET, HEAD, OPTIONS, POST"
RECORD = [
    Row("8.3", "JSON has no charset", "GET /api/v1/catalogue", {}, 200, {"Content-Type": "application/json"}),
    Row("8.3", "text names its charset", "GET /log/keys", {}, 200, {"Content-Type": "text/plain; charset=utf-8"}),
    Row("8.6", "the length is known", "GET /about", {}, 200, {"Content-Length": r"\d+"}),
    Row("8.8.3", "a case names its version", "GET {case}", {}, 200, {"ETag": TAG}),
    Row("8.4", "nobody codes what names a version", "GET {case}", {"Accept-Encoding": "gzip"}, 200, {"Content-Encoding": "identity", "Cache-Control": "no-store, no-transform", "ETag": TAG}),
    Row("9.3.2", "HEAD of a page", "HEAD /", {}, 200, {"Content-Length": r"\d+", "Content-Type": "text/html.*"}),
    Row("9.3.2", "HEAD of a list", "HEAD /api/v1/disclosures", {}, 200, {"Content-Length": r"\d+"}),
    Row("9.3.2", "HEAD of a file", "HEAD /static/site.css", {}, 200, {"ETag": r'"\w+(-gzip)?"'}),
    Row("9.3.2", "HEAD of the tree", "HEAD /log/checkpoint", {}, 200, {}),
    Row("9.3.2", "HEAD for monitors", "HEAD /livez", {}, 200, {}),
    Row("9.3.2", "HEAD of readiness", "HEAD /readyz", {}, 200, {}),
    Row("9.3.2", "HEAD of the documentation", "HEAD /docs", {}, 200, {}),
    Row("9.3.2", "HEAD of a case", "HEAD {case}", {}, 200, {"ETag": TAG}),
    Row("9.3.2", "HEAD of nothing", "HEAD /nowhere", {}, 404, {}),
    Row("9.3.2", "HEAD without a token", "HEAD {case}", {"Authorization": ""}, 401, {"ETag": None}),
    Row("9.3.2", "HEAD where only POST is", "HEAD {case}/inspect", {}, 405, {"Allow": "OPTIONS, POST"}),
    Row("9.3.7", "OPTIONS of a resource", "OPTIONS /api/v1/cases", {}, 204, {"Allow": LISTS, "Content-Length": None}),
    Row("9.3.7", "OPTIONS of a page with a form", "OPTIONS /sign-in", {}, 204, {"Allow": LISTS}),
    Row("9.3.7", "OPTIONS of nothing", "OPTIONS /nowhere", {}, 404, {"Allow": None}),
    Row("9.3.7", "no other site is let in", "OPTIONS {case}", {"Origin": "https://evil.example"}, 204, {"Access-Control-Allow-Origin": None}),
    Row("9.1", "DELETE is known and not allowed", "DELETE {case}", {}, 405, {"Allow": "GET, HEAD, OPTIONS"}),
    Row("9.1", "PUT of a list", "PUT /api/v1/catalogue", {}, 405, {"Allow": LISTS}),
    Row("9.1", "PATCH of a file", "PATCH /static/site.css", {"Sec-Fetch-Site": "same-origin"}, 405, {"Allow": "GET, HEAD, OPTIONS"}),
    Row("9.3.8", "TRACE shows nobody's fields", "TRACE /about", {}, 405, {"Allow": "GET, HEAD, OPTIONS"}),
    Row("9.3.3", "POST where only GET is", "POST /api/v1/disclosures", {}, 405, {"Allow": "GET, HEAD, OPTIONS"}),
    Row("10.2.2", "a Location is relative", "GET /session", {"Host": "evil.example"}, 303, {"Location": r"/sign-in\?.*"}),
    Row("11.6.1", "a challenge", "GET {case}", {"Authorization": ""}, 401, {"WWW-Authenticate": "Bearer"}),
    Row("11.6.1", "a challenge for a wrong token", "GET {case}", {"Authorization": "Bearer x"}, 401, {"WWW-Authenticate": "Bearer"}),
    Row("12.5.1", "HTML is liked better", "GET /nowhere", {"Accept": "text/html,*/*;q=0.8"}, 404, {"Content-Type": "text/html; charset=utf-8", "Vary": "Accept"}),
    Row("12.5.1", "HTML is refused by weight", "GET /nowhere", {"Accept": "text/html;q=0, */*"}, 404, {"Content-Type": "application/problem\\+json"}),
    Row("12.5.1", "JSON is liked better", "GET /nowhere", {"Accept": "text/html;q=0.5, application/json"}, 404, {"Content-Type": "application/problem\\+json"}),
    Row("12.5.1", "the API ignores Accept", "GET {case}", {"Accept": "image/png"}, 200, {"Content-Type": "application/json"}),
    Row("12.5.3", "gzip", "GET /about", {"Accept-Encoding": "gzip"}, 200, {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}),
    Row("12.5.3", "gzip of weight 0", "GET /about", {"Accept-Encoding": "gzip;q=0, *"}, 200, {"Content-Encoding": None, "Vary": "Accept-Encoding"}),
    Row("12.5.3", "anything", "GET /about", {"Accept-Encoding": "*"}, 200, {"Content-Encoding": "gzip"}),
    Row("12.5.3", "nothing", "GET /about", {"Accept-Encoding": ""}, 200, {"Content-Encoding": None}),
    Row("12.5.3", "each coding of a file has its own tag", "GET /static/site.css", {"Accept-Encoding": "br, GZIP;q=0.5"}, 200, {"Content-Encoding": "gzip", "ETag": r'"\w+-gzip"', "Vary": "Accept-Encoding"}),
    Row("12.5.3", "a file uncoded", "GET /static/site.css", {"Accept-Encoding": "identity"}, 200, {"Content-Encoding": None, "ETag": r'"\w+"'}),
    Row("13.1.1", "If-Match holds for a read", "GET {case}", {"If-Match": TAG}, 200, {"ETag": TAG}),
    Row("13.1.1", "If-Match fails for a read", "GET {case}", {"If-Match": NOT_THIS}, 412, {"ETag": None}),
    Row("13.1.1", "a list of a read", "GET {case}", {"If-Match": f"{NOT_THIS} , {TAG}"}, 200, {}),
    Row("13.1.1", "strong comparison", "HEAD {case}", {"If-Match": f"W/{TAG}"}, 412, {}),
    Row("13.1.1", "a malformed list", "GET {case}", {"If-Match": "5"}, 400, {}),
    Row("13.1.1", "no tag at all", "GET /about", {"If-Match": TAG}, 412, {}),
    Row("13.1.1", "anything there", "GET /about", {"If-Match": "*"}, 200, {}),
    Row("13.1.2", "not modified", "GET {case}", {"If-None-Match": TAG}, 304, {"ETag": TAG, "Content-Type": None, "Content-Length": None, "Cache-Control": "no-store, no-transform"}),
    Row("13.1.2", "weak comparison", "GET {case}", {"If-None-Match": f'"9", W/{TAG}'}, 304, {}),
    Row("13.1.2", "anything", "HEAD {case}", {"If-None-Match": "*"}, 304, {}),
    Row("13.1.2", "modified", "GET {case}", {"If-None-Match": NOT_THIS}, 200, {"ETag": TAG}),
    Row("13.1.2", "an unreadable list matches nothing", "GET {case}", {"If-None-Match": "5"}, 200, {}),
    Row("13.1.2", "nobody learns of a case without a token", "GET {case}", {"If-None-Match": TAG, "Authorization": ""}, 401, {}),
    Row("13.1.2", "a command is not for the absent", "POST {case}/inspect", {"If-None-Match": "*"}, 400, {}),
    Row("13.1.3", "a date where nothing has one", "GET {case}", {"If-Modified-Since": "Tue, 01 Sep 2037 00:00:00 GMT"}, 200, {}),
    Row("13.1.4", "a date where nothing has one", "GET {case}", {"If-Unmodified-Since": "Tue, 01 Sep 1987 00:00:00 GMT"}, 200, {}),
    Row("13.2.2", "If-Match goes before If-None-Match", "GET {case}", {"If-Match": NOT_THIS, "If-None-Match": TAG}, 412, {}),
    Row("14.2", "a range of what has none", "GET /about", {"Range": "bytes=0-9"}, 200, {"Content-Range": None}),
    Row("15.5.5", "no such resource", "GET /api/v1/nowhere", {}, 404, {"Content-Type": "application/problem\\+json"}),
    Row("15.5.14", "a body too large", "POST /api/v1/cases", {"X-Body": "x" * 300_000}, 413, {}),
    Row("15.5.16", "another format", "POST /api/v1/cases", {"X-Body": "a=b"}, 415, {"Accept": "application/json"}),
    Row("15.5.16", "another format of a form", "POST /sign-in", {"X-Body": "{}", "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}, 415, {"Accept": "application/x-www-form-urlencoded"}),
    Row("15.5.16", "a coded body", "POST /api/v1/cases", {"X-Body": "x", "Content-Encoding": "gzip"}, 415, {"Accept-Encoding": "identity"}),
]  # fmt: skip
"""One line, one rule: the section of RFC 9110, the rule, the request, and what is answered."""


def ask(case: Walk, row: Row):
    method, path = row.request.split(" ")
    badge = case.as_("inspector" if method == "POST" else "auditor")
    sent = [(name.strip(), value) for name, value in row.sent.items() if name != "X-Body"]
    if "Authorization" not in row.sent:
        sent += badge.items()
    sent = [pair for pair in sent if pair != ("Authorization", "")]
    address = path.format(case=case.url)
    return case.client.request(method, address, headers=sent, content=row.sent.get("X-Body"))


def test_every_row_of_the_record_is_answered_as_the_rfc_has_it(
    case: Walk, subtests: pytest.Subtests
):
    the_service(case.client).sealer.seal()
    for row in RECORD:
        with subtests.test(f"{row.section} {row.about}"):
            reply = ask(case, row)
            assert reply.status_code == row.status, reply.text
            for name, pattern in row.fields.items():
                value = reply.headers.get(name)
                assert (value is None) if pattern is None else re.fullmatch(pattern, value or "")
            if row.request.startswith("HEAD") or row.status in (204, 304):
                assert reply.content == b""


def test_a_read_by_head_is_on_record_as_by_get(case: Walk):
    def readings() -> int:
        page = case.client.get("/api/v1/audit/reads", headers=case.as_("auditor")).json()
        return sum(each["what"] == "state" for each in page["items"])

    before = readings()
    for method, condition in [("HEAD", {}), ("GET", {"If-None-Match": TAG})]:
        case.client.request(method, case.url, headers=case.as_("inspector") | condition)
    assert readings() == before + 2


# If-Match of commands ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "accepted"),
    [
        (['"5"'], True),
        (['"4", "5"'], True),
        (['"5" ,\t"3"'], True),
        ([',, "5",'], True),
        (["*"], True),
        (['"3"', '"5"'], True),
        (['"5-gzip"'], True),
        (['"5;br"'], True),
        (['"4", "6"'], False),
        (['W/"5"'], False),
        (['W/"5", "4"'], False),
        (['"a,b", "05", "5x", ""'], False),
        ([""], False),
    ],
)
def test_a_command_is_done_if_one_tag_of_the_list_is_the_version(case: Walk, lines, accepted):
    sent = [("If-Match", line) for line in lines] + [*case.as_("inspector").items()]
    body = {"outcome": "passed", "note": "与承诺一致"}
    reply = case.client.post(f"{case.url}/inspect", json=body, headers=sent)
    assert reply.status_code == (200 if accepted else 412), reply.text
    if not accepted:
        assert reply.json()["version"] == 5
        assert ("去掉 W/" in reply.json()["detail"]) is ("W/" in lines[0])


@pytest.mark.parametrize("field", ["5", '"5', '5"', '"5" "6"', 'w/"5"', "*, *", '"5", *', "'5'"])
def test_a_malformed_list_is_told_how_to_write_it(case: Walk, field):
    reply = case.attempt("fulfilled", If_Match=field)
    assert (reply.status_code, reply.json()["code"]) == (400, "malformed-header")
    assert '如 "3"' in reply.json()["detail"]


def test_a_repeated_command_with_a_list_is_the_same_request(case: Walk):
    sent = {"If_Match": '"5", "3"', "Idempotency_Key": "k"}
    assert case.attempt("fulfilled", **sent).is_success
    assert case.attempt("fulfilled", **sent).headers["Idempotency-Replayed"] == "true"
    sent["If_Match"] = '"5", "4"'
    assert case.attempt("fulfilled", **sent).json()["code"] == "idempotency-key-reused"


# fields by themselves ---------------------------------------------------------------------------


def test_a_tag_may_hold_commas_and_bytes_beyond_ascii():
    assert entity_tags('W/"a,b" , "\x80"') == (EntityTag("a,b", True), EntityTag("\x80", False))
    with pytest.raises(MalformedField):
        entity_tags('"a"b"')


def test_a_weight_of_three_digits_counts_and_a_wrong_one_does_not():
    assert weight("br;q=1.000, gzip;q=0.001", ["gzip"]) == 0.001
    assert weight("gzip;q=0.000", ["gzip"]) == 0
    assert weight("gzip;q=5", ["gzip"]) == 1
    assert weight(None, ["gzip"]) == 0
