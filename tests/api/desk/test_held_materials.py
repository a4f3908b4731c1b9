"""What the city holds, at the window: shown and not asked for, scanned, opened for a purpose."""

import re
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from tests import stories as s
from tests.api.applications.bureaus import (
    HEALTH,
    PLAN,
    SCAN,
    WITH_SCAN,
    A,
    At,
    C,
    applications,
    notes,
)
from tests.api.conftest import CITIZEN, COMPANY, Badges, the_service
from tests.api.desk.test_intake import Window, said
from tests.given import MARKET_OFFICE
from tests.papers import PAPERS
from tests.support.browser_client import Visitor

ASKED_BY_C = {"item": C.code, "kind": "notice_commitment"}
FILE = ("健康证明.pdf", PAPERS[SCAN], "application/pdf")


@pytest.fixture
def at(client: TestClient, as_: Badges) -> At:
    return applications(client, as_)


@pytest.fixture
def window(at: At, as_: Badges) -> Window:
    """The window of bureau C; bureau A holds a material of the company."""
    first = at(A, **WITH_SCAN)
    first.opens()
    clerk = at(C).as_("intake_clerk")["Authorization"].removeprefix("Bearer ")
    Visitor(first.client, as_).sign_in(clerk)
    window = Window(first.client, as_)
    window.sends("applicant", ASKED_BY_C)
    return window


def held_by(window: Window) -> str:
    (holding,) = the_service(window.client).holdings.of(s.APPLICANT)
    return str(holding.case)


def row_of(code: str, page: str) -> str:
    """The name of the row in which the file of this material is attached."""
    row = re.search(rf'name="(scans\.\d)\.material" value="{code}"', page)
    assert row
    return row[1]


def test_what_the_city_holds_is_shown_and_cannot_be_ticked(window: Window):
    page = window.applicant()
    assert f"《{HEALTH}》：{MARKET_OFFICE.name}，2026年9月28日收到" in said(page)
    assert 'value="M-07"' not in page.text
    assert 'name="submitted" value="M-08"' in page.text
    summary = window.materials("M-01", "M-08")
    assert summary.status_code == 200, said(summary)
    assert f"{HEALTH} {MARKET_OFFICE.name}已经持有，不向申请人索要" in said(summary)
    assert window.does().status_code == 303


def test_what_is_ticked_all_the_same_is_refused_at_its_step(window: Window):
    window.applicant()
    page = window.materials("M-01", "M-07", "M-08")
    assert page.status_code == 409
    assert "本市已经持有" in said(page)
    assert "清点材料" in page.text


def test_that_it_was_looked_up_is_noted(window: Window, at: At):
    window.applicant()
    first = at(A)
    case_id = held_by(window)
    assert {each["purpose"] for each in notes(first, case_id)} == {"受理时核对本市已经持有的材料"}


def test_of_a_person_nothing_is_told_under_another_name(at: At, as_: Badges):
    at(A, applicant=dict(CITIZEN), **WITH_SCAN).opens()
    third = at(C)
    Visitor(third.client, as_).sign_in(
        third.as_("intake_clerk")["Authorization"].removeprefix("Bearer ")
    )
    window = Window(third.client, as_)
    window.sends("applicant", ASKED_BY_C)
    who = CITIZEN | {"document.kind": "resident_id"}
    assert "已经持有" in said(window.applicant(who))
    window.sends("applicant", ASKED_BY_C)
    assert "已经持有" not in said(window.applicant(who | {"name": "另一人"}))


def test_a_clerk_attaches_the_file_of_what_was_handed_in(window: Window):
    page = window.applicant()
    assert PLAN in page.text
    name = row_of("M-08", page.text)
    typed = {"submitted": ["M-01", "M-08"], f"{name}.valid_until": "2027年9月28日"}
    page = window.sends("review", typed, **{f"{name}.digest": FILE})
    assert page.status_code == 200, said(page)
    assert "收到，电子件：健康证明.pdf，有效期至2027年9月28日" in said(page)
    again = window.sends("materials", {})
    assert "已选择 健康证明.pdf" in said(again)
    name = row_of("M-08", again.text)
    typed = {"submitted": ["M-01", "M-08"], f"{name}.valid_until": "2027年9月28日"}
    window.sends("review", typed)
    reply = window.does()
    assert reply.status_code == 303, said(reply)
    case_id = reply.headers["location"].split("/")[3]
    (opened, *_) = the_service(window.client).repository.events(UUID(case_id))
    (scan,) = opened.scans
    assert (scan.material, scan.digest, str(scan.valid_until)) == ("M-08", SCAN, "2027-09-28")


def test_a_date_out_of_bounds_or_without_a_file_is_told_at_the_materials(window: Window):
    window.applicant()
    typed = {"submitted": ["M-01", "M-08"], "scans.0.material": "M-08"}
    page = window.sends("review", typed | {"scans.0.valid_until": "2027-09-28"})
    assert page.status_code == 422
    assert "电子件：请填写" in said(page)
    past = typed | {"scans.0.valid_until": "2026-09-27"}
    page = window.sends("review", past, **{"scans.0.digest": FILE})
    assert page.status_code == 409
    assert "材料的到期日期不能早于今天" in said(page)
    assert "清点材料" in page.text


def test_the_page_of_the_case_opens_what_is_held_for_a_purpose(window: Window):
    window.applicant()
    window.materials("M-01", "M-08")
    case = "/desk/cases/" + window.does().headers["location"].split("/")[3]
    page = window.client.get(case)
    assert "本市已经持有的材料" in page.text
    assert f"《{HEALTH}》：{MARKET_OFFICE.name}，2026年9月28日收到" in said(page)
    address = re.search(r'action="(/files/[^"]+/reused/M-07)"', page.text)
    assert address
    assert window.client.get(address[1]).status_code == 422
    reply = window.client.get(address[1], params={"purpose": "核对健康证明"})
    assert (reply.status_code, reply.content) == (200, PAPERS[SCAN])


def test_a_company_of_which_nothing_is_held_is_asked_for_everything(window: Window):
    other = COMPANY | {"code": "91411281MA973UW600", "name": "义马市另一食品有限公司"}
    page = window.applicant(other)
    assert "已经持有" not in said(page)
    assert 'name="submitted" value="M-07"' in page.text
