"""Officers at work in a browser without scripts, on a phone, reading nothing but labels."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.values.parties import Department
from domain.values.workdays import local_date
from tests.browser.conftest import token_of
from tests.browser.test_pages import PHONE, turn, width_of_all

pytestmark = pytest.mark.browser
MARKET = Department(code="114112810058000150", name="义马市市场监督管理局")


class Office:
    """People of one department, each with a browser of their own."""

    def __init__(self, browser: Browser, address: str, settings: dict[str, str]) -> None:
        self._browser, self._address, self._settings = browser, address, settings

    def token(self, role: str, person: str = "") -> str:
        return token_of(self._settings, role, MARKET, person)

    @contextmanager
    def at_work(self, role: str, person: str = "") -> Iterator[Page]:
        context = self._browser.new_context(
            base_url=self._address, viewport=PHONE, locale="zh-CN", java_script_enabled=False
        )
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("令牌").fill(self.token(role, person))
        turn(page.get_by_role("button", name="登录"))
        yield page
        context.close()

    def asks(self, path: str, body: dict[str, Any], role: str) -> dict[str, Any]:
        """Sends a command to the API."""
        headers = {
            "Authorization": f"Bearer {self.token(role)}",
            "Content-Type": "application/json",
        }
        sent = Request(f"{self._address}{path}", json.dumps(body).encode(), headers)  # noqa: S310
        with urlopen(sent) as reply:  # noqa: S310 - our own address
            answer: dict[str, Any] = json.load(reply)
        return answer


@pytest.fixture(scope="module")
def office(browser: Browser, address: str, settings: dict[str, str]) -> Office:
    return Office(browser, address, settings)


@pytest.fixture
def case(office: Office) -> str:
    """The address of a case that was just opened."""
    code, name = "91411281MA9KXNT179", "义马市示例商贸有限公司"
    body = {
        "item": "000731401001",
        "kind": "notice_commitment",
        "applicant": {"kind": "organisation", "code": code, "name": name},
        "submitted": ["M-01", "M-02", "M-03"],
    }
    return f"/desk/cases/{office.asks('/api/v1/cases', body, 'intake_clerk')['id']}"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    paper = tmp_path / "承诺书.pdf"
    paper.write_bytes(b"%PDF-1.7 a scan")
    return paper


def act(page: Page, outcome: str) -> None:
    """Presses the button of an outcome; a final one shows first what will be recorded."""
    form = page.get_by_role("form", name=outcome, exact=True)
    if (check := form.get_by_role("button", name=f"核对：{outcome}", exact=True)).count():
        turn(check)
        expect(page.get_by_role("heading", name="请核对将要记录的内容")).to_be_visible()
        turn(page.get_by_role("button", name=f"确认：{outcome}"))
    else:
        turn(form.get_by_role("button", name=outcome, exact=True))
    expect(page.get_by_role("status")).to_contain_text("已经办理")
    assert width_of_all(page) <= PHONE["width"]


def unfold(page: Page, outcome: str) -> Any:
    """Opens the form of an outcome, as a person does."""
    form = page.get_by_role("form", name=outcome, exact=True)
    if not form.is_visible():
        page.locator("summary").filter(has_text=outcome).first.click()
    return form


def to_a_promise(office: Office, case: str, paper: Path) -> None:
    with office.at_work("intake_clerk") as page:
        page.goto(case)
        act(page, "查询信用")
        act(page, "一次性告知")
        form = unfold(page, "作出承诺")
        form.get_by_label("签署的承诺书").set_input_files(paper)
        form.get_by_label("签署方式").get_by_label("盖章").or_(
            form.get_by_label("盖章")
        ).first.check()
        form.get_by_label("是", exact=True).check()  # the original was seen
        form.get_by_label("签署日期").fill(today())
        act(page, "作出承诺")


def today() -> str:
    return local_date(datetime.now(UTC)).isoformat()


def receive(office: Office) -> str:
    """A clerk receives an application; returns the address of the case."""
    with office.at_work("intake_clerk") as page:
        turn(page.get_by_role("link", name="受理新申请"))
        page.get_by_label("事项的名称").fill("简易注销")
        turn(page.get_by_role("button", name="查找"))
        turn(page.get_by_role("button", name="企业简易注销登记：告知承诺型"))
        page.get_by_label("统一社会信用代码").first.fill("91411281MA9KXNT179")
        page.get_by_label("单位名称").fill("义马市示例商贸有限公司")
        turn(page.get_by_role("button", name="下一步：材料"))
        for material in page.get_by_role("checkbox").all():
            material.check()
        turn(page.get_by_role("button", name="下一步：核对"))
        turn(page.get_by_role("button", name="受理", exact=True))
        expect(page.get_by_role("heading", level=1)).to_have_text("受理回执")
        turn(page.get_by_role("link", name="回到案件"))
        return page.url.partition("?")[0]


def test_a_case_goes_from_receipt_to_grant_and_through_a_breach_by_labels_alone(
    office: Office, paper: Path
):
    case = receive(office)
    to_a_promise(office, case, paper)
    with office.at_work("decision_officer") as page:
        page.goto(case)
        form = unfold(page, "准予")
        form.get_by_label("文书号").fill(f"义市监许〔2026〕{case[-4:]}号")
        form.get_by_label("证照", exact=True).check()
        form.get_by_label("证照、批文的名称").fill("食品经营许可证")
        act(page, "准予")
    a_breach_is_put_right(office, case)


def a_breach_is_put_right(office: Office, case: str) -> None:
    with office.at_work("inspector") as page:
        page.goto(case)
        form = unfold(page, "发现违诺")
        form.get_by_label("违诺的情形").select_option("违反承诺")
        form.get_by_label("查明的事实").fill("经营场所与承诺不符")
        act(page, "发现违诺")
        form = unfold(page, "责令整改")
        form.get_by_label("第 1 项").fill("恢复承诺的条件")
        act(page, "责令整改")
        form = unfold(page, "整改完成")
        form.get_by_label("整改的证据").fill("复查照片")
        form.get_by_label("整改完成的日期").fill(today())
        act(page, "整改完成")
        expect(page.get_by_text("已履约").first).to_be_visible()


def test_a_mistake_is_listed_and_each_line_leads_into_its_field(office: Office, case: str):
    with office.at_work("decision_officer") as page:
        page.goto(f"{case}/decide")
        form = unfold(page, "不予准予")
        turn(form.get_by_role("button", name="核对：不予准予"))
        alert = page.get_by_role("alert")
        expect(alert).to_be_focused()
        assert "处需要改正" in page.title()
        for link in alert.get_by_role("link").all():
            target = (link.get_attribute("href") or "").removeprefix("#")
            link.click()
            focused = page.locator(f'[id="{target}"]')
            expect(focused).to_be_visible()
            page.keyboard.press("Tab")
            page.keyboard.press("Shift+Tab")
            expect(focused).to_be_focused()


def test_enter_in_a_field_never_decides(office: Office, case: str):
    with office.at_work("decision_officer") as page:
        page.goto(f"{case}/correct")
        page.get_by_label("正确的姓名（名称）").fill("义马市示例实业有限公司")
        page.get_by_label("正确的姓名（名称）").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("处需要改正")
        page.goto(case)
        expect(page.get_by_text("第 2 步")).to_have_count(0)


def test_two_clicks_are_one_step(office: Office, case: str):
    with office.at_work("intake_clerk") as page:
        page.goto(case)
        page.get_by_role("button", name="查询信用").dblclick()
        expect(page.get_by_role("status")).to_contain_text("已经办理")
        expect(page.get_by_text("第 2 步")).to_have_count(1)
        expect(page.get_by_text("第 3 步")).to_have_count(0)


def test_a_case_is_printed_without_its_forms(office: Office, case: str):
    with office.at_work("intake_clerk") as page:
        page.goto(case)
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="查询信用")).to_be_hidden()
        expect(page.get_by_role("heading", name="卷宗")).to_be_visible()
