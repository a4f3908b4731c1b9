"""The public pages: the entries of the list, the contents of a page, what a page may never do."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from domain.values.parties import Organisation
from projections.disclosures.projection import PublicStatus
from tests import stories as s
from tests.api.site.conftest import BROWSER, LISTS, Site, active, delisted, listed

SITE = Path(__file__).parents[3] / "api" / "site" / "layout"
PAGES = ("/", "/catalogue", "/about", f"/disclosures/{s.code()}", f"/catalogue/{s.ITEM.code}")
# the list ---------------------------------------------------------------------------------------


def test_a_granted_organisation_is_listed(site: Site):
    code = site.publish(s.GRANTED)
    page = site.get("/")
    assert site.codes("/") == [code]
    for words in ("义马市千秋食品有限公司", s.APPLICANT.code, "监管中", "2026年9月28日"):
        assert words in page


@pytest.mark.parametrize("story", [s.COMMITTED, s.REFUSED, s.WITHDRAWN, s.EXCLUDED_CASE])
def test_nothing_is_listed_without_a_decision_for_the_applicant(site: Site, story: s.Story):
    site.publish(story)
    assert "目前没有公示信息" in site.get("/")


def test_a_person_is_not_listed(site: Site):
    site.publish(s.GRANTED, s.PERSON)
    assert site.codes("/") == []


def test_a_breach_shows_as_supervised_until_its_sanction_is_decided(site: Site):
    site.publish(s.UNRECTIFIED)
    assert "监管中" in site.get(f"/disclosures/{s.code()}")


def test_a_sanction_leaves_the_site_after_its_last_public_day(site: Site):
    code = site.publish(s.PENALIZED)
    assert site.codes("/?sanctioned=1") == [code]
    site.day[0] = datetime(2027, 11, 24, 15, tzinfo=UTC)  # 23:00 in 义马, of the last day
    assert site.codes("/") == [code]
    site.day[0] = datetime(2027, 11, 24, 16, tzinfo=UTC)
    assert site.codes("/") == []
    page = site.refusal(f"/disclosures/{code}", 410)
    assert "这条信息的公示期到2027年11月24日为止" in page
    for words in (s.APPLICANT.name, s.APPLICANT.code, s.BASIS.number):
        assert words not in page


@pytest.mark.parametrize(
    "query", ["千秋", "91411281MA9KXNT179", "91411281ma9kxnt179", "  9141 1281 MA9K XNT1 79 "]
)
def test_a_search_finds_by_part_of_a_name_or_by_the_whole_code(site: Site, query: str):
    code = site.publish(s.GRANTED)
    assert site.codes(f"/?q={query}") == [code]


def test_a_search_finds_by_the_commitment_code_even_in_full_width(site: Site):
    site.publish(s.GRANTED, serial=2)
    code = site.publish(s.GRANTED, serial=3)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert site.codes(f"/?q={code}") == site.codes(f"/?q={wide}") == [code]


@pytest.mark.parametrize("query", ["没有这家", "%", "_", "9141"])
def test_a_search_that_finds_nothing_says_so_and_offers_the_way_back(site: Site, query: str):
    site.publish(s.GRANTED)
    page = site.client.get("/", params={"q": query}).text
    assert "没有找到符合条件的公示信息" in page
    assert 'href="/"' in page


def test_a_form_sent_without_a_chosen_filter_lists_everything(site: Site):
    code = site.publish(s.GRANTED)
    assert site.codes("/?q=&status=&field=&kind=") == [code]


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("status=supervised", [3, 2]),
        ("status=fulfilled", [1]),
        ("kind=deferred_materials", [3]),
        ("field=other_high_frequency", [3, 2, 1]),
        ("field=citizen", []),
        ("sanctioned=1", []),
    ],
)
def test_filters_narrow_the_list(site: Site, query: str, serials: list[int]):
    site.publish(s.FULFILLED, serial=1)
    site.publish(s.GRANTED, serial=2)
    site.publish(s.DEFERRED_GRANTED, serial=3)
    assert site.codes(f"/?{query}") == [s.code(serial=serial) for serial in serials]


def test_filters_survive_paging(site: Site):
    for serial in range(1, 46):
        site.publish(s.FULFILLED if serial % 9 == 0 else s.GRANTED, serial=serial)
    newest_first = [s.code(serial=serial) for serial in range(45, 0, -1) if serial % 9]
    assert site.codes("/?q=千秋&status=supervised") == newest_first
    assert len(LISTS.findall(site.get("/?status=supervised"))) == 20


# invalid requests -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/?status=nonsense", 422),
        ("/?field=nonsense", 422),
        ("/?sanctioned=nonsense", 422),
        ("/?q=a%00b", 422),
        (f"/?q={'长' * 601}", 422),
        (f"/?cursor={'x' * 401}", 422),
        ("/?cursor=nonsense", 400),
        ("/catalogue?field=nonsense", 422),
        ("/catalogue?cursor=nonsense", 400),
        ("/disclosures/41128120260928000001", 404),
        ("/disclosures/nonsense", 404),
        ("/disclosures/%00", 404),
        ("/catalogue/000000000000", 404),
        ("/catalogue/nonsense", 404),
        ("/nowhere", 404),
    ],
)
def test_an_invalid_request_is_refused_on_a_chinese_page(site: Site, address: str, status: int):
    page = site.refusal(address, status)
    assert '<html lang="zh-CN">' in page
    assert "返回公示名单" in page or "从第一页看" in page or "有 1 处需要改正" in page


# an entry ---------------------------------------------------------------------------------------


def test_an_entry_says_what_was_promised_and_how_to_object(site: Site):
    page = site.get(f"/disclosures/{site.publish(s.FULFILLED)}")
    for words in ("承诺内容", "违诺责任", "义市监许〔2026〕108号", "经核查，承诺属实、已经履行"):
        assert words in page
    assert re.search(r"认为公示信息有误.*<strong>义马市市场监督管理局</strong>提出异议", page, re.S)
    assert "失信惩戒" not in page


def test_a_sanction_is_shown_with_its_basis_and_its_period(site: Site):
    page = site.get(f"/disclosures/{site.publish(s.PENALIZED)}")
    for words in ("失信惩戒", "全部未履行", s.KEY_REVIEW.label, s.BASIS.number):
        assert words in page
    for day in ("2026年11月24日", "2027年2月24日", "2027年11月24日"):
        assert day in page


@pytest.mark.parametrize("story", [s.GRANTED, s.SPARED, s.DEFERRED_GRANTED, s.RECTIFIED])
def test_every_end_of_a_case_has_a_page(site: Site, story: s.Story):
    assert "办理进程" in site.get(f"/disclosures/{site.publish(story)}")


def test_a_script_in_a_name_is_shown_as_text(site: Site):
    name = "<script>alert(1)</script>\"'商贸"
    code = site.publish(s.GRANTED, Organisation(code=s.APPLICANT.code, name=name))
    site.list_item(listed(s.ITEM.model_copy(update={"name": name})))
    for address in ("/", f"/disclosures/{code}", f"/?q={name}", "/catalogue"):
        raw = site.client.get(address, headers=BROWSER).text
        assert "<script" not in raw
        assert name in unescape(raw)


# the catalogue ----------------------------------------------------------------------------------


def test_the_page_of_an_item_shows_which_materials_may_be_deferred(site: Site):
    site.list_item(active())
    page = site.get(f"/catalogue/{s.ITEM.code}")
    for words in (*s.TERMS.conditions, *s.TERMS.consequences, s.KEY_REVIEW.label, "20 个工作日"):
        assert words in page
    rows = re.findall(r'<th scope="row">(.+?)</th>\s*<td>(.+?)</td>', page)
    assert [name for name, weight in rows if "可容缺" in weight] == [s.HEALTH.name, s.PLAN.name]


def test_an_item_without_a_measure_is_listed_as_waiting(site: Site):
    site.list_item(listed(terms=None))
    assert "尚未启用" in site.get("/catalogue")
    assert "管理办法制定中" in site.get(f"/catalogue/{s.ITEM.code}")


def test_a_delisted_item_leaves_the_list_and_keeps_its_page(site: Site):
    site.list_item(delisted())
    assert s.ITEM.name not in site.get("/catalogue")
    assert "已移出清单" in site.get(f"/catalogue/{s.ITEM.code}")


def test_the_catalogue_can_be_filtered_by_field(site: Site):
    site.list_item(active())
    assert s.ITEM.name in site.get("/catalogue?field=other_high_frequency")
    assert "这个领域目前没有事项" in site.get("/catalogue?field=citizen")


# every page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*PAGES, "/nowhere"])
def test_a_page_runs_no_script_and_forbids_scripts_in_its_headers(site: Site, address: str):
    site.publish(s.GRANTED)
    site.list_item(active())
    answer = site.client.get(address, headers=BROWSER)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script|<style|\s(style|on\w+)=", answer.text)


def test_pages_may_be_cached_for_a_minute_and_refusals_never(site: Site):
    assert site.client.get("/").headers["cache-control"] == "public, max-age=60"
    refused = site.client.get("/nowhere", headers=BROWSER)
    assert refused.headers["cache-control"] == "no-store"


def test_the_static_files_that_a_page_links_to_exist(site: Site):
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', site.get("/")):
        assert site.client.get(address).status_code == 200


def test_demonstration_data_is_named_as_such(site: Site):
    assert "均为虚构" not in site.get("/")
    site.client.app.state.demo = True
    assert "演示数据，均为虚构" in site.get("/about")


def test_every_status_has_its_colour():
    style = (SITE / "static" / "site.css").read_text("utf-8")
    for status in PublicStatus:
        assert f".status-{status} " in style
