"""短信告知: the consent is on record, the number stands in the vault alone, its key can go."""

from typing import Any

import pytest
from sqlalchemy import select

from infrastructure.database.schema import vault
from tests.api.conftest import CITIZEN, REACHED, Walk, project, the_service
from tests.api.desk.form_client import hidden
from tests.api.site.test_own_case import Door, said
from tests.support.browser_client import OURS, Visitor
from tests.support.service_driver import everything

CLERK = "intake_clerk"


@pytest.fixture
def door(visitor: Visitor, walk: Walk) -> Door:
    return Door(visitor, walk)


def agrees(walk: Walk, **other: Any) -> Any:
    body = {"outcome": "agree"} | REACHED | other
    return walk.post("contact", body, **walk.as_(CLERK))


def contact(walk: Walk, role: str = CLERK) -> Any:
    return walk.get("/contact", role=role)


def traces(walk: Walk) -> list[str]:
    """What identifies the contact, as far as it stands in any table in the clear."""
    rows = [row for table in everything(the_service(walk.client).engine).values() for row in table]
    told = "\n".join(rows)
    return [
        each for each in (REACHED["contact_name"], REACHED["phone"], "13900139000") if each in told
    ]


def test_a_consent_is_recorded_without_the_number(walk: Walk):
    walk.to("opened")
    reply = agrees(walk, phone="+86 138-0013-8000")
    assert (reply.status_code, reply.json()["messages"]) == (200, "agreed")
    assert REACHED["phone"] not in reply.text
    assert contact(walk).json() == {"name": "示例联系人", "phone": "13800138000"}
    history = walk.get("/history")
    assert history.json()[-1]["sentence"].endswith("申请人同意短信告知，手机号码只存入个人信息库")
    assert REACHED["contact_name"] not in history.text
    project(walk.client)
    assert traces(walk) == []
    reads = walk.client.get("/api/v1/audit/reads", headers=walk.as_("auditor")).json()["items"]
    assert [each["purpose"] for each in reads if each["what"] == "identity"] == ["告知办理进展"]


def test_a_number_is_kept_with_consent_only_and_never_repeated(walk: Walk):
    walk.to("opened")
    for other, told in (
        ({"consents": False}, "没有本人同意"),
        ({"phone": "0398-5832345"}, "应为11位手机号码"),
        ({"phone": "1380013800"}, "应为11位手机号码"),
        ({"contact_name": "张某13800138000"}, "手机号码"),
    ):
        reply = agrees(walk, **other)
        assert (reply.status_code, told in reply.text) == (422, True), reply.text
        assert "138001380" not in reply.text
    assert contact(walk).status_code == 404
    assert contact(walk, "auditor").status_code == 403


def test_a_withdrawn_consent_destroys_the_key(walk: Walk):
    walk.to("opened")
    withdraw = {"outcome": "withdraw"}
    refused = walk.post("contact", withdraw, **walk.as_(CLERK))
    assert (refused.status_code, refused.json()["rule"]) == (409, "stage")
    agrees(walk)
    agrees(walk, phone="13900139000")
    assert contact(walk).json()["phone"] == "13900139000"
    assert walk.post("contact", withdraw, **walk.as_(CLERK)).json()["messages"] == "withdrawn"
    assert contact(walk).status_code == 404
    with the_service(walk.client).engine.connect() as db:
        keys = db.scalars(select(vault.c.wrapped_key)).all()
    assert keys == [None, None]
    assert agrees(walk).json()["messages"] == "agreed"


def test_an_applicant_agrees_and_withdraws_at_their_own_door(door: Door):
    door.walk.applicant = dict(CITIZEN)
    door.walk.to("opened")
    assert "没有约定短信告知" in said(door.opens())
    for step in ("do", "check"):  # the proof is asked for before anything is recorded
        asked = acts(door, "messages", step, **TYPED)
        assert (asked.status_code, "最后四位" in said(asked.text)) == (200, True)
    assert acts(door, "messages", "do", **TYPED, last_four="0000").status_code == 422
    proof = CITIZEN["id_number"][-4:]
    assert acts(door, "messages", "do", **TYPED, last_four=proof).status_code == 303
    page = door.client.get("/mine/case").text
    assert "同意短信告知" in said(page)
    assert REACHED["phone"] not in page
    assert contact(door.walk).json()["phone"] == REACHED["phone"]
    assert acts(door, "no-messages", "do", last_four=proof).status_code == 303
    assert "已撤回同意" in said(door.client.get("/mine/case").text)
    steps = door.walk.get("/history").json()[-2:]
    assert {each["channel"] for each in steps} == {"online"}
    project(door.client)
    assert traces(door.walk) == []


TYPED = {"contact_name": REACHED["contact_name"], "phone": REACHED["phone"], "consents": "true"}


def acts(door: Door, act: str, step: str, **typed: str) -> Any:
    page = door.client.get(f"/mine/case/{act}")
    outcome = "withdraw" if act == "no-messages" else "agree"
    fields = hidden(page.text, f"contact-{outcome}") | {k: [v] for k, v in typed.items()}
    return door.client.post(f"/mine/case/{act}", data=fields | {"step": [step]}, headers=OURS)
