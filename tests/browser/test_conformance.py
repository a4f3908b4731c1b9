"""Every page before engines that nobody here chose: axe, IBM Equal Access, HTML_CodeSniffer, Nu.

The engines are run in the page by the browser, past the content security policy.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_pages import DESK, PHONE, every_page
from tests.journeys.conftest import SCRIPTS

pytestmark = pytest.mark.browser

PACKAGES = SCRIPTS.parent / "engines" / "node_modules"
"""The packages that `make .venv/engines/ready` installs."""
PUBLIC = (
    *("/?large=1", "/?q=91411281MA9KXNT178", "/?status=nonsense&since=2", "/data", "/nowhere"),
    *("/disclosures/nonsense", "/sign-in"),
)
"""Addresses beside those of `every_page`."""
AUDITOR = (
    *("/session", "/audit", "/audit?since=nonsense", "/audit?person=nobody", "/audit/exports"),
    *("/audit/tolerance", "/audit/evidence"),
)
"""The auditor's pages.  A new page has its address here, or in a tuple of its room."""
FIRST_STREAM = "a[href^='/audit/streams/']"

Findings = list[str]
AXE = (
    "axe-core/axe.min.js",
    """async () => (await axe.run(document)).violations.flatMap(
      found => found.nodes.map(node => `${found.id}: ${node.html.slice(0, 120)}`))""",
)
IBM = (
    "accessibility-checker-engine/ace.js",
    """async () => (await new ace.Checker().check(document, ["WCAG_2_2", "IBM_Accessibility"]))
      .results.filter(found => found.value[1] === "FAIL")
      .map(found => `${found.ruleId}: ${found.path.dom} ${found.message}`)""",
)
CODE_SNIFFER = (
    "html_codesniffer/build/HTMLCS.js",
    """() => new Promise(done => HTMLCS.process("WCAG2AA", document, () => done(
      HTMLCS.getMessages().filter(found => found.type === HTMLCS.ERROR)
      .map(found => `${found.code}: ${(found.element.outerHTML || "").slice(0, 120)}`))))""",
)
ENGINES = {"axe": AXE, "ibm": IBM, "code sniffer": CODE_SNIFFER}


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page that engines can be put into."""
    context = browser.new_context(
        base_url=address, viewport=request.param, locale="zh-CN", bypass_csp=True
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def inside(page: Page, token: str) -> Page:
    """The page of a signed-in auditor."""
    page.goto("/sign-in")
    page.get_by_label("令牌").fill(token)
    page.get_by_label("令牌").press("Enter")
    page.wait_for_url("**/audit**")
    return page


OPEN_ALL = """() => document.querySelectorAll('details').forEach(each => {
  each.removeAttribute('name'); each.open = true })"""
"""Opens what is folded: engines do not look inside, and IBM misses the labels of folded fields."""


def judged(page: Page) -> Findings:
    """What the engines find in the page with everything unfolded."""
    findings: Findings = []
    page.evaluate(OPEN_ALL)
    for name, (file, question) in ENGINES.items():
        page.evaluate((PACKAGES / file).read_text("utf-8") + "\n;window.ace ??= globalThis.ace;")
        findings += [f"{name}: {found}" for found in page.evaluate(question)]
    return findings


def look_at(page: Page, addresses: list[str], folder: Path) -> dict[str, Findings]:
    """Opens every address, keeps its HTML in the folder, and returns what the engines find."""
    found = {}
    for number, address in enumerate(addresses):
        answer = page.goto(address)
        assert answer
        (folder / f"{number}.html").write_text(answer.text(), "utf-8")
        if findings := judged(page):
            found[address] = findings
    return found


def nonconforming(folder: Path, addresses: list[str]) -> dict[str, Findings]:
    """What the Nu checker finds in the files of these addresses, and in the style sheets."""
    styles = Path(__file__).parents[2].joinpath("api", "site", "layout", "static").glob("*.css")
    files = [*folder.glob("*.html"), *styles]
    checker = ["java", "-jar", PACKAGES / "vnu-jar/build/dist/vnu.jar", "--exit-zero-always"]
    run = [*checker, "--format", "json", "--also-check-css", *files]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    found: dict[str, Findings] = {}
    for each in json.loads(done.stderr)["messages"]:
        if each["type"] == "error":
            name = Path(each["url"].removeprefix("file:"))
            where = addresses[int(name.stem)] if name.suffix == ".html" else name.name
            found.setdefault(where, []).append(f"{each['message']} {each.get('extract', '')}")
    return found


def conform(page: Page, addresses: list[str], folder: Path) -> None:
    assert look_at(page, addresses, folder) == {}
    if page.viewport_size == DESK:  # the HTML is the same on a phone
        assert nonconforming(folder, addresses) == {}


def test_the_public_pages_conform(page: Page, tmp_path: Path):
    addresses = [*every_page(page), *PUBLIC]
    conform(page, addresses, tmp_path)


def test_the_pages_of_auditors_conform(inside: Page, tmp_path: Path):
    inside.goto("/audit?newest=1")
    stream = inside.locator(FIRST_STREAM).first.get_attribute("href")
    conform(inside, [*AUDITOR, str(stream)], tmp_path)


SPOILT = {
    "axe": "<img src='/favicon.ico'>",
    "ibm": "<a href='#main'>离开标志</a>",
    "code sniffer": "<img src='/favicon.ico'>",
}
"""A fault that each engine must see, put into the body of a page."""


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_sees_a_fault(page: Page, engine: str):
    page.goto("/about")
    page.evaluate("fault => document.body.insertAdjacentHTML('afterbegin', fault)", SPOILT[engine])
    assert any(found.startswith(f"{engine}: ") for found in judged(page))


def test_the_html_checker_sees_a_fault(tmp_path: Path):
    (tmp_path / "0.html").write_text("<!doctype html><p role=row>", "utf-8")
    assert "/spoilt" in nonconforming(tmp_path, ["/spoilt"])


def test_on_a_phone_the_cards_are_still_a_table_to_a_screen_reader(page: Page):
    page.goto("/")
    snapshot = page.locator("table").first.aria_snapshot()
    session = page.context.new_cdp_session(page)
    roles = {
        node["role"]["value"]
        for node in session.send("Accessibility.getFullAXTree")["nodes"]
        if not node["ignored"]
    }
    assert {"table", "row", "columnheader", "rowheader", "cell"} <= roles, snapshot
