"""The intake by keyboard alone, and the card of a visit with a thumb, without scripts."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.values.parties import Department
from tests.browser.conftest import token_of
from tests.browser.test_pages import DESK, FAINT, PHONE, turn, width_of_all

pytestmark = pytest.mark.browser
OFFICE = Department(code="11411281005802440Q", name="义马市人力资源和社会保障局")
SQUAD = Department(code="114112810058013259", name="义马市劳动保障监察大队")
ITEM = "人力资源服务许可"
SMALL = """() => [...document.querySelectorAll('main :is(a, button, summary, select, textarea)')]
  .map(each => each.getBoundingClientRect()).filter(box => box.width && box.height < 43.5).length"""


@pytest.fixture
def signed_in(
    browser: Browser, address: str, settings: dict[str, str]
) -> Iterator[Callable[..., Page]]:
    """Signs an officer in, in a browser of the given size."""
    contexts = []

    def sign_in(role: str, office: Department, size: dict[str, int] = DESK) -> Page:
        context = browser.new_context(
            base_url=address, viewport=size, locale="zh-CN", java_script_enabled=False
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("令牌").fill(token_of(settings, role, office))
        page.get_by_label("令牌").press("Enter")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the control with this accessible name has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        label = focused.get_attribute("aria-label") or ""
        named = label or focused.inner_text() or focused.evaluate("e => e.labels?.[0]?.innerText")
        if name in (named or ""):
            return
    raise AssertionError(f"no way to {name} by Tab")


def test_a_clerk_takes_an_application_by_keyboard_alone(signed_in: Callable[..., Page]):
    page = signed_in("intake_clerk", OFFICE)
    page.goto("/desk/open")
    fill_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("核对以后受理")
    for change in ("更改事项", "更改申请人", "更改材料", "受理"):
        tab_to(page, change)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("受理回执")
    page.emulate_media(media="print")
    expect(page.locator(".masthead")).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")


def press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill_in(page: Page) -> None:
    """The three steps."""
    tab_to(page, "事项的名称")
    page.keyboard.type("人力资源")
    press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tab_to(page, f"{ITEM}：容缺受理型")
    press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("填写申请人")
    tab_to(page, "统一社会信用代码")
    page.keyboard.type("91411281MA9KXNT179")
    tab_to(page, "单位名称")
    page.keyboard.type("义马市示例商贸有限公司")
    press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("清点材料")
    expect(page.get_by_role("checkbox", name="营业执照")).to_have_count(0)  # shared by the offices
    for asked in ("申请表", "机构管理制度"):
        tab_to(page, asked)
        page.keyboard.press("Space")
    tab_to(page, "下一步：核对")
    press_enter(page)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_lists_fit_the_screen_and_the_thumb(
    signed_in: Callable[..., Page], size: dict[str, int]
):
    for role, office, path in (
        ("intake_clerk", OFFICE, "/desk/open"),
        ("decision_officer", OFFICE, "/desk/decisions"),
        ("hearing_chair", OFFICE, "/desk/hearings"),
        ("inspector", SQUAD, "/desk/visits"),
    ):
        page = signed_in(role, office, size)
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert width_of_all(page) <= size["width"], path
        assert page.evaluate(FAINT) == [], path
        assert page.evaluate(SMALL) == 0, path
    turn(page.locator(".card a").first)
    expect(page.get_by_role("heading", name="承诺")).to_be_visible()
    assert width_of_all(page) <= size["width"]
    assert page.evaluate(SMALL) == 0
