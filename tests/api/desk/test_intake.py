"""受理 in three steps: item, applicant, materials; a summary; then the receipt."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from application.catalogue.commands import ListItem
from application.execution.context import CommandContext
from domain.case.events import CaseOpened
from domain.values.identifiers import confirmed_credit_code, credit_code
from tests import stories as s
from tests.api.conftest import (
    CITIZEN,
    COMPANY,
    DELISTED,
    ELSEWHERE,
    ITEM,
    KEEPER,
    ON_RECORD,
    WAITING,
    Badges,
    Walk,
    log_size,
    project,
    the_service,
)
from tests.support.browser_client import OURS, Visitor

OPEN = "/desk/open"
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
BROKEN = "91411281MA9KXNT170"
"""A code whose last character does not fit the others."""


@dataclass
class Window:
    """A clerk at the window: each step sends what the page before carried, and what is typed."""

    client: TestClient
    as_: Badges
    carried: dict[str, list[str]] = field(default_factory=dict)
    page: Response | None = None

    def sends(self, step: str, typed: Mapping[str, Any], **files: Any) -> Response:
        fields = self.carried | {k: v if isinstance(v, list) else [v] for k, v in typed.items()}
        sent = fields | {"step": [step]}
        more = {"files": files} if files else {}
        self.page = self.client.post(OPEN, data=sent, headers=OURS, **more)
        self.carried = {}
        for name, value in _FIELD.findall(_form(self.page.text)):
            self.carried.setdefault(name, []).append(unescape(value))
        return self.page

    def item(self, kind: str = "notice_commitment") -> Response:
        return self.sends("applicant", {"item": ITEM.code, "kind": kind})

    def applicant(self, who: Mapping[str, str] = COMPANY, **more: Any) -> Response:
        return self.sends("materials", typed(who) | more)

    def materials(self, *codes: str) -> Response:
        return self.sends("review", {"submitted": list(codes)})

    def does(self) -> Response:
        return self.sends("do", {})

    def whole(self, kind: str = "notice_commitment", *codes: str) -> Response:
        self.item(kind)
        self.applicant()
        self.materials(*(codes or s.ALL_IN))
        return self.does()


def typed(who: Mapping[str, str]) -> dict[str, str]:
    kind = who["kind"]
    facts = {f"applicant.{kind}.{k}": v for k, v in who.items() if k != "kind"}
    return {"applicant.kind": kind} | facts


def _form(page: str) -> str:
    """The one form of a step, or the first of the items."""
    main = page.partition("<main")[2]
    return main.partition("<form")[2].partition("</form>")[0]


def said(reply: Response) -> str:
    main = reply.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


@pytest.fixture
def window(client: TestClient, as_: Badges) -> Window:
    project(client)
    visitor = Visitor(client, as_)
    visitor.sign_in(visitor.token("intake_clerk"))
    return Window(client, as_)


def test_three_steps_and_one_button_record_the_case_and_show_its_receipt(window: Window):
    reply = window.whole()
    assert reply.status_code == 303, said(reply)
    receipt = window.client.get(reply.headers["location"])
    assert "受理回执" in receipt.text
    assert COMPANY["name"] in said(receipt)
    case_id = UUID(reply.headers["location"].split("/")[3])
    (recorded,) = the_service(window.client).repository.history(case_id)
    by_api = Walk(window.client, window.as_).to("opened")
    (other,) = the_service(window.client).repository.history(UUID(by_api.view["id"]))
    assert facts(recorded.event) == facts(other.event)


def facts(event: Any) -> dict[str, Any]:
    assert isinstance(event, CaseOpened)
    of_this_case = {"documents": {"__all__": {"sha256", "sm3"}}}  # each names its case
    return event.model_dump(exclude={"originator_id": True, "timestamp": True} | of_this_case)


def test_no_step_before_the_last_button_records_anything(window: Window):
    size = log_size(window.client)
    for page in (window.item(), window.applicant(), window.materials(*s.ALL_IN)):
        assert page.status_code == 200, said(page)
    assert log_size(window.client) == size
    assert "核对以后受理" in said(page)


def test_the_last_button_pressed_twice_opens_one_case(window: Window):
    window.item()
    window.applicant()
    window.materials(*s.ALL_IN)
    carried = dict(window.carried)
    first = window.does()
    window.carried = carried
    second = window.does()
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]


def test_only_active_items_of_the_own_office_can_be_chosen_and_the_others_say_why(window: Window):
    service = the_service(window.client)
    other = ITEM.model_copy(
        update={"code": "000131001009", "name": "公共场所卫生许可", "department": ELSEWHERE}
    )
    command = ListItem(item=other, terms=s.TERMS)
    service.catalogue.list_item(CommandContext(KEEPER, service.clock()), command)
    project(window.client)
    mine = window.client.get(OPEN).text
    assert f'name="item" value="{ITEM.code}"' in mine
    for closed in (WAITING, DELISTED):
        assert closed.name in mine
        assert f'name="item" value="{closed.code}"' not in mine
    assert "尚未制定信用承诺管理办法" in mine
    assert "清单外事项不纳入信用承诺办理" in mine
    assert other.name not in mine
    sought = window.sends("item", {"q": "公共场所"})
    assert f"由{ELSEWHERE.name}受理" in said(sought)
    assert f'value="{other.code}"' not in sought.text


def test_a_wrong_check_character_is_told_at_its_field_and_confirmation_is_offered(window: Window):
    with pytest.raises(ValueError, match="校验不符"):
        credit_code(BROKEN)
    assert confirmed_credit_code(BROKEN)
    window.item()
    page = window.applicant(COMPANY | {"code": BROKEN})
    assert page.status_code == 422
    assert 'href="#open-applicant.organisation.code"' in page.text
    assert 'name="applicant.organisation.code_confirmed.by"' in page.text
    assert "code_confirmed（" not in page.text
    assert f'value="{BROKEN}"' in page.text
    confirmed = {"by": "intake_clerk-01", "reason": "营业执照上确实如此"}
    more = {f"applicant.organisation.code_confirmed.{k}": v for k, v in confirmed.items()}
    page = window.applicant(COMPANY | {"code": BROKEN}, **more)
    assert page.status_code == 200, said(page)


def test_a_code_that_is_right_is_not_confirmed(window: Window):
    page = window.item()
    assert "code_confirmed" not in page.text


def test_open_and_excluded_cases_of_the_same_organisation_are_told(window: Window):
    first = Walk(window.client, window.as_).to("notified")
    Walk(window.client, window.as_).to("declined")
    bad = Walk(window.client, window.as_, applicant=dict(ON_RECORD)).to("opened")
    bad.attempt("cleared")
    project(window.client)
    window.item()
    page = window.applicant()
    assert f'href="/desk/cases/{first.view["id"]}"' in page.text
    assert "正在办理：已告知" in said(page)
    assert page.text.count("正在办理") == 1
    window.item()
    assert "信用查询有排除情形" in said(window.applicant(ON_RECORD))


def test_missing_secondary_materials_are_deferred_with_their_day(window: Window):
    window.item("deferred_materials")
    page = window.applicant()
    assert "没有勾选的次要材料为容缺" in said(page)
    review = window.materials("M-01")
    assert review.status_code == 200, said(review)
    assert re.search(r"容缺，今天告知的，\d+年\d+月\d+日(（暂定）)? 以前补交", said(review))
    assert window.does().status_code == 303


def test_a_missing_primary_material_and_one_that_is_on_no_list_are_refused_before_the_summary(
    window: Window,
):
    window.item()
    window.applicant()
    page = window.materials("M-02")
    assert page.status_code == 409
    assert "主要申请材料不齐全" in said(page)
    assert 'value="M-02" checked' in page.text
    page = window.materials(*s.ALL_IN, "M-99")
    assert page.status_code == 409
    assert "清单之外不得索要" in said(page)
    assert "M-99" not in page.text.partition('class="command"')[2]


def test_an_item_that_closes_meanwhile_is_refused_with_everything_kept(window: Window):
    window.item()
    window.applicant()
    window.materials(*s.ALL_IN)
    closed = dict(window.carried) | {"item": [DELISTED.code]}
    window.carried = closed
    page = window.does()
    assert page.status_code == 409
    assert "该事项未在清单中启用" in said(page)
    assert f'value="{COMPANY["code"]}"' in page.text


def test_a_known_code_under_another_name_offers_the_change_of_name(window: Window):
    Walk(window.client, window.as_).to("opened")
    window.item()
    renamed = COMPANY | {"name": "义马市更名以后有限公司"}
    assert window.applicant(renamed).status_code == 200
    window.materials(*s.ALL_IN)
    page = window.does()
    assert page.status_code == 409
    assert "已登记为另一名称" in said(page)
    assert '<fieldset id="open-renamed"' in page.text
    change = {"renamed.former": COMPANY["name"], "renamed.reason": "已办理名称变更登记"}
    page = window.sends(
        "materials",
        typed(renamed) | change,
        **{"renamed.evidence": ("变更通知书.pdf", b"%PDF-1.7", "application/pdf")},
    )
    assert page.status_code == 200, said(page)
    review = window.materials(*s.ALL_IN)
    assert "变更通知书.pdf" in said(review)
    assert window.does().status_code == 303


def test_a_natural_person_applies_and_stands_in_no_address(window: Window):
    window.item()
    page = window.applicant(CITIZEN)
    assert page.status_code == 200, said(page)
    window.materials(*s.ALL_IN)
    reply = window.does()
    assert reply.status_code == 303, said(reply)
    assert CITIZEN["name"] not in unescape(reply.headers["location"])
    assert CITIZEN["name"] in said(window.client.get(reply.headers["location"]))


def test_another_item_keeps_what_was_typed_of_the_applicant(window: Window):
    window.item()
    window.applicant()
    page = window.sends("item", {})
    assert f'name="applicant.organisation.code" value="{COMPANY["code"]}"' in page.text
    page = window.item()
    assert f'value="{COMPANY["code"]}"' in page.text


@pytest.mark.parametrize("role", ["decision_officer", "inspector", "auditor"])
def test_whoever_may_not_open_a_case_has_no_intake(client: TestClient, as_: Badges, role: str):
    visitor = Visitor(client, as_)
    visitor.sign_in(visitor.token(role))
    assert visitor.looks(OPEN).status_code == 403
    reply = client.post(OPEN, data={"step": "do", "form_key": str(uuid4())}, headers=OURS)
    assert reply.status_code == 403


def test_the_window_asks_for_a_guardian_as_soon_as_it_knows_the_age(window: Window):
    window.item()
    child = {"kind": "person", "name": "某人", "id_number": "411281202001010019"}
    page = window.applicant(child | {"document.kind": "resident_id"})
    assert page.status_code == 409
    assert "须由监护人代理办理（《民法典》第二十条、第二十三条）" in said(page)
    assert "guardian" not in said(page)
    guardian = {"name": "另一人", "id_number": "411281199001010014", "relation": "parent"}
    guardian |= {"part": "represents", "agrees_to_processing": "true"}
    more = {f"guardian.{name}": text for name, text in guardian.items()}
    proof = {"guardian.evidence": ("户口簿.pdf", b"%PDF-1.7 ...", "application/pdf")}
    asked = typed(child | {"document.kind": "resident_id"}) | more
    page = window.sends("materials", asked, **proof)
    assert page.status_code == 200, said(page)
    window.materials(*s.ALL_IN)
    assert window.does().status_code == 303


def test_a_guardian_of_whom_only_the_preset_is_sent_is_none(window: Window):
    window.item()
    page = window.applicant(COMPANY, **{"guardian.document.kind": "resident_id"})
    assert page.status_code == 200, said(page)
    window.materials(*s.ALL_IN)
    assert window.does().status_code == 303


def test_the_window_takes_a_passport(window: Window):
    window.item()
    passport = {"document.kind": "passport", "document.country": "USA", "born": "1990-01-01"}
    visitor = {"kind": "person", "name": "ANNA", "id_number": "A1234567"}
    page = window.applicant(visitor | passport | {"born": ""})
    assert "请填写证件上的出生日期" in said(page)
    assert window.applicant(visitor | passport).status_code == 200
    window.materials(*s.ALL_IN)
    assert window.does().status_code == 303
