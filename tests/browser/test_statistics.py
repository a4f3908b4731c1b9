"""The statistics and the board in a browser without scripts: desk, phone, large text, keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import token_of
from tests.browser.test_pages import DESK, FAINT, NARROW, PHONE, width_of_all

pytestmark = pytest.mark.browser
ADDRESSES = ("/statistics", "/statistics?period=2026-13", "/desk/board", "/desk/board?period=2026")


@pytest.fixture(params=[DESK, PHONE, NARROW], ids=lambda size: str(size["width"]))
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, viewport=request.param, locale="zh-CN", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def inside(page: Page, settings: dict[str, str]) -> Page:
    """The page of a signed-in supervisor."""
    page.goto("/sign-in")
    page.get_by_label("令牌").fill(token_of(settings, "supervisor"))
    page.get_by_label("令牌").press("Enter")
    page.get_by_role("link", name="看板").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("看板")
    return page


def test_nothing_is_wider_than_the_screen_and_all_text_can_be_read(inside: Page):
    for address in ADDRESSES:
        inside.goto(address)
        assert width_of_all(inside) <= inside.viewport_size["width"], address
        assert inside.evaluate(FAINT) == [], address


def test_text_twice_as_large_still_fits(inside: Page):
    inside.set_viewport_size({"width": 640, "height": 720})
    for address in ADDRESSES:
        inside.goto(address)
        inside.evaluate("document.documentElement.style.fontSize = '200%'")
        assert width_of_all(inside) <= 640, address


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_a_period_is_chosen_by_keyboard_and_the_table_beneath_a_picture_opens(inside: Page):
    inside.goto("/desk/board")
    inside.get_by_label("期间", exact=True).focus()
    inside.get_by_label("期间", exact=True).select_option("2026年")
    inside.keyboard.press("Tab")
    inside.keyboard.press("Tab")
    inside.keyboard.press("Enter")
    expect(inside.get_by_label("期间", exact=True)).to_have_value("2026")
    tables = inside.get_by_text("图中的数")
    tables.first.focus()
    inside.keyboard.press("Enter")
    expect(inside.locator("details[open] table")).to_be_visible()
    expect(inside.get_by_role("img", name="各单位受理和准予的案件")).to_be_visible()


@pytest.mark.parametrize("page", [DESK], indirect=True)
def test_on_paper_there_is_no_form(page: Page):
    page.goto("/statistics")
    page.emulate_media(media="print")
    expect(page.get_by_label("期间", exact=True)).to_be_hidden()
    expect(page.get_by_role("heading", name="全部指标")).to_be_visible()
