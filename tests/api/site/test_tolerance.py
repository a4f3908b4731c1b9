"""The tolerance trail as auditors look at it: what is asked, what is shown, where it leads."""

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
    """Where tolerance is asked for; the auditor comes after all of it, and signs in then."""
    return Door(visitor.client, as_, clock)


def id_of(place: str) -> str:
    return place.rpartition("/")[2]


def looks(visitor: Visitor, path: str = PAGE) -> str:
    """What an auditor sees who has just signed in, of all that has happened."""
    project(visitor.client)
    visitor.sign_in()
    reply = visitor.looks(path)
    assert reply.status_code == 200, reply.text
    return reply.text


def ids(visitor: Visitor, **asked: str) -> list[str]:
    return SHOWN.findall(looks(visitor, f"{PAGE}?{urlencode(asked)}"))


def line(page: str, review: str) -> str:
    """What the page says of one review, without its marks."""
    (entry,) = [each for each in page.split("<li>") if f"/audit/streams/{review}" in each]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", entry.partition("</li>")[0])))


def test_it_is_for_auditors_alone(visitor: Visitor):
    assert visitor.looks(PAGE).headers["location"].startswith("/sign-in?next=%2Faudit%2Ftolerance")
    for role in denied(Role.AUDITOR):
        visitor.sign_in(visitor.token(role))
        assert visitor.looks(PAGE).status_code == 403, role


def test_the_navigation_leads_there_and_nobody_keeps_a_copy(visitor: Visitor):
    visitor.sign_in()
    page = visitor.looks(PAGE)
    assert '<a href="/audit/tolerance" aria-current="page">容错免责</a>' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "没有符合条件的容错审查" in page.text


def test_it_is_asked_by_ground_department_case_stage_and_outcome(door: Door, visitor: Visitor):
    first, second = id_of(door.begins()), id_of(door.begins(ground=as_json(r.NOVELTY)))
    third = door.asks(door.lead(department=ELSEWHERE), ground=as_json(r.ACCUSED)).json()["id"]
    door.goes_on(f"/api/v1/tolerance-reviews/{first}", 2)
    every = {"ground": "", "department": "", "case": "", "stage": "", "outcome": ""}
    assert set(ids(visitor, **every)) == {first, second, third}
    for asked, found in (
        ({"ground": "novel_method"}, {second}),
        ({"department": ELSEWHERE.code}, {third}),
        ({"case": door.case}, {first}),
        ({"stage": "requested"}, {second, third}),
        ({"outcome": "not_exempted"}, {first}),
        ({"stage": "requested", "department": ELSEWHERE.code}, {third}),
        ({"outcome": "exempted"}, set()),
    ):
        assert set(ids(visitor, **every | asked)) == found, asked


def test_what_was_asked_is_said_and_can_be_asked_again(door: Door, visitor: Visitor):
    door.asks(door.lead(department=ELSEWHERE))
    page = looks(visitor, f"{PAGE}?department={ELSEWHERE.code}&stage=requested")
    assert f"申请单位 <b>{ELSEWHERE.name}</b>" in page
    assert "阶段 <b>已申请容错</b>" in page
    assert f'value="{ELSEWHERE.code}" selected' in page
    named = set(re.findall(r'<(?:input|select)[^>]* name="([a-z]+)"', page))
    assert named == {"ground", "department", "stage", "outcome", "case"}


def test_a_review_says_how_it_stands_and_leads_to_what_it_is_about(door: Door, visitor: Visitor):
    matters = [{"code": ITEM.code, "version": 1}]
    place = door.begins(matters=matters)
    door.goes_on(place, 3)
    page = looks(visitor)
    told = line(page, id_of(place))
    for words in ("决定已送达", "现在的结果： 不予免责", "义组〔2026〕7号", "送达 2026年10月21日"):
        assert words in told
    assert "工作人员" in told
    assert "zhao" not in page
    links = {unescape(link) for link in re.findall(r'href="(/audit/streams/[^"]+)"', page)}
    assert links == {
        f"/audit/streams/{id_of(place)}",
        f"/audit/streams/{door.case}?version=4#then",
        f"/audit/streams/{item_id(ITEM.code)}",
    }
    for link in links | {PAGE, "/audit?document=义组〔2026〕7号"}:
        assert visitor.looks(link).status_code == 200, link


def test_a_changed_outcome_is_not_laid_to_the_first_decision(door: Door, visitor: Visitor):
    place = door.begins()
    door.goes_on(place, 5)
    told = line(looks(visitor), id_of(place))
    assert "已复核" in told
    assert "现在的结果： 从轻或者减轻" in told
    assert told.index("现在的结果") < told.index("最初决定") < told.index("义组〔2026〕7号")


def test_more_than_a_page_is_read_page_by_page(door: Door, visitor: Visitor):
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


def test_looking_is_written_down_with_what_was_asked(door: Door, visitor: Visitor):
    looks(visitor, f"{PAGE}?ground=novel_method")
    noted = door.get("/api/v1/audit/reads").json()["items"]
    mine = [each["details"] for each in noted if each["what"] == "reviews"]
    assert mine == [{"ground": "novel_method"}]


@pytest.mark.parametrize("query", ["ground=kindness", "stage=x", "case=x", "cursor=x"])
def test_what_cannot_be_asked_is_said_on_a_page(visitor: Visitor, query: str):
    visitor.sign_in()
    page = visitor.looks(f"{PAGE}?{query}")
    assert page.status_code in (400, 422)
    assert "text/html" in page.headers["content-type"]
    assert visitor.token(Role.AUDITOR) not in page.text
