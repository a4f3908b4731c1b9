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
from tests.api.conftest import COMPANY, ITEM, Walk, project, the_service
from tests.support.browser_client import OURS, Visitor
from tests.support.fault_server import wait_until

EVENT = re.compile(r"/audit/streams/[^/]+/[0-9]+")
PAGES = ("/audit/search", "/audit/exports")
SENTENCE = re.compile(r'<p class="log-what">(.*?)</p>', re.S)
MATTER = re.compile(r'<p class="log-matter"><a href="/audit/streams/([^"]+)">(.*?)</a>(.*?)</p>')
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


def events_have_pages(visitor: Visitor) -> bool:
    """True if each event of a stream has a page of its own."""
    paths = [getattr(route, "path", "") for route in visitor.client.app.routes]
    return any(re.fullmatch(r"/audit/streams/\{\w+\}/\{[\w:]+\}", path) for path in paths)


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


def test_after_signing_in_an_auditor_sees_the_overview(visitor: Visitor):
    assert visitor.sign_in().headers["location"] == "/audit"
    page = visitor.looks("/audit").text
    assert '<a href="/audit" aria-current="page">审计总览</a>' in page
    assert '<a class="brand" href="/audit">' in page
    assert "<title>审计总览 - 信诺 · 审计</title>" in page
    assert '<a href="/audit/exports" aria-current="page">导出</a>' in visitor.looks(PAGES[1]).text


def test_every_link_on_the_pages_of_auditors_leads_to_a_page(auditor: Visitor):
    for path in PAGES:
        links = re.findall(r'href="(/[^"]*)"', auditor.looks(path).text)
        for link in {unescape(link) for link in links}:
            if EVENT.fullmatch(link) and not events_have_pages(auditor):
                continue
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
    {"stream": str(item_id(ITEM.code))},
    {"applicant": "千秋"},
    {"applicant": COMPANY["code"], "after": "5"},
    {"late": "1"},
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
    assert all_sentences(auditor, f"/audit/search?{query}&limit=3&oldest=1") == expected
    assert all_sentences(auditor, f"/audit/search?{query}&limit=3") == expected[::-1]
    if not expected:
        assert "没有符合条件的记录" in auditor.looks(f"/audit/search?{query}").text


def test_the_search_form_has_a_field_for_every_filter(auditor: Visitor):
    beside = f"stream={UUID(int=7)}&topic=case/case-opened&after=3"
    page = auditor.looks(f"/audit/search?action=case/decide&role=auditor&{beside}").text
    named = set(re.findall(r'<(?:input|select)[^>]* name="([a-z]+)"', page))
    assert named == set(TrailQuery.model_fields) | {"oldest"}
    assert all(f'value="{action}"' in page for action in ACTIONS)
    assert 'value="case/decide" selected' in page
    assert "操作 <b>案件：作出决定</b>" in page


@pytest.mark.parametrize(
    "query", ["role=king", "since=yesterday", "stream=x", "cursor=x", "who=me"]
)
def test_an_invalid_search_of_the_trail_is_refused_on_a_page(auditor: Visitor, query: str):
    page = auditor.looks(f"/audit/search?{query}")
    assert page.status_code in (400, 422)
    assert "text/html" in page.headers["content-type"]


@pytest.mark.parametrize("path", ["/", "/catalogue", *PAGES, "/audit/tolerance"])
def test_an_empty_field_of_a_form_is_ignored(auditor: Visitor, path: str):
    assert auditor.looks(f"{path}?cursor=").status_code == 200
    assert auditor.looks(f"{path}?cursor={'x' * 401}").status_code == 422


def test_an_empty_limit_gives_the_default_number_of_rows(auditor: Visitor):
    default = sentences_of(auditor.looks("/audit/search").text)
    assert sentences_of(auditor.looks("/audit/search?limit=").text) == default
    assert auditor.looks("/audit/search?limit=201").status_code == 422


def test_a_script_in_a_search_is_shown_as_text(auditor: Visitor):
    page = auditor.looks("/audit/search?person=<script>alert(1)</script>").text
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
        page = sentences_of(auditor.client.get("/audit/search", params=query).text)
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
    search = auditor.looks("/audit/search?role=inspector&oldest=1").text
    (link,) = re.findall(r'href="(/audit/exports\?[^"]*)"', search)
    assert link == "/audit/exports?role=inspector"
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', auditor.looks(link).text)
    assert [name for name, _ in fields] == ["form_key", "role"]
    started = auditor.client.post(
        "/audit/exports", data=dict(fields) | {"format": "csv"}, headers=OURS
    )
    assert (started.status_code, started.headers["location"]) == (303, link)
    wait_until(lambda: DOWNLOAD.search(auditor.looks("/audit/exports").text), 20)
    page = auditor.looks("/audit/exports").text
    assert 'http-equiv="refresh"' not in page
    (address,) = DOWNLOAD.findall(page)
    file = auditor.looks(address)
    assert file.headers["content-disposition"].endswith('.csv"')
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(all_sentences(auditor, "/audit/search?role=inspector"))
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


# addresses, conditions, totals, data --------------------------------------------------------------


def test_an_address_of_a_search_that_was_kept_leads_to_the_search(auditor: Visitor):
    kept = auditor.looks("/audit?person=inspector-01&newest=1&since=2026-09-28")
    assert kept.status_code == 303
    assert kept.headers["location"] == "/audit/search?person=inspector-01&since=2026-09-28"
    assert auditor.looks(kept.headers["location"]).status_code == 200


def test_each_condition_is_a_link_to_the_search_without_it(auditor: Visitor):
    page = unescape(auditor.looks("/audit/search?role=inspector&applicant=千秋&after=1").text)
    (shown,) = re.findall(r'<p class="asked">(.*?)</p>', page, re.S)
    links = dict(re.findall(r'<a href="([^"]*)">(.*?)<span aria-hidden', shown))
    assert {re.sub("<[^>]*>", "", words) for words in links.values()} == {
        "岗位 监管核查",
        "申请人 千秋",
        "日志 第 1 号以后",
    }
    assert all("role=inspector" not in link for link in links if "岗位" in links[link])
    for link in links:
        assert auditor.looks(link).status_code == 200


def test_a_day_is_typed_as_pages_print_it_or_as_programs_do(auditor: Visitor):
    for page in ("/audit/search", "/audit/reads"):
        shown = [
            auditor.client.get(page, params={"until": typed}).text
            for typed in ("2026年9月28日", "2026-09-28", "2026 年 9 月 28 日")
        ]
        assert all('name="until" value="2026年9月28日"' in each for each in shown)
        assert auditor.client.get(page, params={"until": "2026年13月1日"}).status_code == 422


def test_the_title_of_a_search_names_its_conditions(auditor: Visitor):
    title = re.compile("<title>(.*?)</title>")
    found = title.findall(auditor.looks("/audit/search?role=inspector&document=108").text)
    assert found == ["岗位 监管核查，承诺编码、文书号或者案件编号 108 - 审计检索 - 信诺 · 审计"]
    assert title.findall(auditor.looks("/audit/search").text) == ["审计检索 - 信诺 · 审计"]


def test_a_search_tells_how_many_events_it_has_found_in_all(auditor: Visitor):
    search = "/audit/search?role=inspector&limit=2"
    found = len(all_sentences(auditor, search))
    assert found > 2
    assert f"共 {found} 条，本页 2 条" in auditor.looks(search).text


@pytest.mark.parametrize("query", ["", "?role=inspector", "?applicant=千秋&limit=3", "?oldest=1"])
def test_a_search_as_data_is_what_the_api_answers(auditor: Visitor, query: str):
    data = auditor.client.get(f"/audit/search.json{query}").json()
    page = auditor.looks(f"/audit/search{query}").text
    assert f'href="/audit/search.json{query.split("&", maxsplit=1)[0]}' in unescape(page).replace(
        "%E5%8D%83%E7%A7%8B", "千秋"
    )
    assert [item["sentence"] for item in data["items"]] == sentences_of(page)
    badge, asked = auditor.as_(Role.AUDITOR), query.replace("oldest=1", "")
    sent = f"/api/v1/audit{asked}{'&' if '?' in asked else '?'}newest={int('oldest' not in query)}"
    api = auditor.client.get(sent, headers=badge).json()["items"]
    assert data["items"] == api[: len(data["items"])]


def test_a_line_names_applicant_item_and_stage_and_links_to_its_case(auditor: Visitor):
    page = auditor.looks("/audit/search?action=case/inspect").text
    matter = re.compile(
        r'<p class="log-matter"><a href="/audit/streams/([^"]+)">(.*?)</a>(.*?)</p>'
    )
    ((case, applicant, rest),) = matter.findall(page)
    assert applicant == "义马市千秋食品有限公司"
    assert "食品经营许可" in rest and "已惩戒" in rest
    assert f'href="/audit/streams/{case}/6"' in page
    assert "清单事项" in auditor.looks("/audit/search?action=item/list").text


def test_a_number_of_any_kind_is_typed_into_one_box(auditor: Visitor):
    api = auditor.client.get("/api/v1/audit/cases", headers=auditor.as_(Role.AUDITOR))
    (case,) = api.json()["items"]
    for typed, count in (
        (case["case_id"], 11),
        (case["code"], 1),
        (case["code"][:8] + " " + case["code"][8:], 1),
        ("义市监罚〔2026〕31号", 1),
    ):
        page = auditor.client.get("/audit/search", params={"document": typed}).text
        assert len(sentences_of(page)) == count, typed
