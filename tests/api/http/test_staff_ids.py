"""Ids of staff at the doors: a token in any spelling is one person, a look-alike gets no entry."""

from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from infrastructure.database.engine import writing
from infrastructure.database.schema import reads, sessions
from projections.read_model.tables import audit_trail
from tests.api.conftest import INSPECTORATE, MOVES, Badges, Walk, log_size, project, the_service
from tests.api.http.test_auth import bearing, is_unauthenticated, saying
from tests.given import DAY_1, MARKET_OFFICE
from tests.support.browser_client import Visitor

SPELLINGS = ["Wang", "wang", "Ｗang", "Wang\u200b", "wang ", "\u3000WANG", "\ufeffwa\u00adng"]
REFUSED = ["wаng", "ԝang", "wɑng", "wàng", "wang li", "\u200b", "wang\u2028", "Ꮃang", "wang" * 51]


def badge(as_: Badges, person: str, role: str, office: dict[str, str]) -> dict[str, str]:
    """The header with a token of an identity provider that spells the person so."""
    return bearing(saying(sub=person, role=role, department=office)(as_.tokens.key))


def inspects(walk: Walk, person: str) -> Response:
    body = MOVES["fulfilled"].says(walk)
    headers = badge(walk.as_, person, "inspector", INSPECTORATE.model_dump())
    return walk.post("inspect", body, **headers)


@pytest.fixture
def granted(walk: Walk) -> Walk:
    """A case that `Wang` has granted."""
    walk.to("committed")
    headers = badge(walk.as_, "Wang", "decision_officer", MARKET_OFFICE.model_dump())
    reply = walk.post("decide", MOVES["granted"].says(walk), **headers)
    assert reply.is_success, reply.text
    return walk


def test_the_decider_is_refused_the_inspection_under_every_spelling(granted: Walk, subtests):
    size = log_size(granted.client)
    for person in [*SPELLINGS, "w\u2060ang", "𝐖ang"]:
        with subtests.test(ascii(person)):
            reply = inspects(granted, person)
            assert reply.status_code == 409, reply.text
            assert reply.json()["rule"] == "decider_does_not_inspect"
    assert log_size(granted.client) == size
    assert inspects(granted, "wong").is_success


def test_a_token_for_an_id_that_may_print_like_another_is_refused(granted: Walk, subtests):
    size = log_size(granted.client)
    for person in REFUSED:
        with subtests.test(ascii(person[:20])):
            is_unauthenticated(inspects(granted, person))
    assert log_size(granted.client) == size


def test_an_id_is_recorded_and_shown_in_its_one_form(granted: Walk):
    project(granted.client)
    query = {"topic": "case/application-granted"}
    reply = granted.client.get("/api/v1/audit", params=query, headers=granted.as_("auditor"))
    assert [line["person"] for line in reply.json()["items"]] == ["wang"]


def test_the_name_of_a_department_is_read_like_every_other_text(client: TestClient, as_: Badges):
    office = {"code": MARKET_OFFICE.code, "name": "\u200b\u3164"}
    is_unauthenticated(client.get("/api/v1/audit", headers=badge(as_, "wang", "auditor", office)))
    office["name"] = "义马市\u200b市场监督管理局\ufeff"
    mine = badge(as_, "wang", "auditor", office)
    assert client.get("/api/v1/audit/reads", headers=mine).is_success
    lines = client.get("/api/v1/audit/reads", headers=as_("auditor")).json()["items"]
    assert {line["department"] for line in lines} == {MARKET_OFFICE.name}


# old spellings ----------------------------------------------------------------------------------


def test_the_trail_is_searched_by_person_in_old_and_new_spellings(granted: Walk, subtests):
    service, mine = the_service(granted.client), granted.as_("auditor")
    project(granted.client)
    with writing(service.engine).begin() as db:
        row = db.execute(select(audit_trail).where(audit_trail.c.person == "wang")).one()
        old = dict(row._mapping) | {"position": 90_001, "version": 90, "person": "Ｗang\u200b"}
        db.execute(insert(audit_trail).values(old))
    for typed in ("wang", "Wang", "Ｗang\u200b", "WANG ", "wa\u00adng"):
        with subtests.test(ascii(typed)):
            query = {"person": typed, "newest": "true"}
            reply = granted.client.get("/api/v1/audit", params=query, headers=mine)
            found = [line["position"] for line in reply.json()["items"]]
            assert found == [90_001, row.position]


def test_the_access_log_is_searched_by_person_in_old_and_new_spellings(
    client: TestClient, as_: Badges, subtests
):
    row = {
        **{"at": DAY_1, "role": "auditor", "department": "某局", "department_code": "x" * 18},
        **{"what": "state", "purpose": "审计监督", "request_id": UUID(int=7), "details": {}},
    }
    with writing(the_service(client).engine).begin() as db:
        for person in ("Wang", "wang", "ＷＡＮＧ", "wong"):
            db.execute(insert(reads).values(**row, person=person))
    for typed in ("wang", "Wang", "wang\u200b"):
        with subtests.test(ascii(typed)):
            query = {"person": typed, "limit": 2}
            first = client.get("/api/v1/audit/reads", params=query, headers=as_("auditor")).json()
            query["cursor"] = first["next"]
            second = client.get("/api/v1/audit/reads", params=query, headers=as_("auditor")).json()
            lines = first["items"] + second["items"]
            assert [line["person"] for line in lines] == ["ＷＡＮＧ", "wang", "Wang"]


def test_a_session_of_an_id_that_is_refused_today_has_ended(visitor: Visitor):
    visitor.sign_in()
    engine = the_service(visitor.client).engine
    with writing(engine).begin() as db:
        actor = db.scalar(select(sessions.c.actor)) | {"person": "wаng"}
        db.execute(sessions.update().values(actor=actor))
    assert not visitor.is_in
    with writing(engine).begin() as db:
        db.execute(sessions.update().values(actor=actor | {"person": "Ｗang"}))
    assert visitor.is_in
