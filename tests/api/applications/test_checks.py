"""The substantive check by two officers, over HTTP and in every place that tells of it."""

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.api.conftest import ITEM, MOVES, PAPER, Walk, project
from tests.api.desk.test_officers_pages import looks, said
from tests.api.site.test_own_case import Door
from tests.infrastructure.letters.pdf_reader import text_of
from tests.papers import digest
from tests.support.browser_client import Visitor

CATALOGUE = "/api/v1/catalogue"
DECIDER = "decision_officer"


def check(walk: Walk, role: str = DECIDER, **said: object) -> Response:
    return walk.post("check", MOVES["checked"].says(walk) | said, **walk.as_(role))


def grant(walk: Walk) -> Response:
    return walk.post("decide", MOVES["granted"].says(walk), **walk.as_(DECIDER))


def listed(walk: Walk) -> list[str]:
    """The actions on the worklist of the officer who decides, in its order."""
    project(walk.client)
    found = walk.client.get("/api/v1/worklist", headers=walk.as_(DECIDER)).json()["items"]
    return [each["action"] for each in found if each["case_id"] == walk.view["id"]]


# the check --------------------------------------------------------------------------------------


def test_a_check_is_recorded_and_shown(walk: Walk):
    reply = check(walk.before("checked"))
    assert reply.is_success, reply.text
    assert reply.json()["stage"] == "committed"
    assert reply.json()["check"] == {
        **{"officers": ["decision_officer-01", "wu-01"], "checked_on": walk.today},
        **{"finding": "现场核对经营场所，与平面图一致", "found_true": True, "record": PAPER},
    }


def test_the_check_stands_before_the_decision_on_the_worklist_until_it_is_done(walk: Walk):
    walk.before("checked")
    assert walk.view["check"] is None
    assert walk.view["next_due"]["action"] == "check"
    assert listed(walk) == ["check", "decide"]
    assert check(walk).is_success
    assert listed(walk) == ["decide"]


def test_the_record_of_a_check_is_a_document_of_the_case(walk: Walk):
    assert check(walk.before("checked"), record=digest("record")).is_success
    found = walk.client.get(f"/api/v1/files/{walk.view['id']}", headers=walk.as_(DECIDER)).json()
    files = found["items"] if isinstance(found, dict) else found
    assert "核查笔录" in [each["title"] for each in files]


def test_a_case_of_an_item_that_needs_no_check_is_not_checked(walk: Walk):
    refused = check(walk.to("committed"))
    assert (refused.status_code, refused.json()["rule"]) == (409, "item_needs_a_check")
    assert "check" not in {each["name"] for each in walk.view["actions"]}
    assert listed(walk) == ["decide"]


def test_nobody_checks_alone(walk: Walk):
    refused = check(walk.before("checked"), colleague="Decision_Officer-01")
    assert (refused.status_code, refused.json()["rule"]) == (409, "two_officers_check")


def test_a_check_of_tomorrow_is_refused(walk: Walk):
    refused = check(walk.before("checked"), checked_on="2027-01-04")
    assert (refused.status_code, refused.json()["rule"]) == (409, "checked_on_not_after_today")


def test_whether_the_content_is_true_is_said(walk: Walk):
    body = MOVES["checked"].says(walk.before("checked"))
    del body["found_true"]
    assert walk.post("check", body, **walk.as_(DECIDER)).status_code == 422
    assert check(walk, found_true="yes").status_code == 422


# the decision -----------------------------------------------------------------------------------


def test_a_grant_waits_for_the_check(walk: Walk):
    refused = grant(walk.before("checked"))
    assert (refused.status_code, refused.json()["rule"]) == (409, "substance_is_checked")
    assert "第三十四条" in refused.json()["detail"]
    assert check(walk).is_success
    assert grant(walk).is_success


def test_what_was_found_untrue_is_refused_and_not_granted_until_it_is_checked_again(walk: Walk):
    assert check(walk.before("checked"), found_true=False, finding="场所另租他人").is_success
    refused = grant(walk)
    assert (refused.status_code, refused.json()["rule"]) == (409, "substance_is_true")
    assert check(walk, finding="已经腾退，现场一致").is_success
    assert grant(walk).is_success


def test_a_refusal_needs_no_check(walk: Walk):
    body = MOVES["refused"].says(walk.before("checked"))
    assert walk.post("decide", body, **walk.as_(DECIDER)).is_success


# who reads of it --------------------------------------------------------------------------------


def test_the_public_reads_which_items_need_a_check(client: TestClient, walk: Walk):
    walk.before("checked")
    project(client)
    assert client.get(f"{CATALOGUE}/{walk.item}").json()["terms"]["substantive_check"] is True
    assert "substantive_check" not in client.get(f"{CATALOGUE}/{ITEM.code}").json()["terms"]
    page = client.get(f"/catalogue/{walk.item}").text
    assert "由两名以上工作人员核查申请材料的实质内容" in page
    assert "《行政许可法》第三十四条" in page
    assert "实质核查" not in client.get(f"/catalogue/{ITEM.code}").text


def test_the_history_tells_both_officers_and_what_they_found(walk: Walk):
    assert check(walk.before("checked")).is_success
    promised, checked = walk.get("/history").json()[-2:]
    assert "先经实质核查再作出决定" in promised["sentence"]
    said = "记录decision_officer-01、wu-01于2026年9月28日的实质核查，材料内容真实"
    assert said in checked["sentence"]


FINDING = "现场核对经营场所，与平面图一致"


def file_of(walk: Walk) -> str:
    return said(looks(walk, f"/desk/cases/{walk.view['id']}", DECIDER))


def test_the_file_tells_that_a_check_is_needed_and_then_what_it_found(walk: Walk):
    walk.before("checked")
    assert "是否实质核查 准予以前须由两名以上工作人员核查" in file_of(walk)
    assert check(walk).is_success
    told = file_of(walk)
    assert "核查人员 decision_officer-01、wu-01 核查结论 材料内容真实" in told
    assert FINDING in told
    plain = file_of(Walk(walk.client, walk.as_).to("committed"))
    assert "是否实质核查" not in plain
    assert "该事项的条款没有要求实质核查，不得另加核查" in plain


@pytest.mark.parametrize("kind", ["granted", "refused"])
def test_the_decision_that_is_served_tells_the_check(walk: Walk, kind: str):
    assert check(walk.before("checked")).is_success
    assert walk.attempt(kind).is_success
    document = {"granted": "grant", "refused": "refusal"}[kind]
    printed = looks(walk, f"/desk/cases/{walk.view['id']}/documents/{document}", DECIDER)
    text = "".join(text_of(printed.content).split())
    assert "工作人员decision_officer-01、wu-01核查了申请材料的实质内容" in text
    assert FINDING in text


def test_who_decides_sees_which_cases_wait_for_a_check(walk: Walk):
    walk.before("checked")
    page = looks(walk, "/desk/decisions", DECIDER)
    assert "准予以前须先实质核查" in said(page)
    assert f"/desk/cases/{walk.view['id']}#check" in page.text
    assert check(walk, found_true=False).is_success
    assert "已经实质核查：材料内容不真实" in said(looks(walk, "/desk/decisions", DECIDER))


def test_the_catalogue_desk_says_whether_an_item_needs_a_check(walk: Walk):
    walk.before("checked")
    for code, told in ((walk.item, "准予以前由两名以上工作人员核查"), (ITEM.code, "不需要")):
        page = looks(walk, f"/desk/catalogue/{code}", "catalog_admin")
        assert f"实质核查 {told}" in said(page)


def test_the_applicant_reads_that_it_was_checked_and_not_by_whom(visitor: Visitor, walk: Walk):
    door = Door(visitor, walk)
    walk.before("checked")
    assert "实质核查" in door.opens()
    assert check(walk).is_success
    page = door.opens()
    assert FINDING in page
    assert "材料内容真实" in page
    assert "wu-01" not in page


def test_the_notice_tells_that_two_officers_will_check(walk: Walk):
    walk.before("checked")
    address = f"/desk/cases/{walk.view['id']}/documents/notice"
    text = "".join(text_of(looks(walk, address, DECIDER).content).split())
    assert "作出准予决定以前，由两名以上工作人员核查申请材料的实质内容" in text
    assert "不再事先审查" not in text
