"""The doors to served documents: who may have them, the same bytes, and the page that verifies."""

import re
from datetime import timedelta
from uuid import UUID

from starlette.testclient import TestClient

from domain.case.case import Case
from domain.documents.kinds import Copy
from infrastructure.database.engine import writing
from infrastructure.database.schema import vault
from projections.papers.tables import served_documents
from tests.api.conftest import (
    CITIZEN,
    COMPANY,
    ELSEWHERE,
    ITEM,
    Badges,
    Walk,
    log_size,
    project,
    the_service,
)
from tests.conftest import Clock
from tests.infrastructure.letters.pdf_reader import text_of

SERVED = ["acceptance", "notice", "letter", "deferral", "grant", "delivery"]


def listed(walk: Walk) -> list[dict[str, str]]:
    reply = walk.get("/documents")
    assert reply.status_code == 200, reply.text
    served: list[dict[str, str]] = reply.json()
    return served


def code_of(walk: Walk, kind: str) -> str:
    (address,) = (each["verify_at"] for each in listed(walk) if each["kind"] == kind)
    return address.rsplit("/", 1)[1]


def test_the_documents_of_a_case_are_listed_and_handed_out(walk: Walk, clock: Clock) -> None:
    walk.kind = "deferred_materials"
    walk.to("granted")
    documents = listed(walk)
    assert [each["kind"] for each in documents] == SERVED
    auditor = walk.as_("auditor")
    first = {d["kind"]: walk.client.get(d["href"], headers=auditor) for d in documents}
    clock.now += timedelta(days=1)
    walk.to("breached")
    for kind, reply in first.items():
        assert reply.headers["Content-Type"] == "application/pdf", reply.text
        assert COMPANY["name"] in text_of(reply.content), kind
        assert walk.get(f"/documents/{kind}").content == reply.content
    copies = [walk.get("/documents/deferral", copy=copy.value).content for copy in Copy]
    assert copies[0] == first["deferral"].content != copies[1]
    assert walk.get("/documents/refusal").status_code == 404
    assert walk.get("/documents/menu").status_code == 422


def test_another_office_gets_none_and_every_reading_is_noted(walk: Walk) -> None:
    walk.to("notified")
    foreign = walk.as_("intake_clerk", "elsewhere", ELSEWHERE)
    for address in ("/documents", "/documents/notice"):
        assert walk.client.get(walk.url + address, headers=foreign).status_code == 403
        assert walk.client.get(walk.url + address).status_code == 401
    assert walk.get("/documents/notice", "intake_clerk").status_code == 200
    reads = f"/api/v1/audit/streams/{walk.view['id']}/reads"
    noted = walk.client.get(reads, headers=walk.as_("auditor")).json()["items"]
    assert "document" in [each["what"] for each in noted]


def test_a_persons_document_is_for_those_who_may_know_who_it_is(
    client: TestClient, as_: Badges
) -> None:
    walk = Walk(client, as_, applicant=dict(CITIZEN)).to("notified")
    service, case_id = the_service(client), UUID(walk.view["id"])
    handed = walk.get("/documents/notice", "intake_clerk")
    assert CITIZEN["name"] in text_of(handed.content)
    assert "自然人的承诺书不向社会公开" in text_of(handed.content)
    assert walk.get("/documents/notice", "auditor").status_code == 403
    reads = f"/api/v1/audit/streams/{case_id}/reads"
    noted = walk.client.get(reads, headers=as_("auditor")).json()["items"]
    assert "identity" in [each["what"] for each in noted]
    stored = repr(service.repository.events(case_id))
    assert CITIZEN["name"] not in stored
    case = service.repository.get(Case, case_id)
    assert service.repository.vault.salt_of(case.applicant.ref, case_id) not in stored
    with writing(service.engine).begin() as db:
        db.execute(vault.update().values(wrapped_key=None))
    assert walk.get("/documents/notice", "intake_clerk").status_code == 404
    assert walk.attempt("declined").is_success, "the case goes on without its papers"


# the page that verifies -------------------------------------------------------------------------


def test_a_paper_is_verified_without_telling_anything_of_it(walk: Walk) -> None:
    walk.to("notified")
    project(walk.client)
    address = f"/verify/{code_of(walk, 'notice')}"
    service = the_service(walk.client)
    service.sealer.seal()
    page = walk.client.get(address)
    assert page.status_code == 200
    assert "这份文书有效" in page.text
    position = service.repository.history(UUID(walk.view["id"]))[-1].position
    proof = service.proofs.inclusion(position)
    assert proof.leaf.hex() in page.text
    assert all(each.hex() in page.text for each in proof.path)
    assert page.headers["Cache-Control"] == "no-store"
    digest = walk.view["notice"]["digest"]
    for told in (COMPANY["name"], COMPANY["code"], ITEM.name, ITEM.code, walk.view["id"], digest):
        assert told not in page.text
    assert "告知书" not in page.text
    with writing(service.engine).begin() as db:
        db.execute(served_documents.update().values(position=log_size(walk.client) + 1))
    assert "正在封存" in walk.client.get(address).text, "what is not sealed yet has no proof"


def test_a_paper_of_a_withdrawn_promise_is_void_and_an_unknown_code_says_what_to_do(
    walk: Walk,
) -> None:
    walk.to("committed")
    code = code_of(walk, "notice")
    walk.to("withdrawn")
    project(walk.client)
    assert "这份文书已失效" in walk.client.get(f"/verify/{code.lower()}").text
    assert "这份文书有效" in walk.client.get(f"/verify/{code_of(walk, 'diversion')}").text
    for unknown in ("A" * 32, "x", code[:-1], f"{code}A"):
        page = walk.client.get(f"/verify/{unknown}")
        assert page.status_code == 404
        assert "到纸上写明的办理单位核对" in page.text


def test_the_address_on_the_paper_is_that_of_the_page(walk: Walk) -> None:
    walk.to("notified")
    printed = text_of(walk.get("/documents/notice").content)
    assert set(re.findall(r"/verify/([A-Z2-7]{32})", printed)) == {code_of(walk, "notice")}
