"""An application is received at the window first; the case page asks once and accepts."""

from uuid import UUID

from domain.case.case import Case
from domain.case.events import CaseOpened
from domain.case.stages import Acceptance
from tests.api.conftest import Walk, the_service
from tests.api.desk.test_command_forms import Desk
from tests.api.desk.test_intake import Window, said, window

__all__ = ["window"]
RECEIVED = {"acceptance": ["received"], "submitted": ["M-01", "M-03"]}


def opened(window: Window) -> Case:
    assert window.page
    case_id = UUID(window.page.headers["location"].split("/")[3])
    return the_service(window.client).repository.get(Case, case_id)


def test_the_window_accepts_on_the_spot_unless_it_says_otherwise(window: Window):
    window.whole()
    assert opened(window).acceptance is Acceptance.ACCEPTED


def test_the_window_receives_what_is_not_complete(window: Window):
    window.item()
    window.applicant()
    refused = window.sends("review", {"submitted": ["M-01", "M-03"]})
    assert refused.status_code == 409
    assert "当场受理" in said(refused)
    review = window.sends("review", RECEIVED)
    assert review.status_code == 200, said(review)
    assert "受理决定 收下材料，五个工作日内决定是否受理" in said(review)
    assert ">收下材料</button>" in review.text
    receipt = window.client.get(window.sends("do", RECEIVED).headers["location"])
    assert "已经收件" in said(receipt)
    assert "收件回执" in said(receipt)
    assert "从业人员健康证明 未收" in said(receipt)
    assert opened_event(receipt.url.path, window).accept_by


def test_an_answer_that_is_none_is_said_where_it_is_asked(window: Window):
    window.item()
    window.applicant()
    refused = window.sends("review", RECEIVED | {"acceptance": ["sometime"]})
    assert refused.status_code == 422
    assert "清点材料" in said(refused) and "受理决定：不在可选值之内" in said(refused)


def opened_event(address: str, window: Window) -> CaseOpened:
    case = the_service(window.client).repository.get(Case, UUID(address.split("/")[3]))
    return case.opened


def test_the_last_button_accepts_nothing_that_lacks_what_must_be_in(window: Window):
    window.item()
    window.applicant()
    window.sends("review", RECEIVED)
    on_the_spot = window.sends("do", {"acceptance": ["accepted"]})
    assert on_the_spot.status_code == 409
    assert "没有提交的材料里" in said(on_the_spot)


def test_the_form_of_the_correction_proposes_what_lacks(walk: Walk):
    walk.to("received")
    page = Desk(walk).sign_in("intake_clerk").looks(f"/desk/cases/{walk.view['id']}/accept")
    assert page.status_code == 200
    assert "没有提交，请补交" in page.text
    assert "只能告知一次" in page.text


def test_the_case_page_shows_what_was_asked_and_what_came(walk: Walk):
    walk.to("completed")
    page = said(Desk(walk).sign_in("intake_clerk").looks(f"/desk/cases/{walk.view['id']}"))
    for words in ("告知补正", "收到补正", "《从业人员健康证明》：没有提交，请补交", "受理审查"):
        assert words in page
