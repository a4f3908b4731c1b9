"""The first pages of approver, inspector and hearing chair."""

import re
from datetime import timedelta
from hashlib import sha256
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response

from api.site.desk.decisions import following, since_text
from application.access.permissions import PERSONS_ROLES, RIGHTS
from domain.case.events import InspectionPassed, NoticeServed
from tests.api.conftest import (
    COMPANY,
    ELSEWHERE,
    INSPECTORATE,
    MOVES,
    Walk,
    project,
    the_service,
)
from tests.api.desk.form_client import Fields, hidden
from tests.conftest import Clock
from tests.given import MARKET_OFFICE
from tests.support.browser_client import BROWSER, OURS, Visitor

PAGES = {"/desk/decisions": "decide", "/desk/visits": "inspect", "/desk/hearings": "hear"}


def looks(walk: Walk, path: str, role: str, person: str = "", office: Any = None) -> Response:
    token = walk.as_(role, person, office)["Authorization"].removeprefix("Bearer ")
    visitor = Visitor(walk.client, walk.as_)
    visitor.sign_in(token)
    project(walk.client)
    return visitor.looks(path)


def said(reply: Response) -> str:
    main = reply.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def events_of(walk: Walk) -> list[Any]:
    history = the_service(walk.client).repository.history(UUID(walk.view["id"]))
    return [each.event for each in history]


@pytest.mark.parametrize("path", PAGES)
def test_a_list_is_open_to_the_roles_of_its_right_and_stands_in_their_navigation(
    walk: Walk, path: str
):
    for role in sorted(PERSONS_ROLES):
        page = looks(walk, path, role)
        able = role in RIGHTS[PAGES[path]].roles
        assert page.status_code == (200 if able else 403), role
        assert (f'<a href="{path}" aria-current="page">' in page.text) is able, role


# the approver -----------------------------------------------------------------------------------


def test_cases_wait_for_a_decision_in_the_order_of_their_signatures(walk: Walk, clock: Clock):
    first = walk.to("committed")
    clock.now += timedelta(minutes=35)
    second = Walk(walk.client, walk.as_).to("committed")
    Walk(walk.client, walk.as_).to("granted")
    page = looks(walk, "/desk/decisions", "decision_officer")
    links = re.findall(r'href="/desk/cases/([0-9a-f-]{36})#decide"', page.text)
    assert links == [first.view["id"], second.view["id"]]
    assert "签署已 35 分钟 即时" in said(page)
    assert "签署已 0 分钟" in said(page)
    for paper in ("papers/letter", "documents/notice"):
        assert f"/desk/cases/{first.view['id']}/{paper}" in page.text


def test_an_answer_that_went_stale_greys_nothing_that_can_still_be_refused(walk: Walk):
    walk.to("committed")
    page = looks(walk, "/desk/decisions", "decision_officer")
    assert 'class="card barred"' not in page.text


def test_another_office_sees_none_of_them(walk: Walk):
    walk.to("forewarned")
    Walk(walk.client, walk.as_).to("committed")
    for path, right in PAGES.items():
        role = sorted(RIGHTS[right].roles & PERSONS_ROLES)[0]
        page = looks(walk, path, role, office=ELSEWHERE)
        assert COMPANY["name"] not in page.text, path


@pytest.mark.parametrize(
    ("number", "next_one"),
    [
        ("义市监许〔2026〕7号", "义市监许〔2026〕8号"),
        ("义市监许〔2026〕09号", "义市监许〔2026〕10号"),
        ("义市监许〔2026〕第199号", "义市监许〔2026〕第200号"),
        ("无号", "无号"),
    ],
)
def test_the_number_after_a_number(number: str, next_one: str):
    assert following(number) == next_one


def test_the_form_proposes_the_next_number_of_the_organ_for_each_outcome(walk: Walk):
    granted = Walk(walk.client, walk.as_).to("granted")
    number = MOVES["granted"].says(granted)["document"]["number"]
    walk.to("committed")
    page = looks(walk, f"/desk/cases/{walk.view['id']}", "decision_officer")
    assert _proposed(page.text, "decide-grant") == following(number)
    assert _proposed(page.text, "decide-refuse") == ""


def test_no_number_is_proposed_of_another_year(walk: Walk, clock: Clock):
    Walk(walk.client, walk.as_).to("granted")
    clock.now += timedelta(days=365)
    walk.to("committed")
    page = looks(walk, f"/desk/cases/{walk.view['id']}", "decision_officer")
    assert _proposed(page.text, "decide-grant") == ""


def _proposed(page: str, form: str) -> str:
    found = re.search(rf'id="{form}-document.number"[^>]*value="([^"]*)"', page)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 分钟"), (59, "59 分钟"), (61, "1 小时 1 分钟"), (2900, "2 天")]
)
def test_how_long_ago(clock: Clock, minutes: int, text: str):
    assert since_text(clock.now, clock.now + timedelta(minutes=minutes)) == text


# the inspector ----------------------------------------------------------------------------------


def test_visits_stand_by_day_with_what_is_late_first(walk: Walk, clock: Clock):
    walk.to("granted")
    page = looks(walk, "/desk/visits", "inspector")
    assert re.search(r"还有 \d+ 个工作日", said(page))
    assert "承诺 2 条" in said(page) or re.search(r"承诺 \d+ 条", said(page))
    clock.now += timedelta(days=120)
    later = Walk(walk.client, walk.as_).to("granted")
    page = looks(walk, "/desk/visits", "inspector")
    links = re.findall(r'href="/desk/visits/([0-9a-f-]{36})"', page.text)
    assert links == [walk.view["id"], later.view["id"]]
    assert re.search(r"逾期 \d+ 个工作日", said(page))
    assert page.text.index("visit-day late") < page.text.index('class="visit-day"')


def test_a_card_shows_the_promise_above_the_forms_and_leads_to_its_neighbours(walk: Walk):
    others = [Walk(walk.client, walk.as_).to("granted") for _ in range(2)]
    ids = [walk.to("granted").view["id"], *(each.view["id"] for each in others)]
    first, middle, last = sorted(ids)
    page = looks(walk, f"/desk/visits/{middle}", "inspector")
    notice = next(each for each in events_of(walk) if isinstance(each, NoticeServed))
    for clause in notice.conditions:
        assert page.text.index(clause) < page.text.index('id="inspect-passed"')
    assert f'rel="prev" href="/desk/visits/{first}"' in page.text
    assert f'rel="next" href="/desk/visits/{last}"' in page.text
    assert 'rel="prev"' not in looks(walk, f"/desk/visits/{first}", "inspector").text


def test_whoever_decided_sees_the_card_barred_with_the_sentence_of_the_rule(walk: Walk):
    walk.to("committed")
    decides = walk.as_("decision_officer", "both-hats", MARKET_OFFICE)
    walk.view = walk.post("decide", MOVES["granted"].says(walk), **decides).json()
    rule = "作出决定的人员不得参与同一案件的核查和整改认定"
    for path in ("/desk/visits", f"/desk/visits/{walk.view['id']}"):
        page = looks(walk, path, "inspector", "both-hats", INSPECTORATE)
        assert rule in said(page), path
        assert 'id="inspect-passed"' not in page.text
        assert rule not in said(looks(walk, path, "inspector"))


def test_the_day_of_an_order_is_shown_before_it_is_given(walk: Walk):
    walk.to("breached")
    page = looks(walk, f"/desk/visits/{walk.view['id']}", "inspector")
    shown = re.search(r"当事人须在 (\S+?) 以前改正", said(page))
    assert shown
    walk.to("rectifying")
    until = events_of(walk)[-1].rectify_by.on
    assert shown[1].startswith(f"{until.year}年{until.month}月{until.day}日")


def form_of(page: Response, form: str) -> Fields:
    return hidden(page.text, form)


def test_a_kept_draft_is_offered_again_and_is_one_event_with_its_key(walk: Walk):
    walk.to("granted")
    card = f"/desk/visits/{walk.view['id']}"
    fields = form_of(looks(walk, card, "inspector"), "inspect-passed")
    typed = fields | {"note": ["现场看了一半"], "step": ["draft"]}
    kept = walk.client.post(f"{card}/inspect", data=typed, headers=OURS)
    assert kept.status_code == 303
    assert kept.headers["location"] == f"{card}?kept=1#inspect-passed"
    assert len(events_of(walk)) == 5
    again = looks(walk, card, "inspector")
    assert "现场看了一半</textarea>" in again.text
    assert "存的草稿" in said(again)
    same = form_of(again, "inspect-passed")
    assert same == fields
    sent = same | {"note": ["现场与承诺一致"], "conclusion": ["kept"], "step": ["do"]}
    for _ in range(2):
        reply = walk.client.post(f"{card}/inspect", data=sent, headers=OURS)
        assert reply.status_code == 303, said(reply)
    assert [type(each) for each in events_of(walk)[5:]] == [InspectionPassed]
    author = events_of(walk)[-1].by
    assert the_service(walk.client).drafts.of(author, UUID(walk.view["id"])) == {}


def test_a_refused_form_is_kept_without_its_files(walk: Walk):
    walk.to("rectifying")
    card = f"/desk/visits/{walk.view['id']}"
    fields = form_of(looks(walk, card, "inspector"), "rectify-refused")
    typed = fields | {"evidence.officers.0": ["i-01"], "step": ["do"]}
    files = {"evidence.digest": ("笔录.pdf", b"%PDF-1.7", "application/pdf")}
    refused = walk.client.post(f"{card}/rectify", data=typed, files=files, headers=OURS)
    assert refused.status_code == 422
    assert "已经存为您的草稿" in said(refused)
    again = looks(walk, card, "inspector")
    assert 'value="i-01"' in again.text
    assert sha256(b"%PDF-1.7").hexdigest() not in again.text


def test_a_draft_is_for_its_author_alone_and_for_thirty_days(walk: Walk, clock: Clock):
    walk.to("granted")
    card = f"/desk/visits/{walk.view['id']}"
    fields = form_of(looks(walk, card, "inspector"), "inspect-breach")
    typed = fields | {"finding": ["门店没有开"], "step": ["draft"]}
    assert walk.client.post(f"{card}/inspect", data=typed, headers=OURS).status_code == 303
    assert "门店没有开" not in looks(walk, card, "inspector", "inspector-02").text
    assert "门店没有开" in looks(walk, card, "inspector").text
    clock.now += timedelta(days=30)
    assert "门店没有开" not in looks(walk, card, "inspector").text


def test_a_draft_of_a_case_of_another_office_is_refused(walk: Walk):
    walk.to("granted")
    card = f"/desk/visits/{walk.view['id']}"
    looks(walk, card, "inspector", office=ELSEWHERE)
    typed = {"outcome": ["breach"], "finding": ["没有看"], "step": ["draft"], "version": ["5"]}
    reply = walk.client.post(f"{card}/inspect", data=typed, headers=OURS | BROWSER)
    assert reply.status_code == 403


# the hearing chair ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["hearing_chair", "legal_reviewer"])
def test_forewarned_cases_show_how_long_the_party_may_speak(walk: Walk, role: str):
    walk.to("unrectified")
    assert "没有等待陈述申辩的案件" in said(looks(walk, "/desk/hearings", role))
    walk.to("forewarned")
    page = looks(walk, "/desk/hearings", role)
    assert "还有 5 个工作日" in said(page)
    assert "逾期未整改" in said(page)
    assert f'href="/desk/cases/{walk.view["id"]}#hear"' in page.text
    walk.to("heard")
    page = looks(walk, "/desk/hearings", role)
    assert "已听取陈述申辩" in said(page)
    assert "#hear" not in page.text
    walk.at = "waived"
    walk.to("penalized")
    assert "没有等待陈述申辩的案件" in said(looks(walk, "/desk/hearings", role))


def test_whoever_investigated_does_not_hear(walk: Walk):
    walk.to("unrectified")
    both = walk.as_("inspector", "both-hats", INSPECTORATE)
    walk.post("forewarn", MOVES["forewarned"].says(walk), **both)
    page = looks(walk, "/desk/hearings", "hearing_chair", "both-hats", INSPECTORATE)
    assert "核查人员和拟定惩戒的人员不得听取陈述申辩" in said(page)
