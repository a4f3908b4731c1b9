"""The public pages in a browser: on a desktop, on a phone, by keyboard, script-free, printed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 720}
NARROW: ViewportSize = {"width": 320, "height": 640}

# Lists the texts whose contrast is below WCAG AA, except those hidden from assistive technology.
FAINT = """() => {
  const channels = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = channels(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.body.querySelectorAll("*")]
    .filter(e => own(e) && !e.closest("[aria-hidden]"))
    .map(e => {
      const pair = [light(channels(getComputedStyle(e).color)), light(behind(e))];
      const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
      return [ratio, e.textContent.trim().slice(0, 20)];
    })
    .filter(([ratio]) => ratio < 4.5);
}"""


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page of the given size (DESK by default).  The test fails if the console has a message."""
    size = getattr(request, "param", DESK)
    context = browser.new_context(base_url=address, viewport=size, locale="zh-CN")
    page, messages = context.new_page(), []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield page
    context.close()
    assert messages == []


def entries(page: Page) -> list[str]:
    """The addresses of the listed entries."""
    links = page.get_by_role("rowheader").get_by_role("link").all()
    return [link.get_attribute("href") or "" for link in links]


def every_page(page: Page) -> list[str]:
    """One address of each kind of page, including a sanctioned entry."""
    page.goto("/catalogue")
    item = page.locator(".items a").first.get_attribute("href")
    page.goto("/?sanctioned=1")
    sanctioned = entries(page)[0]
    page.goto("/?status=fulfilled")
    fulfilled = entries(page)[0]
    empty = "/?q=没有这一家"
    return ["/", empty, sanctioned, fulfilled, "/catalogue", str(item), "/about", "/law", "/data"]


def turn(control: Locator) -> None:
    """Clicks a link or a button that opens another page, and waits until that is all there.

    What is asked for once (a count, a text, all rows) may otherwise be that of the page before.
    """
    with control.page.expect_navigation():
        control.click()


def width_of_all(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width


@pytest.mark.parametrize("page", [DESK, PHONE], indirect=True)
def test_a_filtered_list_leads_to_an_entry(page: Page):
    page.goto("/")
    page.get_by_label("履行状态").select_option("全部履行")
    turn(page.get_by_role("button", name="查询"))
    expect(page.get_by_label("履行状态")).to_have_value("fulfilled")
    for row in page.get_by_role("row").filter(has=page.get_by_role("rowheader")).all():
        expect(row).to_contain_text("全部履行")
    name = page.get_by_role("rowheader").get_by_role("link").first
    expected = name.inner_text()
    name.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(expected)
    expect(page.get_by_role("heading", name="认为公示信息有误")).to_be_visible()


def test_the_page_of_a_sanction_shows_its_measures_basis_and_period(page: Page):
    page.goto("/")
    page.get_by_label("只看失信公示").check()
    page.get_by_role("button", name="查询").click()
    page.get_by_role("rowheader").get_by_role("link").first.click()
    sanction = page.get_by_role("region", name="失信惩戒")
    for term in ("惩戒措施", "依据文书", "公示期"):
        expect(sanction.get_by_text(term, exact=True)).to_be_visible()


def test_a_name_is_searched_with_the_enter_key(page: Page):
    page.goto("/")
    name = page.get_by_role("rowheader").get_by_role("link").first.inner_text()
    page.get_by_role("searchbox").fill(name[2:6])
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name=name).first).to_be_visible()
    page.get_by_role("link", name="清除条件").click()
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_the_next_page_shows_other_entries(page: Page):
    page.goto("/?field=&kind=")
    first = entries(page)
    turn(page.get_by_role("link", name="下一页"))
    second = entries(page)
    assert second and not set(first) & set(second)
    turn(page.get_by_role("link", name="回到第一页"))
    assert entries(page) == first


@pytest.mark.parametrize("page", [NARROW, PHONE, DESK], indirect=True)
def test_no_page_is_wider_than_the_screen(page: Page):
    assert page.viewport_size
    for address in every_page(page):
        page.goto(address)
        assert width_of_all(page) <= page.viewport_size["width"], address


def test_text_twice_as_large_still_fits_a_phone(page: Page):
    page.set_viewport_size({"width": 640, "height": 720})
    for address in every_page(page):
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert width_of_all(page) <= 640, address


@pytest.mark.parametrize("page", [PHONE, DESK], indirect=True)
def test_all_text_has_the_contrast_of_wcag_aa(page: Page):
    for address in every_page(page):
        page.goto(address)
        assert page.evaluate(FAINT) == [], address


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_the_rows_are_cards_with_their_labels(page: Page):
    page.goto("/")
    cell = page.get_by_role("cell").first
    label = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"承诺事由"'
    expect(page.get_by_role("table", name="公示名单")).to_be_visible()


def test_the_first_tab_stop_is_the_link_that_skips_to_the_main_part(page: Page):
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_the_focused_element_has_a_visible_outline(page: Page):
    page.goto("/")
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle")
        assert outline != "none"


def test_every_page_has_one_heading_one_main_part_and_named_fields(page: Page):
    for address in every_page(page):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_role("main")).to_have_count(1)
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        for field in page.locator("input, select").all():
            expect(field).not_to_have_accessible_name("")


def test_the_site_works_without_scripts(browser: Browser, address: str):
    context = browser.new_context(base_url=address, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("承诺类型").select_option("容缺受理型")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("cell", name="容缺受理型").first).to_be_visible()
    page.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="承诺信息")).to_be_visible()
    context.close()


def test_a_printed_entry_has_no_menus(page: Page):
    page.goto("/?sanctioned=1")
    page.goto(entries(page)[0])
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()
    expect(page.get_by_role("heading", name="失信惩戒")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def printed(page: Page) -> int:
    """The number of sheets of the page."""
    return page.pdf(format="A4").count(b"/Type /Page\n")


def test_a_printed_entry_fills_two_sheets_and_says_where_it_is_from(page: Page):
    page.goto("/?sanctioned=1")
    for address in entries(page)[:3]:
        page.goto(address)
        page.emulate_media(media="print")
        code = address.partition("?")[0][-20:]
        expect(page.locator(".foot")).to_contain_text(f"承诺编码 {code}，打印内容取自")
        expect(page.get_by_role("img", name="本页网址的二维码")).to_be_visible()
        assert printed(page) == 2, address
        page.emulate_media(media="screen")


def test_the_large_size_is_a_quarter_larger_and_stays_while_one_looks_around(page: Page):
    def size_of_text() -> str:
        size: str = page.evaluate("getComputedStyle(document.body).fontSize")
        return size

    page.goto("/")
    assert size_of_text() == "16px"
    page.get_by_role("link", name="长者模式").click()
    page.get_by_label("履行状态").select_option("全部履行")
    turn(page.get_by_role("button", name="查询"))
    expect(page.get_by_role("columnheader", name="承诺类型")).to_be_hidden()
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.get_by_role("link", name="查询结果").click()
    expect(page.get_by_label("履行状态")).to_have_value("fulfilled")
    assert size_of_text() == "20px"
    page.get_by_role("link", name="标准模式").click()
    assert size_of_text() == "16px"


def test_forced_colours_tell_what_is_done_and_what_is_to_come(page: Page):
    page.goto("/?status=supervised")
    page.goto(entries(page)[0])
    page.emulate_media(forced_colors="active")
    colour = "e => getComputedStyle(e, '::before').backgroundColor"
    done, ahead = page.locator(".steps li").first, page.locator(".steps .ahead")
    assert done.evaluate(colour) != ahead.evaluate(colour)
    here = "e => getComputedStyle(e).borderBottomColor"
    menu = page.get_by_role("navigation", name="主导航").get_by_role("link")
    assert menu.nth(0).evaluate(here) != menu.nth(1).evaluate(here)


def test_the_documentation_shows_every_operation_and_keeps_no_token(page: Page):
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    page.goto("/docs")
    expect(page.locator(".opblock")).not_to_have_count(0)
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_role("textbox").last.fill("secret-token")
    page.get_by_role("button", name="Apply credentials").click()
    assert "secret-token" not in page.evaluate(kept)
    page.reload()
    expect(page.locator(".opblock")).not_to_have_count(0)
    assert "secret-token" not in page.evaluate(kept)
