"""A stream as auditors look at it: every event, the state then, who could do what, who read it."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from httpx2 import Response
from sqlalchemy import text

from application.access.permissions import Role
from domain.catalogue.item import item_id
from infrastructure.database.engine import writing
from tests.api.conftest import ITEM, Walk, the_service, way_to
from tests.api.http.test_doors import denied
from tests.conftest import Clock
from tests.support.browser_client import Visitor

Look = Callable[..., Response]


@pytest.fixture
def look(walk: Walk, visitor: Visitor, clock: Clock) -> Look:
    """An auditor who is signed in looks at a case that went to its end."""
    for step in way_to("penalized"):
        walk.to(step)
        clock.go_on(minutes=30)
    visitor.sign_in()

    def at(asked: str = "", id: object = walk.view["id"]) -> Response:
        return visitor.looks(f"/audit/streams/{id}{asked}")

    return at


def words(reply: Response) -> str:
    """What the page says, without its marks."""
    assert reply.status_code == 200, reply.text
    shown = reply.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


def test_every_event_is_told_with_its_cause_its_changes_and_its_documents(look: Look):
    said = words(look("?all=1"))
    assert said.count("日志第") == 11
    for word in (
        "第 11 版时的情况",
        "审批决定（decision_officer-01）依据行政处罚决定书（义市监罚〔2026〕31号）实施信用惩戒",
        "失信惩戒 penalize/impose",
        "所处阶段 变更 整改未果 已惩戒",
        "放弃陈述申辩的书面材料 SHA-256 9f9f9f9f",
        "日志第 16 位， case/penalty-imposed",
    ):
        assert word in said, word


def test_the_state_and_what_could_be_done_are_those_of_the_version(look: Look):
    said = words(look("?version=6"))
    assert "第 6 版时的情况 （ 2026年9月28日 11:30 ）" in said
    assert "所处阶段 发现违诺 陈述申辩 未告知惩戒" in said
    assert "限期整改 ：监管核查、系统（义马市人力资源和社会保障局）" in said
    assert "decision_officer-01 不得办理：作出决定的人员不得参与同一案件的核查" in said
    assert "penalized" not in look("?version=6").text


@pytest.mark.parametrize(
    "at", ["2026-09-28T11:40", "2026-09-28T11:40:00%2B08:00", "2026-09-28T03:40Z"]
)
def test_a_moment_without_a_zone_is_the_time_in_the_city(look: Look, at: str):
    assert "第 6 版时的情况 （ 2026年9月28日 11:40 ）" in words(look(f"?at={at}"))


def test_there_is_a_way_to_the_version_before_and_the_one_after(look: Look):
    middle, first, last = (look(f"?version={n}").text for n in (6, 1, 11))
    assert 'rel="prev"' in middle and 'rel="next"' in middle
    assert 'rel="prev"' not in first and 'rel="next"' not in last
    assert '<option value="6" selected>' in middle


def test_what_was_left_empty_in_the_form_is_not_asked(look: Look):
    assert "第 11 版时的情况" in words(look("?version=&at="))


@pytest.mark.parametrize(
    ("asked", "status"),
    [("?version=12", 404), ("?at=2020-01-01T00:00", 404), ("?version=0", 422), ("?at=x", 422)],
)
def test_what_never_was_is_said_on_a_page(look: Look, asked: str, status: int):
    reply = look(asked)
    assert reply.status_code == status
    assert reply.headers["Content-Type"].startswith("text/html")


def test_a_catalogue_item_is_looked_at_alike(look: Look):
    said = words(look("", item_id(ITEM.code)))
    assert "事项经过" in said
    assert "清单状态 已启用" in said
    assert "修订 ：清单管理（不限单位）" in said


def test_looking_is_noted_and_shown_to_who_looks_next(look: Look):
    look("?version=3")
    said = words(look())
    assert said.count("auditor-01 审计，义马市市场监督管理局") == 2
    assert "完整经过" in said and "审计监督" in said


def test_nobody_but_an_auditor_looks(walk: Walk, visitor: Visitor):
    walk.to("opened")
    page = f"/audit/streams/{walk.view['id']}"
    assert visitor.looks(page).status_code == 303
    for role in denied("auditor"):
        visitor.sign_in(visitor.token(role))
        assert visitor.looks(page).status_code == 403, role
    visitor.sign_in(visitor.token(Role.AUDITOR))
    assert visitor.looks(page).status_code == 200


def test_what_was_written_stands_on_the_page_as_text(walk: Walk, visitor: Visitor):
    walk.to("granted")
    said = {"outcome": "passed", "note": "<script>alert(1)</script>\n第二行"}
    assert walk.post("inspect", said, **walk.as_("inspector")).is_success
    visitor.sign_in()
    shown = visitor.looks(f"/audit/streams/{walk.view['id']}?all=1").text
    assert "<script" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n第二行" in shown


def test_who_cannot_be_written_down_sees_nothing_of_it(look: Look, walk: Walk):
    with writing(the_service(walk.client).engine).begin() as db:
        db.execute(text("ALTER TABLE reads RENAME TO lost"))
    reply = look()
    assert reply.status_code == 503
    assert "penalty-imposed" not in reply.text
