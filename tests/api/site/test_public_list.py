"""The public list: how many, which office, since when, and the way back; a mistyped code."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from domain.values.contacts import OrganContact
from domain.values.parties import Department
from tests import stories as s
from tests.api.site.conftest import Site, active, listed

LATER = Department(code="114112810058013259", name="义马市另一局")


def count_on(page: str) -> str:
    match = re.search(r"<strong>(共 \d+ 条|超过 10,000 条)</strong>", page)
    return match[1] if match else ""


def test_the_list_says_how_many_there_are_and_so_does_the_api(site: Site):
    for serial in range(1, 23):
        site.publish(s.FULFILLED if serial % 2 else s.GRANTED, serial=serial)
    for query, number in (("", 22), ("status=fulfilled", 11)):
        assert count_on(site.get(f"/?{query}")) == f"共 {number} 条"
        reply = site.client.get(f"/api/v1/disclosures?limit=2&{query}").json()
        assert (reply["total"], len(reply["items"])) == (number, 2)


def test_the_list_is_filtered_by_office_and_by_day(site: Site):
    code = site.publish(s.GRANTED)
    for query in (
        f"org={s.MARKET_OFFICE.code}",
        "since=2026-09-28&until=2026-09-28",
        "since=2026年9月28日",
    ):
        assert site.codes(f"/?{query}") == [code], query
    for query in (f"org={LATER.code}", "since=2026-09-29", "until=2026年9月27日"):
        assert site.codes(f"/?{query}") == [], query


def test_the_offices_to_choose_from_are_those_of_the_catalogue(site: Site):
    site.list_item(active())
    option = rf'<option value="{s.MARKET_OFFICE.code}"( selected)?>义马市市场监督管理局</option>'
    assert re.search(option, site.get("/"))
    chosen = re.search(option, site.get(f"/?org={s.MARKET_OFFICE.code}"))
    assert chosen and chosen[1]


def test_a_wrong_day_is_told_beside_its_field_with_what_was_typed(site: Site):
    page = site.refusal("/?since=28.9.2026", 422)
    assert 'id="since-wrong"' in page
    assert 'value="28.9.2026"' in page


def test_sanctions_are_listed_by_the_day_of_the_sanction(site: Site):
    first = site.publish(s.PENALIZED, serial=2)
    later = [
        fact._replace(at=fact.at + timedelta(hours=24)) if fact is s.PENALIZED[-1] else fact
        for fact in s.PENALIZED
    ]
    second = site.publish(tuple(later), serial=1)
    assert site.codes("/?sanctioned=1") == [second, first]
    assert site.codes("/") == [first, second]


def test_every_filter_survives_opening_an_entry_and_coming_back(site: Site):
    for serial in range(1, 43):
        site.publish(s.GRANTED, serial=serial)
    query = "q=千秋&status=supervised&kind=notice_commitment&since=2026-09-01"
    first = site.get(f"/?{query}")
    second = re.search(r'rel="next" href="([^"]+)"', first)
    assert second
    page = site.get(second[1])
    opened = re.search(r'href="(/disclosures/[^"]+)"', page)
    assert opened
    back = re.search(r'<ol><li><a href="([^"]+)">查询结果', site.get(opened[1]))
    assert back
    assert site.get(back[1]) == page


def test_a_mistyped_code_is_told_as_such(site: Site):
    site.publish(s.GRANTED)
    assert "校验位不符" in site.get("/?q=91411281MA9KXNT178")
    assert "不是有效的" in site.get("/?q=41128120261399000001")
    for query in ("千秋", "没有这家", s.APPLICANT.code, "41128120260928000009", "²" * 18):
        page = site.get(f"/?q={query}")
        assert "校验位不符" not in page and "不是有效的" not in page


# the large size ---------------------------------------------------------------------------------


def test_the_large_size_is_kept_in_every_link_to_a_page_and_needs_no_cookie(site: Site):
    code = site.publish(s.GRANTED)
    site.list_item(listed())
    for path in ("/", f"/disclosures/{code}", "/catalogue", "/about", "/data", "/?q=nothing"):
        reply = site.client.get(f"{path}{'&' if '?' in path else '?'}large=1")
        assert '<html lang="zh-CN" class="large">' in reply.text
        assert "set-cookie" not in reply.headers
        pages = re.findall(r'<a [^>]*?href="(/(?:disclosures|catalogue|about)?[^"]*)"', reply.text)
        own = [each for each in pages if not re.match("/(api|docs|data/|download|feed|sign)", each)]
        assert own and all("large=1" in each for each in own), path
        assert not any("large=1" in each for each in set(pages) - set(own))


def test_the_size_survives_a_search_and_is_left_by_a_link(site: Site):
    site.publish(s.GRANTED)
    page = site.get("/?q=千秋&large=1")
    assert '<input type="hidden" name="large" value="1">' in page
    assert "<a class=\"size\" href='?q=%E5%8D%83%E7%A7%8B'>标准模式</a>" in page
    assert 'class="large"' not in site.get("/?q=千秋")


# who answers for the site -----------------------------------------------------------------------


def test_the_foot_names_who_answers_for_the_site_only_if_it_is_set(site: Site):
    assert "主办单位" not in site.get("/")
    settings = site.service.settings.model_copy(
        update={"site_organiser": "义马市人民政府", "site_record": "豫ICP备1号"}
    )
    object.__setattr__(site.service, "settings", settings)
    for path in ("/", "/about"):
        page = site.get(path)
        assert "<dt>主办单位</dt><dd>义马市人民政府</dd>" in page
        assert "<dt>备案号</dt><dd>豫ICP备1号</dd>" in page
        assert "标识码" not in page


def test_the_foot_of_the_demonstration_says_that_it_is_invented(site: Site):
    site.client.app.state.demo = True
    assert re.search("<dt>主办单位</dt><dd>[^<]+虚构）</dd>", site.get("/"))


# an entry ---------------------------------------------------------------------------------------


def test_a_sanctioned_entry_shows_the_breach_and_the_order_to_rectify_it(site: Site):
    page = site.get(f"/disclosures/{site.publish(s.PENALIZED)}")
    process = page[page.index("办理进程") :]
    steps = "2026年10月30日</time>发现违诺.*责令整改.*限 2026年11月13日前完成"
    assert re.search(steps, process, re.S)
    entry = site.client.get(f"/api/v1/disclosures/{s.code()}").json()
    assert (entry["breach_found_on"], entry["rectify_by"]) == ("2026-10-30", "2026-11-13")


@pytest.mark.parametrize("story", [s.UNRECTIFIED, s.RECTIFIED, s.SPARED])
def test_a_breach_without_a_public_sanction_is_nowhere(site: Site, story: s.Story):
    code = site.publish(story)
    assert "发现违诺" not in site.get(f"/disclosures/{code}")
    entry = site.client.get(f"/api/v1/disclosures/{code}").json()
    hidden = ("breach_found_on", "ordered_on", "rectify_by")
    assert [entry[name] for name in hidden] == [None, None, None]
    (line,) = site.client.get("/download.ndjson").text.splitlines()
    assert [json.loads(line)[name] for name in hidden] == [None, None, None]


def test_a_breach_does_not_touch_what_the_feed_and_the_entry_say_of_the_last_change(site: Site):
    for story, serial in ((s.GRANTED, 1), (s.RECTIFYING, 2), (s.UNRECTIFIED, 3)):
        site.publish(story, serial=serial)
    items = site.client.get("/api/v1/disclosures?limit=9").json()["items"]
    entries = [site.client.get(f"/api/v1/disclosures/{each['code']}").json() for each in items]
    assert len({each["updated_at"] for each in entries}) == 1


def test_an_open_entry_says_by_when_it_is_inspected(site: Site):
    page = site.get(f"/disclosures/{site.publish(s.GRANTED)}")
    assert re.search("核查期限</dt><dd>最迟 <time[^>]*>2026年10月30日", page)


def test_an_entry_leads_to_the_terms_of_its_time_and_not_to_those_of_today(site: Site):
    item = active()
    item.revise(s.TERMS.model_copy(update={"conditions": ("新的条件",)}), by=s.CLERK, at=s.DAY_1)
    site.list_item(item)
    entry = site.get(f"/disclosures/{site.publish(s.GRANTED)}")
    then = re.search(r'href="(/catalogue/[^"]+)">受理时适用', entry)
    assert then
    page = site.get(then[1])
    assert s.TERMS.conditions[0] in page and "新的条件" not in page
    assert "以下是第 1 版的内容" in page and "看现行的第 2 版" in page
    assert "新的条件" in site.get(f"/catalogue/{s.ITEM.code}")
    for version in ("3", "0", "x", "1" * 30):
        site.refusal(f"/catalogue/{s.ITEM.code}?version={version}", 404)


def test_an_entry_says_where_to_object_and_where_to_ask_for_repair(site: Site):
    contact = OrganContact(
        telephone="0398-5832345", address="义马市千秋路1号", mailbox="office@example.gov.cn"
    )
    site.list_item(listed(terms=s.TERMS.model_copy(update={"contact": contact})))
    page = site.get(f"/disclosures/{site.publish(s.PENALIZED)}")
    for words in ("0398-5832345", "义马市千秋路1号", "office@example.gov.cn"):
        assert words in page
    assert "https://www.creditchina.gov.cn/" in page


def test_an_entry_carries_its_address_as_a_square_and_in_words(site: Site):
    code = site.publish(s.GRANTED)
    page = site.get(f"/disclosures/{code}")
    address = f"{site.service.settings.address}/disclosures/{code}"
    assert 'class="square"><path' in page
    assert f"打印内容取自 2026年12月1日 10:00的网页，网址 {address}" in page


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_has_ended_is_gone_and_what_never_was_is_not_found(site: Site, accept: str):
    code = site.publish(s.PENALIZED)
    site.day[0] = datetime(2027, 11, 25, tzinfo=UTC)
    for path in (f"/disclosures/{code}", f"/api/v1/disclosures/{code}"):
        reply = site.client.get(path, headers={"accept": accept})
        assert reply.status_code == 410
        assert "公示期到2027年11月24日为止" in reply.text
        assert s.APPLICANT.name not in reply.text and s.APPLICANT.code not in reply.text
        unknown = site.client.get(path[:-1] + "9", headers={"accept": accept})
        assert unknown.status_code == 404
