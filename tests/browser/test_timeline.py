"""The page of a stream in a browser, on a desktop and on a phone: its versions, opened, printed."""

import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import DESK, FAINT, PHONE, width_of_all

pytestmark = pytest.mark.browser
CAUSED = "起因：第"


@pytest.fixture(scope="session")
def caused(address: str, token: str) -> str:
    """The address of a case with an event of the system that an earlier event has caused."""
    trail = f"{address}/api/v1/audit?person=system"
    request = Request(trail, headers={"Authorization": f"Bearer {token.strip()}"})  # noqa: S310
    with urlopen(request) as reply:  # noqa: S310 - our own address
        return f"/audit/streams/{json.load(reply)['items'][0]['stream_id']}"


@pytest.fixture(params=[DESK, PHONE], ids=lambda size: str(size["width"]))
def page(
    request: pytest.FixtureRequest, browser: Browser, address: str, token: str
) -> Iterator[Page]:
    """The page of a signed-in auditor, in a browser without scripts: the site needs none."""
    context = browser.new_context(
        base_url=address, viewport=request.param, locale="zh-CN", java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("令牌").fill(token)
    page.get_by_role("button", name="登录").click()
    yield page
    context.close()


def test_a_reader_moves_between_versions_and_opens_an_event(page: Page, caused: str):
    page.goto(caused)
    newest = page.locator(".events li").count()
    expect(page.get_by_role("heading", level=2).first).to_contain_text(f"第 {newest} 版")
    page.get_by_role("link", name=f"第 {newest - 1} 版", exact=True).click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text(f"第 {newest - 1} 版")
    page.get_by_label("看哪一版").select_option("1")
    page.get_by_role("button", name="查看").first.click()
    expect(page.locator(".then dd", has_text="已收件")).to_be_visible()
    page.get_by_label("看哪一时刻").fill("2099年1月1日 00:00")
    page.get_by_role("button", name="查看").last.click()
    expect(page.get_by_text("这一时刻还没有到").first).to_be_visible()
    second = page.locator("#v2")
    expect(second.get_by_text("渠道")).to_be_hidden()
    second.locator("summary").click()
    expect(second.get_by_text("渠道", exact=True)).to_be_visible()
    second.get_by_role("link", name="看第 2 版时的情况").click()
    expect(page.locator(".then dd", has_text="信用良好")).to_be_visible()


def test_all_events_can_be_opened_and_an_event_shows_its_cause(page: Page, caused: str):
    page.goto(caused)
    page.get_by_role("link", name="全部展开").click()
    expect(page.locator("details:not([open])")).to_have_count(0)
    expect(page.get_by_text(CAUSED).first).to_be_visible()
    page.get_by_role("link", name="全部收起").click()
    assert page.locator("details:not([open])").count() > 3


def test_the_page_of_a_stream_fits_the_screen_and_is_readable(page: Page, caused: str):
    assert page.viewport_size
    for query in ("", "?all=1"):
        page.goto(caused + query)
        assert width_of_all(page) <= page.viewport_size["width"]
        assert page.evaluate(FAINT) == []
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        for field in page.locator("input, select").all():
            expect(field).not_to_have_accessible_name("")


def test_a_printed_stream_has_its_events_and_no_forms(page: Page, caused: str):
    page.goto(f"{caused}?all=1")
    page.emulate_media(media="print")
    for hidden in (
        page.locator(".moments"),
        page.locator(".see-then"),
        page.get_by_role("button"),
    ):
        assert not any(each.is_visible() for each in hidden.all())
    expect(page.get_by_text(CAUSED).first).to_be_visible()
