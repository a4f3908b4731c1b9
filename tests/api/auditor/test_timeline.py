"""The page of one stream: its events, its state at a moment, the possible actions, its readers."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import text

from application.access.permissions import Role
from domain.catalogue.item import item_id
from infrastructure.database.engine import writing
from tests.api.conftest import CITIZEN, ITEM, PAPER, Walk, the_service, way_to
from tests.api.http.test_doors import denied
from tests.conftest import Clock
from tests.support.browser_client import Visitor

Look = Callable[..., Response]


@pytest.fixture
def look(walk: Walk, visitor: Visitor, clock: Clock) -> Look:
    """Opens the page of a stream as an auditor: by default of a case that ended in a penalty."""
    for step in way_to("penalized"):
        walk.to(step)
        clock.go_on(minutes=30)
    visitor.sign_in()

    def look(query: str = "", id: object = walk.view["id"]) -> Response:
        return visitor.looks(f"/audit/streams/{id}{query}")

    return look


def words(reply: Response) -> str:
    """The text of the page's main part, without tags."""
    assert reply.status_code == 200, reply.text
    main = reply.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def test_every_event_is_shown_with_its_cause_its_changes_and_its_documents(look: Look):
    text = words(look("?all=1"))
    assert text.count("日志第") == 11
    for word in (
        "现在（第 11 步）",
        "审批决定（decision_officer-01）依据行政处罚决定书（义市监罚〔2026〕31号）实施信用惩戒",
        "失信惩戒 penalize/impose",
        "所处阶段 变更 整改未果 已惩戒",
        f"放弃陈述申辩的书面材料 SHA-256 {PAPER[:8]}",
        "日志第 17 号， case/penalty-imposed",
    ):
        assert word in text, word


def test_the_state_and_the_possible_actions_are_those_of_the_version(look: Look):
    text = words(look("?version=6"))
    assert "第 6 步时的情况 2026年9月28日 11:30" in text
    assert "所处阶段 发现违诺 申请的受理 已受理 陈述申辩 未告知惩戒" in text
    assert "限期整改 ：监管核查、系统（义马市人力资源和社会保障局）" in text
    assert "decision_officer-01 不得办理：作出决定的人员不得参与同一案件的核查" in text
    assert "penalized" not in look("?version=6").text


@pytest.mark.parametrize(
    "at", ["2026-09-28T11:40", "2026-09-28T11:40:00%2B08:00", "2026-09-28T03:40Z"]
)
def test_a_time_without_a_zone_is_local_time(look: Look, at: str):
    assert "第 6 步时的情况 2026年9月28日 11:40" in words(look(f"?at={at}"))


def test_the_page_links_to_the_previous_and_to_the_next_version(look: Look):
    middle, first, last = (look(f"?version={n}").text for n in (6, 1, 11))
    assert 'rel="prev"' in middle and 'rel="next"' in middle
    assert 'rel="prev"' not in first and 'rel="next"' not in last
    assert '<option value="6" selected>' in middle


def test_empty_fields_of_the_form_show_the_newest_version(look: Look):
    assert "现在（第 11 步）" in words(look("?version=&at="))


@pytest.mark.parametrize(
    ("query", "status"),
    [("?version=12", 404), ("?at=2020-01-01T00:00", 404), ("?version=0", 422), ("?at=x", 422)],
)
def test_a_version_or_a_time_that_never_was_is_refused_on_a_page(
    look: Look, query: str, status: int
):
    reply = look(query)
    assert reply.status_code == status
    assert reply.headers["Content-Type"].startswith("text/html")


def test_the_stream_of_a_catalogue_item_has_the_same_page(look: Look):
    text = words(look("", item_id(ITEM.code)))
    assert f"{ITEM.name} 目前 已启用" in text
    assert "清单状态 已启用" in text
    assert "修订 ：清单管理（不限单位）" in text


def test_a_reading_of_the_stream_is_logged_and_shown_to_the_next_reader(look: Look):
    look("?version=3")
    text = words(look())
    assert text.count("auditor-01 审计，义马市市场监督管理局") == 2
    assert "完整经过" in text and "审计监督" in text


def test_the_page_of_a_stream_is_for_auditors_alone(walk: Walk, visitor: Visitor):
    walk.to("opened")
    page = f"/audit/streams/{walk.view['id']}"
    assert visitor.looks(page).status_code == 303
    for role in denied("auditor"):
        visitor.sign_in(visitor.token(role))
        assert visitor.looks(page).status_code == 403, role
    visitor.sign_in(visitor.token(Role.AUDITOR))
    assert visitor.looks(page).status_code == 200


def test_a_script_in_a_note_is_shown_as_text(walk: Walk, visitor: Visitor):
    walk.to("granted")
    body = {"outcome": "passed", "note": "<script>alert(1)</script>\n第二行"}
    assert walk.post("inspect", body, **walk.as_("inspector")).is_success
    visitor.sign_in()
    page = visitor.looks(f"/audit/streams/{walk.view['id']}?all=1").text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n第二行" in page


def test_no_event_is_shown_if_the_reading_cannot_be_logged(look: Look, walk: Walk):
    with writing(the_service(walk.client).engine).begin() as db:
        db.execute(text("ALTER TABLE reads RENAME TO lost"))
    reply = look()
    assert reply.status_code == 503
    assert "penalty-imposed" not in reply.text


def test_the_head_and_the_title_name_the_applicant_the_item_and_the_promise(look: Look, walk: Walk):
    reply = look()
    title = reply.text.partition("<title>")[2].partition("</title>")[0]
    opened = the_service(walk.client).repository.history(UUID(walk.view["id"]))[0].event
    assert title.startswith(f"{opened.applicant.name} · {ITEM.name} 案件经过")
    head = words(reply).partition("全部经过")[0]
    for word in (opened.applicant.name, ITEM.name, "告知承诺型", "已惩戒", "承诺编码 4112812026"):
        assert word in head, word


def test_a_natural_person_is_not_named_on_any_page_of_the_stream(walk: Walk, visitor: Visitor):
    walk.applicant = CITIZEN
    walk.to("opened")
    visitor.sign_in()
    for end in ("", "?all=1", "/1", "/1.json", "/compare"):
        page = visitor.looks(f"/audit/streams/{walk.view['id']}{end}").text
        assert CITIZEN["name"] not in page and CITIZEN["id_number"] not in page
    assert "自然人 · " in visitor.looks(f"/audit/streams/{walk.view['id']}").text


def test_the_strip_has_a_link_for_every_step_and_marks_the_shown_one(look: Look):
    strip = look("?version=6").text.partition('class="strip"')[2].partition("</nav>")[0]
    assert re.findall(r"version=(\d+)#then", strip) == [str(n) for n in range(1, 12)]
    assert strip.count('aria-current="step"') == 1
    assert re.search(r'version=6#then" aria-current="step"', strip)
    assert "track-hearing" in strip and "惩戒告知与申辩" in strip


def test_the_forms_of_the_page_have_names_of_their_own(look: Look):
    forms = re.findall(r"<form [^>]*>", look().text.partition("<main")[2])
    names = [re.search(r'aria-label="([^"]+)"', form)[1] for form in forms]
    assert len(set(names)) == len(names) == 3
