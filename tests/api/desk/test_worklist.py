"""The workbench (工作台): what must be done today, by whom, and for whom it waits."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from projections.worklist.lists import Group
from tests.api.conftest import CITIZEN, ELSEWHERE, ITEM, Badges, Walk, project
from tests.conftest import Clock
from tests.support.browser_client import OURS, Visitor

DESK, WORKLIST = "/desk", "/api/v1/worklist"
CLAIM = re.compile(r'<form action="/desk/claims".*?</form>', re.S)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


@pytest.fixture
def busy(client: TestClient, as_: Badges) -> TestClient:
    """Cases at several stages, of a company and of a citizen."""
    Walk(client, as_).to("opened")
    Walk(client, as_, "deferred_materials").to("granted")
    Walk(client, as_).to("rectifying")
    Walk(client, as_, applicant=CITIZEN).to("opened")
    project(client)
    return client


def desk_of(client: TestClient, as_: Badges, role: str, **who: Any) -> Visitor:
    visitor = Visitor(client, as_)
    visitor.sign_in(as_(role, **who)["Authorization"].removeprefix("Bearer "))
    return visitor


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def counts_on(page: str) -> dict[str, int]:
    found = re.findall(r'<h2 id="(\w+)-title">.*?<span class="many">(\d+) 件', page)
    return {group: int(count) for group, count in found}


def block(page: str, group: Group) -> str:
    return page.partition(f'id="{group}-title"')[2].partition("</section>")[0]


def claims_on(page: str) -> list[dict[str, str]]:
    return [dict(FIELD.findall(form)) for form in CLAIM.findall(page)]


def reads_of_identity(client: TestClient, as_: Badges) -> list[dict[str, Any]]:
    reads = client.get("/api/v1/audit/reads?limit=200", headers=as_("auditor")).json()["items"]
    return [read for read in reads if read["what"] == "identity"]


# what is shown ----------------------------------------------------------------------------------


def test_an_officer_begins_at_the_workbench(busy: TestClient, as_: Badges):
    for role in ("intake_clerk", "decision_officer", "inspector", "hearing_chair", "supervisor"):
        visitor = Visitor(busy, as_)
        assert visitor.sign_in(visitor.token(role)).headers["location"] == DESK
        assert "工作台" in visitor.looks(DESK).text


def test_whoever_has_no_duties_has_no_workbench(busy: TestClient, as_: Badges):
    for role in ("catalog_admin", "operator", "tolerance_reviewer", "department_lead"):
        assert desk_of(busy, as_, role).looks(DESK).status_code == 403


def test_the_counts_in_the_headings_are_those_of_the_api(
    busy: TestClient, as_: Badges, clock: Clock
):
    for days in (0, 1, 30):
        clock.now += timedelta(days=days)
        for role in ("intake_clerk", "decision_officer", "inspector", "supervisor"):
            page = desk_of(busy, as_, role).looks(DESK).text
            told = busy.get(f"{WORKLIST}/counts", headers=as_(role)).json()
            assert counts_on(page) == {each["group"]: each["count"] for each in told}
            for each in told:
                asked = {"group": each["group"], "limit": 200}
                lines = busy.get(WORKLIST, params=asked, headers=as_(role)).json()["items"]
                assert len(lines) == each["count"]


def test_what_is_late_comes_before_what_is_for_today(busy: TestClient, as_: Badges, clock: Clock):
    clerk = desk_of(busy, as_, "intake_clerk")
    today = clerk.looks(DESK).text
    assert "信用查询 · 义马市千秋食品有限公司" in text_of(block(today, Group.TODAY))
    assert "今天到期 2026年9月28日" in text_of(block(today, Group.TODAY))
    clock.now += timedelta(days=1)
    late = desk_of(busy, as_, "intake_clerk").looks(DESK).text
    assert "逾期 1 个工作日" in text_of(block(late, Group.OVERDUE))
    assert counts_on(late)["today"] == 0


def test_the_days_left_are_working_days(busy: TestClient, as_: Badges):
    """Materials are due on 10 October, after the National Day week: five working days."""
    line = next(
        each
        for each in busy.get(WORKLIST, headers=as_("intake_clerk")).json()["items"]
        if each["action"] == "supply"
    )
    assert (line["due_on"], line["workdays_left"], line["group"]) == ("2026-10-10", 5, "waiting")
    page = desk_of(busy, as_, "intake_clerk").looks(DESK).text
    assert "还有 5 个工作日 2026年10月10日" in text_of(block(page, Group.WAITING))


def test_what_only_the_applicant_can_do_waits_until_it_is_late(
    busy: TestClient, as_: Badges, clock: Clock
):
    waiting = block(desk_of(busy, as_, "intake_clerk").looks(DESK).text, Group.WAITING)
    assert waiting.count("补交材料") == 4  # two lines, each named once more by its button
    assert "申请人" in waiting
    clock.now += timedelta(days=13)
    late = block(desk_of(busy, as_, "intake_clerk").looks(DESK).text, Group.OVERDUE)
    assert late.count("补交材料") == 4


def test_a_case_that_another_office_must_move_on_waits_without_a_form(
    busy: TestClient, as_: Badges
):
    waiting = block(desk_of(busy, as_, "intake_clerk").looks(DESK).text, Group.WAITING)
    inspection = waiting.partition("履约核查")[0].rpartition("<li>")[2]
    assert "#inspect" not in inspection
    assert "监管核查 · 义马市人力资源和社会保障局" in text_of(waiting)


def test_a_line_leads_to_the_form_of_its_action(busy: TestClient, as_: Badges):
    clerk = desk_of(busy, as_, "intake_clerk")
    address = re.search(
        r'href="(/desk/cases/[^"#]+)#query"', block(clerk.looks(DESK).text, Group.TODAY)
    )
    assert address
    assert 'id="query"' in clerk.looks(address[1]).text


def test_an_office_that_handles_no_case_has_an_empty_workbench(busy: TestClient, as_: Badges):
    page = desk_of(busy, as_, "intake_clerk", department=ELSEWHERE).looks(DESK).text
    assert set(counts_on(page).values()) == {0}


# a person is named for those who handle the case, and it is noted -------------------------------


def test_a_person_is_named_to_the_handling_office_and_noted_once(busy: TestClient, as_: Badges):
    before = len(reads_of_identity(busy, as_))
    assert CITIZEN["name"] in desk_of(busy, as_, "intake_clerk").looks(DESK).text
    noted = reads_of_identity(busy, as_)[: len(reads_of_identity(busy, as_)) - before]
    assert len(noted) == 1


@pytest.mark.parametrize("role", ["supervisor", "credit_collector", "hearing_chair"])
def test_nobody_else_sees_the_name(busy: TestClient, as_: Badges, role: str):
    before = reads_of_identity(busy, as_)
    page = desk_of(busy, as_, role).looks(DESK).text
    assert CITIZEN["name"] not in page
    assert CITIZEN["id_number"] not in page
    assert reads_of_identity(busy, as_) == before


# finding ----------------------------------------------------------------------------------------


def found(visitor: Visitor, **asked: str) -> int:
    reply = visitor.client.get(DESK, params=asked)
    assert reply.status_code == 200, reply.text
    return sum(counts_on(reply.text).values())


def test_a_line_is_found_by_code_by_name_and_by_item(busy: TestClient, as_: Badges):
    clerk = desk_of(busy, as_, "intake_clerk")
    everything = found(clerk)
    committed = busy.get(WORKLIST, params={"group": "waiting"}, headers=as_("intake_clerk")).json()
    code = next(line["code"] for line in committed["items"] if line["code"])
    assert 0 < found(clerk, q=code) < everything
    assert found(clerk, q="千秋") == found(clerk, q="91411281MA9KXNT179") == everything - 1
    assert found(clerk, q="没有这家") == 0
    assert found(clerk, item=ITEM.code) == everything
    assert found(clerk, item="000131001009") == 0
    assert found(clerk, action="query") == 2


def test_a_wrong_condition_is_said_at_its_field(busy: TestClient, as_: Badges):
    reply = desk_of(busy, as_, "intake_clerk").looks(f"{DESK}?action=nothing")
    assert reply.status_code == 422
    assert "没有这个操作" in reply.text


def test_a_group_is_shown_in_pages(client: TestClient, as_: Badges):
    for _ in range(12):
        Walk(client, as_).to("opened")
    project(client)
    clerk = desk_of(client, as_, "intake_clerk")
    first = clerk.looks(DESK).text
    assert block(first, Group.TODAY).count("<li>") == 10
    address = re.search(r'href="([^"]+)">今天：全部 12 件', first)
    assert address
    whole = clerk.looks(unescape(address[1])).text
    assert block(whole, Group.TODAY).count("<li>") == 12
    assert counts_on(whole) == {"today": 12}


# claims -----------------------------------------------------------------------------------------


def test_a_claim_says_who_is_at_it_and_bars_nobody(busy: TestClient, as_: Badges):
    clerk = desk_of(busy, as_, "intake_clerk", person="zhao")
    claim = next(each for each in claims_on(clerk.looks(DESK).text) if each["action"] == "query")
    reply = busy.post("/desk/claims", data=claim, headers=OURS)
    assert (reply.status_code, reply.headers["location"]) == (303, DESK)
    assert "我在办" in block(clerk.looks(DESK).text, Group.TODAY)
    assert found(clerk, mine="1") == 1

    other = desk_of(busy, as_, "intake_clerk", person="qian")
    assert "zhao 在办" in text_of(other.looks(DESK).text)
    taken = busy.post("/desk/claims", data=claim, headers=OURS)
    assert taken.status_code == 303
    assert "我在办" in other.looks(DESK).text


def test_a_claim_is_given_back_by_whoever_made_it(busy: TestClient, as_: Badges):
    clerk = desk_of(busy, as_, "intake_clerk", person="zhao")
    claim = next(each for each in claims_on(clerk.looks(DESK).text) if each["action"] == "query")
    busy.post("/desk/claims", data=claim, headers=OURS)
    desk_of(busy, as_, "intake_clerk", person="qian")
    busy.post("/desk/claims", data=claim | {"step": "give_back"}, headers=OURS)
    clerk = desk_of(busy, as_, "intake_clerk", person="zhao")
    assert found(clerk, mine="1") == 1, "another person's claim stays"
    busy.post("/desk/claims", data=claim | {"step": "give_back"}, headers=OURS)
    assert found(clerk, mine="1") == 0


def test_a_claim_ends_with_its_duty(client: TestClient, as_: Badges):
    """The same material is owed again once it was handed back: nobody is at it then."""
    walk = Walk(client, as_, "deferred_materials")
    walk.to("granted")
    project(client)
    clerk = desk_of(client, as_, "intake_clerk")
    claim = next(each for each in claims_on(clerk.looks(DESK).text) if each["about"] == "M-02")
    client.post("/desk/claims", data=claim, headers=OURS)
    assert found(clerk, mine="1") == 1
    walk.to("supplied")
    project(client)
    assert found(clerk, mine="1") == 0
    gone = client.post("/desk/claims", data=claim, headers=OURS)
    assert gone.status_code == 404
    assert "已经办完" in gone.text


def test_nobody_claims_what_they_cannot_do(busy: TestClient, as_: Badges):
    clerk = desk_of(busy, as_, "intake_clerk")
    claim = next(each for each in claims_on(clerk.looks(DESK).text) if each["action"] == "query")
    desk_of(busy, as_, "inspector")
    assert busy.post("/desk/claims", data=claim, headers=OURS).status_code == 403
    desk_of(busy, as_, "intake_clerk", department=ELSEWHERE)
    assert busy.post("/desk/claims", data=claim, headers=OURS).status_code == 403


def test_a_claim_that_makes_no_sense_is_refused(busy: TestClient, as_: Badges):
    desk_of(busy, as_, "intake_clerk")
    claim = {"case": "none", "action": "query", "step": "take"}
    assert busy.post("/desk/claims", data=claim, headers=OURS).status_code == 422
