"""An article is entered by one, approved by another; then the texts of its days cite it."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import COMPANY, ITEM, Badges, log_size, project
from tests.api.http.test_doors import ARTICLES as WHO
from tests.api.http.test_doors import denied, is_forbidden
from tests.support.review_client import Door

ARTICLES = "/api/v1/articles"
REVISED = "自2026年3月1日起施行的《河南省优化营商环境条例》"
NEW = "《河南省优化营商环境条例》第四十条"
BODY = {
    "cites": "deferred_materials",
    "article": "第四十条",
    "provision": "次要申请材料欠缺的，先行受理，并一次性告知补交期限。",
    "in_force_from": "2026-03-01",
    "found_in": "河南省人民代表大会常务委员会公报2025年第6号",
}
PAGE = {"accept": "text/html"}


@pytest.fixture
def enter(client: TestClient, as_: Badges):
    def enter(**otherwise: str) -> str:
        headers = as_("legal_reviewer", "wu")
        reply = client.post(ARTICLES, json=BODY | otherwise, headers=headers)
        assert reply.status_code == 201, reply.text
        return f"{ARTICLES}/{reply.json()['id']}"

    return enter


def shown(client: TestClient, path: str) -> str:
    return unescape(client.get(path, headers=PAGE).text)


def test_an_approved_article_is_cited_and_listed_and_one_that_waits_is_not(
    client: TestClient, as_: Badges, enter
):
    place = enter()
    project(client)
    assert f"依照{REVISED}公布" in shown(client, f"/catalogue/{ITEM.code}")
    assert "第四十条" not in shown(client, "/law")
    reply = client.post(f"{place}/approve", headers=as_("catalog_admin", "tang"))
    assert (reply.status_code, reply.json()["stage"]) == (200, "approved")
    project(client)
    assert f"依照{NEW}公布" in shown(client, f"/catalogue/{ITEM.code}")
    assert "第四十条" in shown(client, "/law")


def test_a_refusal_cites_the_article_that_was_approved(client: TestClient, as_: Badges, enter):
    application = {
        "item": ITEM.code,
        "kind": "deferred_materials",
        "applicant": COMPANY,
        "submitted": [],
    }
    clerk = as_("intake_clerk")
    detail = client.post("/api/v1/cases", json=application, headers=clerk).json()["detail"]
    assert REVISED in detail
    client.post(f"{enter()}/approve", headers=as_("legal_reviewer", "tang"))
    project(client)
    detail = client.post("/api/v1/cases", json=application, headers=clerk).json()["detail"]
    assert NEW in detail and "〔" not in detail


def test_nobody_approves_their_own_entry(client: TestClient, as_: Badges, enter):
    reply = client.post(f"{enter()}/approve", headers=as_("legal_reviewer", "wu"))
    assert (reply.status_code, reply.json()["rule"]) == (409, "decided_by_another")


def test_a_returned_entry_is_never_cited(client: TestClient, as_: Badges, enter):
    body = {"reason": "条号与公报不一致"}
    reply = client.post(f"{enter()}/return", json=body, headers=as_("legal_reviewer", "tang"))
    assert (reply.status_code, reply.json()["stage"]) == (200, "returned")
    project(client)
    assert f"依照{REVISED}公布" in shown(client, f"/catalogue/{ITEM.code}")


def test_of_two_approved_entries_the_later_approval_counts(client: TestClient, as_: Badges, enter):
    first, second = enter(), enter(article="第四十一条")
    for place in (second, first):
        client.post(f"{place}/approve", headers=as_("legal_reviewer", "tang"))
    project(client)
    assert f"依照{NEW}公布" in shown(client, f"/catalogue/{ITEM.code}")


def test_the_list_shows_every_entry_with_its_source(client: TestClient, as_: Badges, enter):
    enter()
    project(client)
    (line,) = client.get(ARTICLES, headers=as_("catalog_admin")).json()
    assert line | BODY == line
    assert (line["stage"], line["entered_by"]) == ("entered", "wu")


def test_only_the_permitted_roles_enter_approve_return_and_read(
    client: TestClient, as_: Badges, enter
):
    place = enter()
    size = log_size(client)
    for door, roles in WHO.items():
        method, address = door.split()
        url = address.replace("/api/v1/articles/{entry_id}", place)
        body = BODY if url == ARTICLES else {"reason": "x"} if url.endswith("return") else {}
        for role in denied(roles):
            sent = {"json": body} if method == "POST" else {}
            is_forbidden(client.request(method, url, headers=as_(role), **sent))
    assert log_size(client) == size


def test_a_decision_on_tolerance_rests_on_the_new_wording_once_it_is_approved(
    client: TestClient, as_: Badges, clock, enter
):
    place = enter(cites="tolerance", article="第九十条")
    client.post(f"{place}/approve", headers=as_("legal_reviewer", "tang"))
    project(client)
    door = Door(client, as_, clock)
    review = door.goes_on(door.begins(), 2)
    assert review["wording"] == "《河南省优化营商环境条例》第九十条（2026年3月1日起施行的文本）"
