"""The pages of the signed in before the engines; narrow, large, in forced colours, on paper.

One walk opens every page once; what was found on the pages is kept, and each test reads it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from starlette.routing import compile_path

from api.cli.arguments import office_of
from application.access.permissions import PERSONS_ROLES, Role
from domain.values.parties import Actor, Department
from tests.browser.office_walk import VISITS, Walker, walk
from tests.browser.test_conformance import Findings, judged, nonconforming
from tests.browser.test_pages import DESK, FAINT, NARROW, PHONE, width_of_all
from tests.conftest import tokens_of
from tests.support.browser_client import MINE, PAGES

pytestmark = pytest.mark.browser

BUREAU = Department(code="11411281005808631H", name="义马市城市管理局")
SQUAD = Department(code="114112810058052113", name="义马市城市管理综合行政执法大队")
"""In the sample data they have something to do at every step of a case."""
CASEWORK = {
    **dict.fromkeys((Role.INTAKE_CLERK, Role.DECISION_OFFICER), BUREAU),
    **dict.fromkeys((Role.LEGAL_REVIEWER, Role.HEARING_CHAIR), BUREAU),
    Role.INSPECTOR: SQUAD,
}
TWICE, SHEET = {"width": 640, "height": 720}, {"width": 718, "height": 1000}
"""Text twice as large has the room of 320 pixels; a sheet of A4 between its margins."""
FILES = (".json", ".xlsx", "/file", "/bundle", "/{sha256}", "/documents/{kind}")
FILES += ("/reused/{material}",)
"""What is taken away is no page; `/audit/bundle` is one, and is looked at."""

BORDERLESS = """() => [...document.querySelectorAll('main :is(button, input, select, textarea)')]
  .filter(each => each.checkVisibility() && !['radio', 'checkbox', 'file'].includes(each.type))
  .filter(each => ['none', 'hidden'].includes(getComputedStyle(each).borderTopStyle)
    && getComputedStyle(each).textDecorationLine !== 'underline')
  .map(each => each.outerHTML.slice(0, 120))"""
PRESSABLE = """() => [...document.querySelectorAll('nav, button, input, select, textarea')]
  .filter(each => each.checkVisibility()).map(each => each.outerHTML.slice(0, 120))"""
SPLIT = """() => [...document.querySelectorAll('input[type=radio]')]
  .filter(each => [...each.form.elements].some(other => other.name === each.name
    && other.closest('fieldset') !== each.closest('fieldset')))
  .map(each => each.outerHTML)"""
"""Radio buttons of one name in two groups of one form."""


@dataclass(frozen=True)
class Seen:
    """What was found on one page."""

    html: str
    judgement: Findings
    split: Findings
    narrow: int
    large: int
    faint: list[Any]
    borderless: Findings
    pressable: Findings
    printed: int


@contextmanager
def shown_in(page: Page, size: Any, **media: Any) -> Iterator[Page]:
    """The page in another size, in another medium."""
    page.set_viewport_size(size)
    page.emulate_media(**media)
    yield page
    page.emulate_media(media="screen", forced_colors="none")


def examined(page: Page, html: str) -> Seen:
    judgement, split = judged(page, PHONE), page.evaluate(SPLIT)
    with shown_in(page, NARROW, forced_colors="active"):
        faint, borderless = page.evaluate(FAINT), page.evaluate(BORDERLESS)
    with shown_in(page, SHEET, media="print"):
        pressable, printed = page.evaluate(PRESSABLE), width_of_all(page)
    with shown_in(page, NARROW):
        narrow = width_of_all(page)
    with shown_in(page, TWICE):
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        large = width_of_all(page)
    page.set_viewport_size(DESK)
    return Seen(html, judgement, split, narrow, large, faint, borderless, pressable, printed)


@dataclass(frozen=True)
class Walked:
    pages: dict[str, Seen]
    paths: list[str]


@pytest.fixture(scope="module")
def walked(
    browser: Browser, address: str, settings: dict[str, str], tmp_path_factory: Any
) -> Iterator[Walked]:
    tokens, pages = tokens_of(Path(settings["XINNUO_DATA_DIR"]) / "keys"), {}

    def token(role: Role) -> str:
        office = CASEWORK.get(role) or office_of(role)
        actor = Actor(person=f"{role}-01", role=role, department=office)
        return tokens.mint(actor, datetime.now(UTC), 8)

    def look(page: Page, name: str, html: str) -> None:
        pages[name] = examined(page, html)

    context = browser.new_context(base_url=address, locale="zh-CN", bypass_csp=True)
    walker = Walker(context.new_page(), token, look)
    walk(walker, tmp_path_factory.mktemp("walk"))
    yield Walked(pages, walker.paths)
    context.close()


def found(walked: Walked, what: str) -> dict[str, Any]:
    """What was found, by page; nothing of pages where nothing was."""
    return {name: value for name, seen in walked.pages.items() if (value := getattr(seen, what))}


def wider(walked: Walked, what: str, room: int) -> dict[str, int]:
    return {name: width for name, width in found(walked, what).items() if width > room}


def test_every_page_of_the_signed_in_is_looked_at(walked: Walked):
    pages = [row.removeprefix("GET ") for row in (*PAGES, *MINE) if row.startswith("GET ")]
    patterns = {page: compile_path(page)[0] for page in pages if not page.endswith(FILES)}
    unseen = [page for page, each in patterns.items() if not any(map(each.match, walked.paths))]
    assert unseen == []
    assert set(VISITS) == PERSONS_ROLES - {Role.OPERATOR}, "operators have no pages"


def test_the_pages_of_the_signed_in_conform(walked: Walked):
    assert found(walked, "judgement") == {}


def test_their_html_conforms(walked: Walked, tmp_path: Path):
    for number, seen in enumerate(walked.pages.values()):
        (tmp_path / f"{number}.html").write_text(seen.html, "utf-8")
    assert nonconforming(tmp_path, list(walked.pages)) == {}


def test_the_choices_of_one_name_stand_in_one_group(walked: Walked):
    assert found(walked, "split") == {}


def test_nothing_scrolls_sideways_at_320_pixels(walked: Walked):
    assert wider(walked, "narrow", NARROW["width"]) == {}


def test_text_twice_as_large_needs_no_scrolling_sideways(walked: Walked):
    assert wider(walked, "large", TWICE["width"]) == {}


def test_in_forced_colours_all_text_is_seen_and_every_control_has_its_border(walked: Walked):
    assert found(walked, "faint") == {}
    assert found(walked, "borderless") == {}


def test_on_paper_there_is_nothing_to_press_and_nothing_cut_off(walked: Walked):
    assert found(walked, "pressable") == {}
    assert wider(walked, "printed", SHEET["width"]) == {}
