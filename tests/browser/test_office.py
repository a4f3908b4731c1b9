"""The pages of signed-in users in a browser: signing in, search, export, signing out, printing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import DESK, FAINT, NARROW, PHONE, turn, width_of_all

pytestmark = pytest.mark.browser
PAGES = (
    *("/audit", "/audit/search?role=inspector", "/audit/search?person=nobody", "/audit/exports"),
    *("/audit/cases", "/audit/cases?stage=penalized", "/audit/cases/person", "/audit/reads"),
    *("/audit/tolerance", "/audit/tolerance?outcome=exempted"),
)


@pytest.fixture(params=[DESK, PHONE, NARROW], ids=lambda size: str(size["width"]))
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page in a browser without scripts: pages that are not public need none."""
    context = browser.new_context(
        base_url=address, viewport=request.param, locale="zh-CN", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def inside(page: Page, token: str) -> Page:
    """The page of a signed-in auditor."""
    page.goto("/sign-in")
    page.get_by_label("令牌").fill(token)
    page.get_by_label("令牌").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("审计总览")
    return page


def test_an_auditor_signs_in_searches_exports_and_signs_out(page: Page, token: str, tmp_path: Path):
    page.goto("/audit/search?role=inspector")
    sign_in_at_the_second_attempt(page, token)
    expect(page.get_by_label("岗位")).to_have_value("inspector")
    search(page)
    page.goto("/audit/search?role=inspector")
    export(page, tmp_path / "trail.csv")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作人员登录")
    page.goto("/audit")
    expect(page.get_by_role("heading", level=1)).to_have_text("工作人员登录")


def sign_in_at_the_second_attempt(page: Page, token: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("工作人员登录")
    page.get_by_label("令牌").fill("not a token")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("这个令牌不能用")
    page.get_by_label("令牌").fill(token)
    page.get_by_role("button", name="登录").click()


def search(page: Page) -> None:
    page.get_by_label("操作").select_option("限期整改")
    turn(page.get_by_role("button", name="查询"))
    for sentence in page.locator(".log-what").all():
        expect(sentence).to_contain_text("监管核查")
    turn(page.get_by_role("link", name="清除条件"))
    first = page.locator(".log-what").first.inner_text()
    turn(page.get_by_role("link", name="下一页"))
    expect(page.locator(".log-what").first).not_to_have_text(first)


def export(page: Page, path: Path) -> None:
    page.get_by_role("link", name="导出全部结果").click()
    page.get_by_label("格式").select_option("CSV（供Excel打开）")
    page.get_by_role("button", name="开始导出").click()
    link = page.get_by_role("link", name="下载").first
    expect(link).to_be_visible(timeout=20_000)  # the page reloads itself
    with page.expect_download() as download:
        link.click()
    download.value.save_as(path)
    header, *rows = path.read_text("utf-8-sig").splitlines()
    assert header.startswith('"序号","时间","人员","岗位"')
    assert len(rows) > 20
    assert all(',"监管核查",' in row for row in rows)


def test_every_office_page_fits_the_screen_and_is_readable(inside: Page):
    assert inside.viewport_size
    for path in (*PAGES, "/session", "/sign-in"):
        inside.goto(path)
        assert width_of_all(inside) <= inside.viewport_size["width"], path
        assert inside.evaluate(FAINT) == [], path
        expect(inside.get_by_role("heading", level=1)).to_have_count(1)
        for field in inside.locator("input:not([type=hidden]), select").all():
            expect(field).not_to_have_accessible_name("")


def test_the_tolerance_trail_links_to_a_review_and_to_its_item(inside: Page):
    turn(inside.get_by_role("link", name="容错免责"))
    everything = inside.locator(".log li").count()
    inside.get_by_label("结果").select_option("免责")
    turn(inside.get_by_role("button", name="查询"))
    rows = inside.locator(".log li")
    assert 0 < rows.count() < everything
    expect(rows.first).to_contain_text("现在的结果：免责")
    rows.first.locator(".log-what a").click()
    expect(inside.get_by_role("heading", level=1)).to_contain_text("容错审查")
    inside.go_back()
    rows.first.get_by_role("link", name="事项").first.click()
    expect(inside).to_have_url(re.compile("/audit/streams/"))


def test_from_a_part_of_a_companys_name_to_the_proof_of_its_sanction_in_four_clicks(inside: Page):
    inside.goto("/audit/cases?stage=penalized")
    name = inside.locator(".log-what a", has_text="义马市").first.inner_text()
    inside.goto("/audit")
    inside.get_by_label("申请单位").fill(name.removeprefix("义马市"))
    inside.get_by_role("search", name="查找案件").get_by_role("button", name="查找").click()  # 1
    sanctioned = inside.locator(".log li", has_text="已惩戒")
    sanctioned.get_by_role("link", name=name).first.click()  # 2
    expect(inside.get_by_role("heading", level=1)).to_contain_text(name)
    expect(inside.get_by_text("实施信用惩戒：").first).to_be_attached()


def test_a_condition_of_a_search_is_removed_by_a_click(inside: Page):
    inside.goto("/audit/cases?stage=penalized&applicant=义马市")
    few = inside.locator(".log li").count()
    turn(inside.get_by_role("link", name="阶段 已惩戒"))
    expect(inside).to_have_url(re.compile(r"/audit/cases\?applicant="))
    assert inside.locator(".log li").count() > few


def test_a_persons_number_never_stands_in_an_address(inside: Page):
    inside.goto("/audit/cases/person")
    inside.get_by_role("textbox", name="证件号码").fill("411281190212169470")
    inside.get_by_label("用途").fill("举报核实")
    inside.get_by_role("button", name="查找").click()
    expect(inside.get_by_text("您的查阅已经记录").first).to_be_visible()
    assert "4112811902" not in inside.url + inside.content()
    inside.goto("/audit/reads?personal=1")
    expect(inside.get_by_text("用途：举报核实").first).to_be_visible()


def test_search_and_signing_out_work_by_keyboard_alone(inside: Page):
    inside.goto("/audit/search")
    inside.get_by_label("经办人员").focus()
    inside.keyboard.type("nobody")
    inside.keyboard.press("Enter")
    expect(inside.get_by_role("heading", name="没有符合条件的记录")).to_be_visible()
    for _ in range(10):
        inside.keyboard.press("Tab")
        assert inside.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    inside.get_by_role("button", name="退出").focus()
    inside.keyboard.press("Enter")
    expect(inside).to_have_url(re.compile("/sign-in$"))


def test_a_printed_search_has_its_results_and_its_filters(inside: Page):
    inside.goto("/audit/search?role=inspector")
    inside.emulate_media(media="print")
    expect(inside.get_by_role("search")).to_be_hidden()
    expect(inside.get_by_text("条件：")).to_be_visible()
    expect(inside.locator(".log-what").first).to_be_visible()
    assert inside.pdf(format="A4").startswith(b"%PDF")
