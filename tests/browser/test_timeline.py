"""The page of a stream in a browser, on a desktop and on a phone: its versions, opened, printed."""

import json
import re
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import DESK, FAINT, PHONE, turn, width_of_all

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


@pytest.fixture(scope="session")
def sanctioned(address: str, token: str) -> str:
    """The address of a case that ended in a sanction."""
    trail = f"{address}/api/v1/audit?action=case/penalize"
    request = Request(trail, headers={"Authorization": f"Bearer {token.strip()}"})  # noqa: S310
    with urlopen(request) as reply:  # noqa: S310 - our own address
        return f"/audit/streams/{json.load(reply)['items'][0]['stream_id']}"


def test_a_reader_moves_between_steps_and_opens_an_event(page: Page, caused: str):
    page.goto(caused)
    newest = page.locator(".events li").count()
    now = page.locator("#then-title")
    expect(now).to_have_text(f"现在（第 {newest} 步）")
    page.get_by_role("link", name=f"← 第 {newest - 1} 步", exact=True).click()
    expect(now).to_have_text(f"第 {newest - 1} 步时的情况")
    page.get_by_label("各步").get_by_role("link").nth(1).click()
    expect(now).to_have_text("第 2 步时的情况")
    page.get_by_label("看哪一步").select_option("1")
    page.get_by_role("button", name="查看").first.click()
    expect(page.locator("#then dd", has_text="已收件")).to_be_visible()
    page.get_by_label("看哪一时刻").fill("2099年1月1日 00:00")
    page.get_by_role("button", name="查看").last.click()
    expect(page.get_by_text("这一时刻还没有到").first).to_be_visible()
    second = page.locator("#v2")
    expect(second.get_by_text("渠道")).to_be_hidden()
    second.locator("summary").click()
    expect(second.get_by_text("渠道", exact=True)).to_be_visible()
    second.get_by_role("link", name="第 2 步的内容与证明").click()
    expect(page.get_by_text("通过：这一步在签了名的日志之中")).to_be_visible()
    page.get_by_role("link", name="看第 2 步时的情况").click()
    expect(page.locator("#then dd", has_text="信用良好")).to_be_visible()


def test_two_steps_are_compared_in_two_columns(page: Page, sanctioned: str):
    page.goto(sanctioned)
    page.get_by_label("从哪一步").select_option("3")
    page.get_by_label("到哪一步").select_option("7")
    page.get_by_role("button", name="比较").click()
    expect(page.get_by_role("heading", name="第 3 步与第 7 步的不同")).to_be_visible()
    assert page.viewport_size and width_of_all(page) <= page.viewport_size["width"]


def test_a_downloaded_bundle_is_opened_and_verified(page: Page, sanctioned: str, tmp_path: Path):
    page.goto(sanctioned)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载证据包（ZIP）").click()
    bundle = tmp_path / "bundle.zip"
    download.value.save_as(bundle)
    page.get_by_role("link", name="打开证据包").click()
    page.get_by_label("证据包（ZIP）").set_input_files(bundle)
    page.get_by_role("button", name="打开并核验").click()
    expect(page).to_have_title(re.compile("^核验通过"))


def test_the_story_begins_on_the_first_screen(page: Page, sanctioned: str):
    page.goto(sanctioned)
    first = page.locator(".events li").first.bounding_box()
    assert first and page.viewport_size
    assert first["y"] < page.viewport_size["height"]


def test_a_printed_case_takes_a_page_for_three_events_at_most(page: Page, sanctioned: str):
    page.goto(f"{sanctioned}?all=1")
    events = page.locator(".events li").count()
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 1 <= pages <= ceil(events / 3)


def test_all_events_can_be_opened_and_an_event_shows_its_cause(page: Page, caused: str):
    page.goto(caused)
    page.get_by_role("link", name="全部展开").click()
    expect(page.locator("details:not([open])")).to_have_count(0)
    expect(page.get_by_text(CAUSED).first).to_be_visible()
    turn(page.get_by_role("link", name="全部收起"))
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
