"""The pages of auditors: search in the trail, and exports that need no scripts."""

import re
from html import unescape
from uuid import UUID

import pytest

from application.access.permissions import Role
from domain.catalogue.item import item_id
from infrastructure.exports.records import ExportState, Requester
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.descriptors import ACTIONS
from projections.audit_trail.queries import TrailQuery
from tests.api.conftest import ITEM, Walk, project, the_service
from tests.support.browser_client import OURS, Visitor
from tests.support.fault_server import wait_until

PAGES = ("/audit/search", "/audit/exports")
SENTENCE = re.compile(r'<p class="log-what">(.*?)</p>', re.S)
NEXT = re.compile(r'rel="next" href="([^"]+)"')
DOWNLOAD = re.compile(r'href="(/audit/exports/[^"]+/file)"')


@pytest.fixture
def auditor(visitor: Visitor, walk: Walk) -> Visitor:
    """An auditor who is signed in; the trail holds a whole case."""
    walk.to("penalized")
    project(visitor.client)
    visitor.sign_in()
    return visitor


def sentences_of(page: str) -> list[str]:
    return [unescape(text) for text in SENTENCE.findall(page)]


def all_sentences(visitor: Visitor, path: str) -> list[str]:
    """The sentences on every page of a search."""
    sentences, address = [], path
    while address:
        page = visitor.looks(address).text
        sentences += sentences_of(page)
        link = NEXT.search(page)
        address = unescape(link[1]) if link else ""
    return sentences


@pytest.mark.parametrize("path", PAGES)
def test_only_auditors_get_in_and_others_are_told_why(visitor: Visitor, path: str):
    assert visitor.looks(path).headers["location"].startswith("/sign-in?next=%2Faudit")
    for role in (Role.OPERATOR, Role.SUPERVISOR, Role.INTAKE_CLERK):
        visitor.sign_in(visitor.token(role))
        page = visitor.looks(path)
        assert page.status_code == 403
        assert "需要的岗位：审计" in page.text
        assert 'href="/session"' in page.text
        assert 'href="/audit"' not in visitor.looks("/session").text


def test_after_signing_in_an_auditor_sees_the_search_page(visitor: Visitor):
    assert visitor.sign_in().headers["location"] == "/audit"
    page = visitor.looks("/audit").text
    assert '<a href="/audit" aria-current="page">审计检索</a>' in page
    assert '<a href="/audit/exports" aria-current="page">导出</a>' in visitor.looks(PAGES[1]).text


def test_every_link_on_the_pages_of_auditors_leads_to_a_page(auditor: Visitor):
    for path in PAGES:
        links = re.findall(r'href="(/[^"]*)"', auditor.looks(path).text)
        for link in {unescape(link) for link in links}:
            assert auditor.looks(link).status_code == 200, link


QUERIES = [
    {},
    {"person": "inspector-01"},
    {"role": "decision_officer"},
    {"organisation": "人力资源"},
    {"action": "case/penalize"},
    {"document": "义市监罚[2026]31号"},
    {"since": "2026-09-28", "until": "2026-09-28"},
    {"since": "2026-09-29"},
    {"stream": str(item_id(ITEM.code)), "newest": "1"},
    {"topic": "case/statement-waived", "person": "", "role": "", "stream": ""},
]


@pytest.mark.parametrize("filters", QUERIES, ids=str)
def test_the_search_page_shows_the_same_events_as_the_api(
    auditor: Visitor, filters: dict[str, str]
):
    badge = auditor.as_(Role.AUDITOR)
    reply = auditor.client.get("/api/v1/audit", params=filters | {"limit": "200"}, headers=badge)
    expected = [item["sentence"] for item in reply.json()["items"]]
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    assert all_sentences(auditor, f"/audit?{query}&limit=3") == expected
    if not expected:
        assert "没有符合条件的记录" in auditor.looks(f"/audit?{query}").text


def test_the_search_form_has_a_field_for_every_filter(auditor: Visitor):
    page = auditor.looks("/audit?action=case/decide&role=auditor").text
    named = set(re.findall(r'<(?:input|select)[^>]* name="([a-z]+)"', page))
    assert named == set(TrailQuery.model_fields) - {"topic"} | {"newest"}
    assert all(f'value="{action}"' in page for action in ACTIONS)
    assert 'value="case/decide" selected' in page
    assert "案件：作出决定" in page


@pytest.mark.parametrize(
    "query", ["role=king", "since=yesterday", "stream=x", "cursor=x", "who=me"]
)
def test_an_invalid_search_of_the_trail_is_refused_on_a_page(auditor: Visitor, query: str):
    page = auditor.looks(f"/audit?{query}")
    assert page.status_code in (400, 422)
    assert "text/html" in page.headers["content-type"]


@pytest.mark.parametrize("path", ["/", "/catalogue", *PAGES, "/audit/tolerance"])
def test_an_empty_field_of_a_form_is_ignored(auditor: Visitor, path: str):
    assert auditor.looks(f"{path}?cursor=").status_code == 200
    assert auditor.looks(f"{path}?cursor={'x' * 401}").status_code == 422


def test_an_empty_limit_gives_the_default_number_of_rows(auditor: Visitor):
    default = sentences_of(auditor.looks("/audit").text)
    assert sentences_of(auditor.looks("/audit?limit=").text) == default
    assert auditor.looks("/audit?limit=201").status_code == 422


def test_a_script_in_a_search_is_shown_as_text(auditor: Visitor):
    page = auditor.looks("/audit?person=<script>alert(1)</script>").text
    assert "<script" not in page


SPELLINGS = {
    "document": [
        *(
            "义市监罚〔2026〕31号",
            "义市监罚[2026]31号",
            "义市监罚【2026】31号",
            "义市监罚(2026)31号",
        ),
        *("义市监罚﹝２０２６﹞３１号", "义市监罚 〔2026〕 31 号", "义市监罚〔2026〕第31号"),
        *("义市监罚〔2026〕031号", "义市监罚{2026}31", "义市监罚〔2026〕\u200b31号"),
    ],
    "organisation": [
        *("市场监督管理局", "义⻢市市场监督管理局", "义马市 市场监督", "市场\u200b监督"),
        *(
            "114112810058000150",
            "1141 1281 0058 0001 50",
            "11411281-0058000150",
            "１１４１１２８１００５８０００１５０",
        ),
    ],
    "person": [
        "decision_officer-01",
        "Decision_Officer-01",
        "decision_officer-0l",
        "ＤECISION_officer-01",
    ],
}
"""By filter: spellings of one value."""


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_trail_is_searched_by_every_spelling_on_the_page_and_in_the_api(
    auditor: Visitor, name: str, subtests
):
    usual, *others = SPELLINGS[name]

    def found(text: str) -> list[str]:
        query = {name: text, "limit": 200}
        api = auditor.client.get("/api/v1/audit", params=query, headers=auditor.as_("auditor"))
        page = sentences_of(auditor.client.get("/audit", params=query).text)
        assert len(page) == len(api.json()["items"])
        return page

    assert found(usual)
    for typed in others:
        with subtests.test(ascii(typed)):
            assert found(typed) == found(usual)


def test_an_export_whose_query_is_refused_today_is_still_on_record(auditor: Visitor):
    records, by = (
        the_service(auditor.client).exporter.records,
        Requester("feng", "auditor", "审计局"),
    )
    old = TrailQuery.model_construct(person="\u200b", document="豫审〔2026〕1号")
    records.ask(by, old, Format.CSV, ExportState.RUNNING)
    page = auditor.looks("/audit/exports")
    assert page.status_code == 200
    assert "豫审〔2026〕1号" in page.text


def test_an_export_is_started_followed_and_downloaded(auditor: Visitor):
    search = auditor.looks("/audit?role=inspector&newest=1").text
    (link,) = re.findall(r'href="(/audit/exports\?[^"]*)"', search)
    assert link == "/audit/exports?role=inspector"
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', auditor.looks(link).text)
    assert [name for name, _ in fields] == ["form_key", "role"]
    started = auditor.client.post(
        "/audit/exports", data=dict(fields) | {"format": "csv"}, headers=OURS
    )
    assert (started.status_code, started.headers["location"]) == (303, "/audit/exports")
    wait_until(lambda: DOWNLOAD.search(auditor.looks("/audit/exports").text), 20)
    page = auditor.looks("/audit/exports").text
    assert 'http-equiv="refresh"' not in page
    (address,) = DOWNLOAD.findall(page)
    file = auditor.looks(address)
    assert file.headers["content-disposition"].endswith('.csv"')
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(all_sentences(auditor, "/audit?role=inspector"))
    auditor.sign_out()
    assert auditor.looks(address).status_code == 303


def test_the_page_of_exports_reloads_itself_only_while_an_export_is_under_way(auditor: Visitor):
    records = the_service(auditor.client).exporter.records
    assert 'http-equiv="refresh"' not in auditor.looks("/audit/exports").text
    records.ask(
        Requester("feng", "auditor", "审计局"), TrailQuery(), Format.CSV, ExportState.RUNNING
    )
    page = auditor.looks("/audit/exports").text
    assert '<meta http-equiv="refresh" content="2">' in page
    assert "正在导出" in page


def test_a_request_for_an_export_from_another_site_is_refused(auditor: Visitor):
    sent = auditor.client.post("/audit/exports", data={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 403
    assert "导出记录" not in auditor.looks("/audit/exports").text


def test_the_file_of_an_unknown_export_is_answered_with_an_error_page(auditor: Visitor):
    page = auditor.looks(f"/audit/exports/{UUID(int=1)}/file")
    assert page.status_code == 404
    assert "没有这个导出" in page.text
