"""What may be asked for, and what a promise stands in for, over HTTP (F12, F15)."""

from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from application.access.permissions import Role
from domain.catalogue.terms import Disposition
from tests import stories as s
from tests.api.conftest import CASES, ELSEWHERE, ITEM, PAPER, Badges, Walk, project
from tests.infrastructure.letters.pdf_reader import text_of

ALL_BUT_HEALTH = ["M-01", "M-03"]
PAPERS = ("notice", "letter")


def marks_the_health_certificate(client: TestClient, as_: Badges, **marks: Any) -> None:
    """The keeper of the list says more of M-02."""
    materials = (s.FORM, s.HEALTH.model_copy(update=marks), s.PLAN)
    terms = s.TERMS.model_copy(update={"materials": materials}).model_dump(mode="json")
    keeper = as_(Role.CATALOG_ADMIN, department=ELSEWHERE)
    address = f"/api/v1/catalogue/{ITEM.code}/revise"
    reply = client.post(address, json={"terms": terms}, headers=keeper)
    assert reply.is_success, reply.text


def opened(walk: Walk, submitted: list[str]) -> Response:
    body = walk.application | {"submitted": submitted}
    return walk.client.post(CASES, json=body, headers=walk.as_(Role.INTAKE_CLERK))


def refused_by(reply: Response) -> str:
    assert reply.status_code == 409, reply.text
    return str(reply.json()["rule"])


def test_a_promise_lacks_only_what_the_list_lets_it_replace_and_the_papers_name_it(
    client: TestClient, as_: Badges, walk: Walk
) -> None:
    assert refused_by(opened(walk, ALL_BUT_HEALTH)) == "promise_replaces_what_is_missing"
    marks_the_health_certificate(client, as_, replaced_by_promise=True)
    reply = opened(walk, ALL_BUT_HEALTH)
    assert reply.status_code == 201, reply.text
    walk.at, walk.view = "opened", reply.json()
    walk.to("granted")
    notice, letter = (text_of(walk.get(f"/documents/{kind}").content) for kind in PAPERS)
    assert f"{s.HEALTH.name}（次要材料）：未收，由承诺替代" in notice
    assert f"以本承诺替代《{s.HEALTH.name}》，所证明的情况属实。" in letter


def test_what_was_cancelled_is_not_taken_and_the_public_reads_why(
    client: TestClient, as_: Badges, walk: Walk
) -> None:
    marks_the_health_certificate(client, as_, disposition=Disposition.CANCELLED)
    assert refused_by(opened(walk, list(s.ALL_IN))) == "only_what_may_be_asked_is_taken"
    assert opened(walk, ALL_BUT_HEALTH).status_code == 201
    project(client)
    assert "已取消，不需要提交" in client.get(f"/catalogue/{ITEM.code}").text


def test_nothing_is_refused_while_a_material_awaits_its_review_or_without_a_ground(
    walk: Walk,
) -> None:
    walk.kind = "deferred_materials"
    walk.to("committed")
    supplied = {"material": "M-02", "digest": PAPER}
    assert walk.post("supply", supplied, **walk.as_(Role.INTAKE_CLERK)).is_success
    assert refused_by(walk.attempt("refused")) == "nothing_awaits_review"
    document = {"number": "1", "kind": "other", "title": "不予许可"}
    no_ground = {"outcome": "refuse", "document": document, "reason": "因为"}
    reply = walk.post("decide", no_ground, **walk.as_(Role.DECISION_OFFICER))
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid-request")
