"""The applicant's door: a slip printed at the counter opens one case, and nothing else."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response

from api.site.applicant.mine import ACTS
from api.site.public.squares import square_of
from application.access.access_log import ReadSubject
from application.access.permissions import OWN_ACTS, Role, applicant_of
from application.case.commands.promise import Decline, Promise, Query
from application.execution.context import CommandContext
from domain.case.case import Case
from domain.case.stages import Stage
from domain.kernel.errors import ActionRefused, NotPermitted
from domain.values.parties import Channel
from tests.api.conftest import CITIZEN, COMPANY, MOVES, Badges, Walk, project, the_service
from tests.api.desk.form_client import hidden
from tests.conftest import Clock
from tests.infrastructure.letters.pdf_reader import text_of
from tests.support.browser_client import OURS, Visitor

ANOTHER = {"kind": "person", "name": "上官万里", "id_number": "411281199203150023"}
ENDS_IN_X = "41128119900101009X"
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


def reads_of(door: Door) -> list[dict[str, Any]]:
    """The readings of the case as an auditor sees them, the newest first."""
    asked = {"stream": door.walk.view["id"]}
    reader = door.walk.as_(Role.AUDITOR)
    reply = door.client.get("/api/v1/audit/reads", params=asked, headers=reader)
    items: list[dict[str, Any]] = reply.json()["items"]
    return [each for each in items if each["what"] != ReadSubject.READS]


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


def test_an_applicant_prints_what_was_served(door: Door):
    door.walk.to("notified")
    page = door.opens()
    assert 'href="/mine/case/documents/notice"' in page
    printed = door.client.get("/mine/case/documents/notice")
    assert printed.headers["Content-Type"] == "application/pdf"
    assert printed.headers["Cache-Control"] == "no-store"
    assert COMPANY["name"] in text_of(printed.content)
    assert door.client.get("/mine/case/documents/grant").status_code == 404
    assert door.client.get("/mine/case/documents/x").status_code == 404
    door.client.cookies.clear()
    assert door.client.get("/mine/case/documents/notice").status_code == 303


def test_an_applicant_takes_no_step_of_an_officer(door: Door):
    door.walk.to("notified")
    door.opens()
    for act in ("commit", "decide", "query", "notify"):
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
    wrong = (revoked, "ABCD-EFGH-2345-6789", "")
    answers = {said(door.enters(code).text) for code in wrong}
    assert len(answers) == 1
    waiting = [said(door.enters(code).text) for code in wrong]
    assert len({*waiting}) == 1
    assert "请在 2 秒后再试" in waiting[0]
    clock.now += timedelta(seconds=3)
    assert "秒后再试" not in said(door.enters(revoked).text)
    assert "请在 4 秒后再试" in said(door.enters(revoked).text)
    assert door.enters(good).status_code == 303


def test_a_right_code_gets_in_while_others_at_its_address_keep_guessing(door: Door, clock: Clock):
    door.walk.to("notified")
    good = door.prints()
    for _ in range(12):
        door.enters("ABCD-EFGH-2345-6789")
        clock.now += timedelta(seconds=301)
    assert "秒后再试" not in said(door.enters("ABCD-EFGH-2345-6789").text)
    assert "秒后再试" in said(door.enters("ABCD-EFGH-2345-6789").text)
    assert door.enters(good).status_code == 303


@pytest.mark.parametrize("typed", ["009ｘ", "００９x", "009X", " 009X"])
def test_the_last_four_characters_count_in_any_case_and_width(door: Door, typed: str):
    door.walk.applicant = dict(CITIZEN) | {"id_number": ENDS_IN_X}
    door.walk.to("notified")
    door.opens()
    assert door.acts("decline", "改走一般程序", typed).status_code == 303


def test_an_applicants_right_covers_no_attested_paper_and_no_other_case(door: Door, as_: Badges):
    door.walk.to("notified")
    other = Walk(door.client, as_, applicant=dict(CITIZEN)).to("notified")
    service = the_service(door.client)
    own, theirs = (
        service.repository.get(Case, UUID(each.view["id"])) for each in (door.walk, other)
    )
    by = CommandContext(applicant_of(own), service.clock(), Channel.ONLINE)
    promise = Promise.model_validate(MOVES["committed"].says(door.walk))
    with pytest.raises(ActionRefused) as unsigned:  # nobody attests their own paper online
        service.casework.act(by, own.id, promise)
    assert unsigned.value.rule == "document_is_filed"
    for case, act in ((own, Query()), (theirs, promise), (theirs, Decline(reason="改走一般程序"))):
        with pytest.raises(NotPermitted):
            service.casework.act(by, case.id, act)
    assert service.repository.get(Case, own.id).stage is Stage.NOTIFIED
    done = service.casework.act(by, own.id, Decline(reason="改走一般程序"))
    assert done.aggregate.stage is Stage.DIVERTED


def test_the_page_offers_exactly_what_the_right_covers():
    bodies = [(act, body) for act in ACTS.values() for body in act.examples().values()]
    assert {act.model_validate(body).name for act, body in bodies} == OWN_ACTS


@pytest.mark.parametrize("stage", ["notified", "granted"])
def test_the_slip_bears_a_qr_code_of_the_address_alone_and_says_of_which_case(
    door: Door, stage: str
):
    door.walk.to(stage)
    door.visitor.sign_in(door.visitor.token(Role.INTAKE_CLERK))
    page = door.client.post(door.slip, headers=OURS).text
    slip = page.partition('class="slip"')[2].partition("</section>")[0]
    assert str(square_of(f"{the_service(door.client).settings.address}/mine")) in slip
    made = door.walk.view["commitment"]
    assert (made["code"] if made else door.walk.view["id"]) in slip
    assert "案件办结以后，查询码仍然可以用" in slip


@pytest.mark.parametrize("end", ["withdrawn", "refused", "penalized"])
def test_a_code_opens_its_case_after_its_end(door: Door, end: str):
    door.walk.to("committed")
    code = door.prints()
    door.walk.to(end)
    assert door.enters(code).status_code == 303
    assert door.client.get("/mine/case").status_code == 200


def test_printing_and_revoking_are_noted_in_the_access_log(door: Door):
    door.walk.to("notified")
    door.prints()
    assert door.client.post(f"{door.slip}/revoke", headers=OURS).status_code == 303
    purposes = [read["purpose"] for read in reads_of(door)]
    assert purposes[:2] == ["作废查询纸条", "打印查询纸条"]


def test_a_breach_and_its_order_are_told_and_notes_and_opinions_are_not(door: Door):
    door.walk.to("rectifying")
    page = said(door.opens())
    assert "查明 没有专职人员" in page
    assert "整改：配备专职人员" in page
    door.walk.to("heard")
    page = said(door.opens())
    assert "当事人陈述 正在招聘" in page
    assert "理由 逾期未整改" in page
    assert "不采纳" not in page
    kept = Walk(door.client, door.walk.as_).to("fulfilled")
    page = said(Door(door.visitor, kept).opens())
    assert "核查 结果" in page
    assert "与承诺一致" not in page


def test_next_steps_are_told_with_whose_they_are_and_by_when(door: Door):
    door.walk.to("notified")
    page = said(door.opens())
    assert re.search(r"您要做的 承诺， \d{4}年\d+月\d+日 以前", page)
    assert "接下来" not in page
    door.walk.to("committed")
    page = said(door.opens())
    assert "现在没有要您做的" in page
    assert re.search(r"接下来 作出决定，由\S+局办理， \d{4}年\d+月\d+日 以前", page)
    door.walk.to("forewarned")
    page = said(door.opens())
    assert re.search(r"您要做的 可以陈述申辩， \d{4}年\d+月\d+日 以前", page)


def test_who_looked_is_told_in_the_order_of_time_also_from_the_workbench(door: Door, clock: Clock):
    door.walk.applicant = dict(CITIZEN)
    door.walk.to("notified")
    project(door.client)
    for _ in range(2):
        clock.now += timedelta(hours=1)
        door.visitor.sign_in(door.visitor.token(Role.INTAKE_CLERK))
        assert CITIZEN["name"] in door.client.get("/desk").text
    clock.now += timedelta(days=1)
    reader = door.walk.as_(Role.DECISION_OFFICER)
    assert door.client.get(f"{door.walk.url}/applicant", headers=reader).status_code == 200
    looks = said(door.opens()).partition("谁查过您")[2]
    newest_first = (
        "审批决定 查看了身份信息",
        "窗口受理 查看了身份信息，当天共 2 次",
        "查看了信用记录",
    )
    places = [looks.index(each) for each in newest_first]
    assert places == sorted(places)


def test_the_page_shows_nothing_of_another_case_and_no_number_of_its_own_applicant(
    door: Door, as_: Badges
):
    """The canary: names, numbers and codes of other applicants, of both kinds."""
    door.walk.applicant = dict(CITIZEN)
    door.walk.to("granted")
    others = [
        Walk(door.client, as_, applicant=each).to("granted") for each in (ANOTHER, dict(COMPANY))
    ]
    slips = [Door(door.visitor, each).prints() for each in others]
    page = door.opens()
    told = page + "".join(door.client.get(f"/mine/case/{act}").text for act in ACTS)
    for walk, slip in zip(others, slips, strict=True):
        number = walk.applicant.get("id_number") or walk.applicant["code"]
        code, paper = walk.view["commitment"]["code"], walk.view["decision"]["number"]
        for secret in (walk.view["id"], walk.applicant["name"], number, code, paper, slip):
            assert secret not in told, secret
    assert door.walk.view["commitment"]["code"] in told, "what it should show would be seen"
    assert CITIZEN["id_number"] not in told
    assert CITIZEN["name"] not in told


def test_only_the_counter_of_the_accepting_office_prints_slips(door: Door):
    door.walk.to("notified")
    for role in (Role.AUDITOR, Role.DECISION_OFFICER, Role.INSPECTOR, Role.SUPERVISOR):
        door.visitor.sign_in(door.visitor.token(role))
        assert door.client.get(door.slip).status_code == 403, role
        assert door.client.post(door.slip, headers=OURS).status_code == 403, role
    project(door.client)
    assert not the_service(door.client).access_codes.of(UUID(door.walk.view["id"]))
