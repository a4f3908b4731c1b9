"""Every kind of page of the offices before the engines, found by following the links of each role.

A new page that a link leads to is judged without being named here.
"""

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import XINNUO
from tests.browser.test_conformance import judged, nonconforming
from tests.browser.test_officers import tab_to
from tests.browser.test_pages import DESK, PHONE, width_of_all

pytestmark = pytest.mark.browser
MARKET = ("114112810058000150", "义马市市场监督管理局")
SQUAD = ("114112810058013259", "义马市劳动保障监察大队")
ROLES = {
    "intake_clerk": MARKET,
    "decision_officer": MARKET,
    "inspector": SQUAD,
    "hearing_chair": MARKET,
    "supervisor": MARKET,
    "catalog_admin": MARKET,
    "tolerance_reviewer": MARKET,
    "credit_collector": MARKET,
    "auditor": (),
}
ROOMS = ("/desk", "/audit", "/mine", "/session", "/statistics")
FILES = (".json", ".csv", ".xlsx", ".ndjson", "/bundle", ".svg")
"""Endings of addresses that answer with a file."""
MOST = 30
"""Kinds of pages of one role; more means that `kind` takes two of one kind for different."""


def kind(address: str) -> str:
    """The address with a star for every part that names one thing."""
    return re.sub(r"/[^/]*\d[^/]*", "/*", urlsplit(address).path)


def is_page(address: str) -> bool:
    path = urlsplit(address).path
    own = any(path == room or path.startswith(f"{room}/") for room in ROOMS)
    return own and not (path.endswith(FILES) and path != "/audit/bundle")


def pages_of(page: Page, first: str) -> list[str]:
    """One address of every kind that links lead to, from the first page on."""
    found = {kind(first): first}
    waiting = [first]
    while waiting:
        page.goto(waiting.pop(0))
        links = page.locator("a[href^='/']").evaluate_all(
            "all => all.filter(a => !a.hasAttribute('download')).map(a => a.getAttribute('href'))"
        )
        for link in filter(is_page, links):
            if kind(link) not in found:
                found[kind(link)] = link
                waiting.append(link)
    assert len(found) <= MOST, sorted(found)
    return list(found.values())


def sign_in(page: Page, settings: dict[str, str], role: str, office: tuple[str, ...]) -> None:
    where = ["--department", office[0], "--name", office[1]] if office else []
    run = [XINNUO, "token", "--role", role, *where]
    done = subprocess.run(run, env=settings, check=True, capture_output=True, text=True)
    page.goto("/sign-in")
    page.get_by_label("令牌").fill(done.stdout)
    page.get_by_label("令牌").press("Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_of_a_role_conform(
    browser: Browser, address: str, settings: dict[str, str], role: str, tmp_path: Path
):
    context = browser.new_context(base_url=address, locale="zh-CN", bypass_csp=True)
    page = context.new_page()
    sign_in(page, settings, role, ROLES[role])
    addresses = pages_of(page, urlsplit(page.url).path)
    found = {}
    for number, each in enumerate(addresses):
        answer = page.goto(each)
        assert answer
        (tmp_path / f"{number}.html").write_text(answer.text(), "utf-8")
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            if findings := judged(page):
                found[f"{each} at {size['width']}"] = findings
    assert found == {}
    assert nonconforming(tmp_path, addresses) == {}
    context.close()


def test_the_case_page_is_worked_by_keyboard_in_any_colours_and_size(
    browser: Browser, address: str, settings: dict[str, str]
):
    context = browser.new_context(base_url=address, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, settings, "decision_officer", MARKET)
    menu = page.get_by_role("navigation", name="主导航")
    page.emulate_media(forced_colors="active")
    line = "e => getComputedStyle(e).textDecorationLine"
    assert menu.locator("[aria-current]").first.evaluate(line) == "underline"
    page.set_viewport_size({"width": 640, "height": 720})
    page.goto(page.locator("main a[href^='/desk/cases/']").first.get_attribute("href") or "")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert width_of_all(page) <= 640
    past = page.url
    tab_to(page, "先核对")
    page.keyboard.press("Enter")
    assert page.url != past
    context.close()
