"""A promise signed at home: the clerk prints, the applicant on a phone reads, signs and uploads."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import XINNUO
from tests.browser.test_desk import Office, act, case, office, today
from tests.browser.test_pages import PHONE, turn, width_of_all

pytestmark = pytest.mark.browser
__all__ = ["case", "office"]
CODE = "91411281MA9KXNT179"


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """The applicant's own phone, without scripts."""
    context = browser.new_context(
        base_url=address, viewport=PHONE, locale="zh-CN", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def slip(office: Office, case: str) -> str:
    """The clerk informs the applicant, prints the notice and a slip; returns the slip's address."""
    with office.at_work("intake_clerk") as page:
        page.goto(case)
        act(page, "查询信用")
        act(page, "一次性告知")
        notice = page.get_by_role("link", name="一次性告知书").first.get_attribute("href")
        assert page.request.get(str(notice)).body().startswith(b"%PDF-")
        turn(page.get_by_role("link", name="申请人查询纸条"))
        turn(page.get_by_role("button", name="生成查询码"))
        return page.locator(".slip-code").inner_text()


def enters(phone: Page, code: str) -> None:
    phone.goto("/mine")
    phone.get_by_role("textbox", name="查询码").fill(code)
    turn(phone.get_by_role("button", name="查看"))
    expect(phone.get_by_text("已告知").first).to_be_visible()


def uploads(phone: Page, letter: Path) -> None:
    phone.goto("/mine/case/promise")
    assert width_of_all(phone) <= PHONE["width"]
    phone.get_by_label("签署的承诺书").set_input_files(letter)
    phone.get_by_label("盖章").check()
    phone.get_by_label("签署日期").fill(today())
    turn(phone.get_by_role("button", name="作出承诺", exact=True))
    phone.get_by_label("最后四位").fill(CODE[-4:])
    turn(phone.get_by_role("button", name="确认：作出承诺"))


def test_an_applicant_reads_signs_and_promises_on_a_phone(
    office: Office, case: str, phone: Page, settings: dict[str, str], tmp_path: Path
):
    enters(phone, slip(office, case))
    phone.goto("/mine/case/promise")
    link = phone.get_by_role("link", name="送达您的承诺书").get_attribute("href")
    served, signed = tmp_path / "served.pdf", tmp_path / "signed.pdf"
    served.write_bytes(phone.request.get(str(link)).body())
    uploads(phone, served)
    expect(phone.get_by_role("alert")).to_contain_text("文件里没有电子签名")
    expect(phone.get_by_role("alert")).to_contain_text("什么也没有改变")
    run = [XINNUO, "demo-sign", str(served), "--code", CODE, "--out", str(signed)]
    subprocess.run(run, env=settings, check=True, capture_output=True)
    uploads(phone, signed)
    expect(phone.get_by_text("已收到您的承诺").first).to_be_visible()
    assert width_of_all(phone) <= PHONE["width"]
