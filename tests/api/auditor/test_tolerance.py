"""The page of the tolerance trail: its filters, its entries, its links."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest

from application.access.permissions import Role
from domain.catalogue.item import item_id
from tests import reviews as r
from tests.api.conftest import ELSEWHERE, ITEM, Badges, project
from tests.api.http.test_doors import denied
from tests.conftest import Clock
from tests.support.browser_client import Visitor
from tests.support.review_client import Door, as_json

PAGE = "/audit/tolerance"
SHOWN = re.compile(r'<p class="log-what"><a href="/audit/streams/([^"]+)">')
NEXT = re.compile(r'rel="next" href="([^"]+)"')


@pytest.fixture
def door(visitor: Visitor, as_: Badges, clock: Clock) -> Door:
    """The client that requests tolerance; the auditor signs in afterwards."""
    return Door(visitor.client, as_, clock)


def id_of(place: str) -> str:
    return place.rpartition("/")[2]


def looks(visitor: Visitor, path: str = PAGE) -> str:
    """The page as an auditor sees it, after every event has been projected."""
    project(visitor.client)
    visitor.sign_in()
    reply = visitor.looks(path)
    assert reply.status_code == 200, reply.text
    return reply.text


def ids(visitor: Visitor, **filters: str) -> list[str]:
    return SHOWN.findall(looks(visitor, f"{PAGE}?{urlencode(filters)}"))


def entry_of(page: str, review: str) -> str:
    """The text of the review's entry on the page, without tags."""
    (entry,) = [each for each in page.split("<li>") if f"/audit/streams/{review}" in each]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", entry.partition("</li>")[0])))


def test_the_tolerance_trail_is_for_auditors_alone(visitor: Visitor):
    assert visitor.looks(PAGE).headers["location"].startswith("/sign-in?next=%2Faudit%2Ftolerance")
    for role in denied(Role.AUDITOR):
        visitor.sign_in(visitor.token(role))
        assert visitor.looks(PAGE).status_code == 403, role


def test_the_navigation_links_to_the_tolerance_trail_and_no_cache_keeps_it(visitor: Visitor):
    visitor.sign_in()
    page = visitor.looks(PAGE)
    assert '<a href="/audit/tolerance" aria-current="page">容错免责</a>' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "没有符合条件的容错审查" in page.text


def test_reviews_are_filtered_by_ground_department_case_stage_and_outcome(
    door: Door, visitor: Visitor
):
    first, second = id_of(door.begins()), id_of(door.begins(ground=as_json(r.NOVELTY)))
    third = door.asks(door.lead(department=ELSEWHERE), ground=as_json(r.ACCUSED)).json()["id"]
    door.goes_on(f"/api/v1/tolerance-reviews/{first}", 2)
    every = {"ground": "", "department": "", "case": "", "stage": "", "outcome": ""}
    assert set(ids(visitor, **every)) == {first, second, third}
    for filters, expected in (
        ({"ground": "novel_method"}, {second}),
        ({"department": ELSEWHERE.code}, {third}),
        ({"case": door.case}, {first}),
        ({"stage": "requested"}, {second, third}),
        ({"outcome": "not_exempted"}, {first}),
        ({"stage": "requested", "department": ELSEWHERE.code}, {third}),
        ({"outcome": "exempted"}, set()),
    ):
        assert set(ids(visitor, **every | filters)) == expected, filters


def test_the_chosen_filters_are_shown_as_text_and_in_the_form(door: Door, visitor: Visitor):
    door.asks(door.lead(department=ELSEWHERE))
    page = looks(visitor, f"{PAGE}?department={ELSEWHERE.code}&stage=requested")
    assert f"申请单位 <b>{ELSEWHERE.name}</b>" in page
    assert "阶段 <b>已申请容错</b>" in page
    assert f'value="{ELSEWHERE.code}" selected' in page
    named = set(re.findall(r'<(?:input|select)[^>]* name="([a-z]+)"', page))
    assert named == {"ground", "department", "stage", "outcome", "case"}


def test_an_entry_shows_the_reviews_state_and_links_to_its_case_and_item(
    door: Door, visitor: Visitor
):
    matters = [{"code": ITEM.code, "version": 1}]
    place = door.begins(matters=matters)
    door.goes_on(place, 3)
    page = looks(visitor)
    entry = entry_of(page, id_of(place))
    for words in ("决定已送达", "现在的结果： 不予免责", "义组〔2026〕7号", "送达 2026年10月21日"):
        assert words in entry
    assert "工作人员" in entry
    assert "zhao" not in page
    links = {unescape(link) for link in re.findall(r'href="(/audit/streams/[^"]+)"', page)}
    assert links == {
        f"/audit/streams/{id_of(place)}",
        f"/audit/streams/{door.case}?version=4#then",
        f"/audit/streams/{item_id(ITEM.code)}",
    }
    for link in links | {PAGE, "/audit/search?document=义组〔2026〕7号"}:
        assert visitor.looks(link).status_code == 200, link


def test_a_changed_outcome_is_shown_apart_from_the_first_decision(door: Door, visitor: Visitor):
    place = door.begins()
    door.goes_on(place, 5)
    entry = entry_of(looks(visitor), id_of(place))
    assert "已复核" in entry
    assert "现在的结果： 从轻或者减轻" in entry
    assert entry.index("现在的结果") < entry.index("最初决定") < entry.index("义组〔2026〕7号")


def test_a_long_list_of_reviews_is_read_page_by_page(door: Door, visitor: Visitor):
    expected = []
    for _ in range(23):
        expected.append(id_of(door.begins()))
        door.clock.go_on(hours=1)
    first = looks(visitor, f"{PAGE}?stage=requested")
    (address,) = NEXT.findall(first)
    second = looks(visitor, unescape(address))
    assert SHOWN.findall(first) + SHOWN.findall(second) == expected[::-1]
    assert "stage=requested" in address
    assert not NEXT.findall(second)


def test_a_reading_of_the_tolerance_trail_is_logged_with_its_filters(door: Door, visitor: Visitor):
    looks(visitor, f"{PAGE}?ground=novel_method")
    readings = door.get("/api/v1/audit/reads").json()["items"]
    details = [each["details"] for each in readings if each["what"] == "reviews"]
    assert details == [{"ground": "novel_method"}]


@pytest.mark.parametrize("query", ["ground=kindness", "stage=x", "case=x", "cursor=x"])
def test_an_invalid_filter_of_reviews_is_refused_on_a_page(visitor: Visitor, query: str):
    visitor.sign_in()
    page = visitor.looks(f"{PAGE}?{query}")
    assert page.status_code in (400, 422)
    assert "text/html" in page.headers["content-type"]
    assert visitor.token(Role.AUDITOR) not in page.text
