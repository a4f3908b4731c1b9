"""The public pages before engines nobody here chose: axe, IBM Equal Access, HTML_CodeSniffer, Nu.

The engines are run in the page by the browser, past the content security policy.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.test_pages import DESK, PHONE, every_page
from tests.journeys.conftest import SCRIPTS

pytestmark = pytest.mark.browser

PACKAGES = SCRIPTS.parent / "engines" / "node_modules"
"""The packages that `make .venv/engines/ready` installs."""
PUBLIC = (
    *("/?large=1", "/?q=91411281MA9KXNT178", "/?status=nonsense&since=2", "/data", "/nowhere"),
    *("/disclosures/nonsense", "/sign-in", "/statistics"),
)
"""Addresses beside those of `every_page`.  The others are in office_walk.py."""
Findings = list[str]
AXE = (
    "axe-core/axe.min.js",
    """async () => (await axe.run(document)).violations.flatMap(
      found => found.nodes.map(node => `${found.id}: ${node.html.slice(0, 120)}`))""",
)
EXCEPTED = {"input_checkboxes_grouped": "details.outcome form.command input[type=radio]"}
"""Rules of IBM that are wrong about some elements, and the selector of these.

Radio buttons of one name belong together within their form alone (HTML, radio button group), and
a page of several outcomes has a form for each.  That one form does not part them is looked at in
test_office_conformance.py.
"""
IBM = (
    "accessibility-checker-engine/ace.js",
    f"""async () => (await new ace.Checker().check(document, ["WCAG_2_2", "IBM_Accessibility"]))
      .results.filter(found => found.value[1] === "FAIL")
      .filter(found => !found.node.matches({json.dumps(EXCEPTED)}[found.ruleId] ?? "no"))
      .map(found => `${{found.ruleId}}: ${{found.path.dom}} ${{found.message}}`)""",
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


OPEN_ALL = """() => document.querySelectorAll('details').forEach(each => {
  each.removeAttribute('name'); each.open = true })"""
"""Opens what is folded: engines do not look inside, and IBM misses the labels of folded fields."""


def judged(page: Page, *more: ViewportSize) -> Findings:
    """What the engines find in the page with everything unfolded, and in more sizes.

    IBM's is asked once: it looks at the elements and not at their places, and takes longest.
    """
    findings: Findings = []
    page.evaluate(OPEN_ALL)
    for name, (file, question) in ENGINES.items():
        page.evaluate((PACKAGES / file).read_text("utf-8") + "\n;window.ace ??= globalThis.ace;")
        for size in (page.viewport_size or DESK, *(more if name != "ibm" else ())):
            page.set_viewport_size(size)
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


def test_the_public_pages_conform(page: Page, tmp_path: Path):
    addresses = [*every_page(page), *PUBLIC]
    assert look_at(page, addresses, tmp_path) == {}
    if page.viewport_size == DESK:  # the HTML is the same on a phone
        assert nonconforming(tmp_path, addresses) == {}


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
