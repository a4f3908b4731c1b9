"""The applicant's door: a slip printed at the counter opens one case, and nothing else."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from httpx2 import Response

from application.access.permissions import Role
from tests.api.conftest import CITIZEN, COMPANY, Badges, Walk, project, the_service
from tests.api.desk.form_client import hidden
from tests.conftest import Clock
from tests.support.browser_client import OURS, Visitor

CODE = re.compile(r'slip-code">([A-Z0-9-]{19})<')


class Door:
    """The counter that prints slips, and the applicant at home."""

    def __init__(self, visitor: Visitor, walk: Walk) -> None:
        self.visitor, self.walk, self.client = visitor, walk, visitor.client

    @property
    def slip(self) -> str:
        return f"/desk/cases/{self.walk.view['id']}/slip"

    def prints(self) -> str:
        self.visitor.sign_in(self.visitor.token(Role.INTAKE_CLERK))
        page = self.client.post(self.slip, headers=OURS)
        assert page.status_code == 200, page.text
        (code,) = CODE.findall(page.text)
        return str(code)

    def enters(self, code: str) -> Response:
        self.client.cookies.clear()
        return self.client.post("/mine", data={"code": code}, headers=OURS)

    def opens(self) -> str:
        """The page of the applicant, with a new code."""
        assert self.enters(self.prints()).status_code == 303
        page = self.client.get("/mine/case")
        assert page.status_code == 200, page.text
        return page.text

    def acts(self, act: str, reason: str, proof: str) -> Response:
        page = self.client.get(f"/mine/case/{act}")
        verb = "commit-decline" if act == "decline" else act
        fields = hidden(page.text, verb) | {"reason": [reason], "last_four": [proof]}
        return self.client.post(f"/mine/case/{act}", data=fields | {"step": ["do"]}, headers=OURS)


@pytest.fixture
def door(visitor: Visitor, walk: Walk) -> Door:
    return Door(visitor, walk)


def said(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text.partition("<main")[2])))


def test_a_code_opens_the_case_and_says_where_it_stands(door: Door):
    door.walk.to("granted")
    page = door.opens()
    assert "已准予，等待核查，最迟" in said(page)
    assert door.walk.view["commitment"]["code"] in page
    assert "窗口受理" in said(page), "who asked for the credit record"
    assert "-01" not in said(page), "no id of an officer"


def test_an_applicant_withdraws_online_with_the_last_four_characters(door: Door):
    door.walk.to("committed")
    door.opens()
    wrong = door.acts("withdraw", "暂缓开店", "0000")
    assert wrong.status_code == 422
    assert "最后四位不符" in said(wrong.text)
    done = door.acts("withdraw", "暂缓开店", COMPANY["code"][-4:])
    assert done.status_code == 303, said(done.text)
    assert "不是不予准予" in said(door.client.get("/mine/case").text)
    (step,) = door.walk.get("/history").json()[-1:]
    assert step["channel"] == "online"
    assert step["by"]["role"] == Role.SUBJECT_SELF
    assert step["sentence"].startswith("申请人本人")
    assert COMPANY["code"][-4:] not in step["by"]["person"]


def test_a_person_is_proved_by_the_number_in_the_vault(door: Door):
    door.walk.applicant = dict(CITIZEN)
    door.walk.to("notified")
    page = door.opens()
    assert CITIZEN["name"] not in page
    assert door.acts("decline", "改走一般程序", CITIZEN["id_number"][-4:]).status_code == 303


def test_an_applicant_takes_no_step_of_an_officer(door: Door):
    door.walk.to("notified")
    door.opens()
    for act in ("promise", "commit", "decide", "query"):
        assert door.client.get(f"/mine/case/{act}").status_code == 404
        reply = door.client.post(f"/mine/case/{act}", data={"step": "do"}, headers=OURS)
        assert reply.status_code == 404


def test_a_code_opens_no_other_case_and_no_page_of_officers(door: Door, as_: Badges):
    door.walk.to("notified")
    other = Walk(door.client, as_, applicant=dict(CITIZEN)).to("notified")
    page = door.opens()
    assert other.view["id"] not in page
    for path in (f"/desk/cases/{door.walk.view['id']}", "/audit", "/session"):
        assert door.client.get(path).status_code == 303, path
    assert door.client.get("/mine/case").status_code == 200


def test_a_new_slip_ends_the_old_one_and_its_sessions(door: Door):
    door.walk.to("notified")
    old = door.prints()
    door.enters(old)
    kept = dict(door.client.cookies)
    new = door.prints()
    door.client.cookies.clear()
    door.client.cookies.update(kept)
    assert door.client.get("/mine/case").status_code == 303
    assert door.enters(old).status_code == 422
    assert door.enters(new).status_code == 303
    door.visitor.sign_in(door.visitor.token(Role.INTAKE_CLERK))
    assert door.client.post(f"{door.slip}/revoke", headers=OURS).status_code == 303
    assert door.enters(new).status_code == 422


def test_a_code_may_be_typed_in_any_case_and_width(door: Door):
    door.walk.to("notified")
    code = door.prints()
    assert door.enters(code.lower().replace("-", " ")).status_code == 303


def test_wrong_codes_are_answered_alike_and_slow_down_who_types_them(door: Door, clock: Clock):
    door.walk.to("notified")
    revoked, good = door.prints(), door.prints()
    answers = {said(door.enters(code).text) for code in (revoked, "ABCD-EFGH-2345-6789", "")}
    assert len(answers) == 1
    assert "秒再试" in said(door.enters(good).text), "even the right one waits"
    clock.now += timedelta(minutes=5)
    assert door.enters(good).status_code == 303


def test_only_the_counter_of_the_accepting_office_prints_slips(door: Door):
    door.walk.to("notified")
    for role in (Role.AUDITOR, Role.DECISION_OFFICER, Role.INSPECTOR, Role.SUPERVISOR):
        door.visitor.sign_in(door.visitor.token(role))
        assert door.client.get(door.slip).status_code == 403, role
        assert door.client.post(door.slip, headers=OURS).status_code == 403, role
    project(door.client)
    assert not the_service(door.client).access_codes.of(UUID(door.walk.view["id"]))
