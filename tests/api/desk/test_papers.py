"""The papers of a case as officers print them: recorded ones, and served documents as PDF."""

import re
from collections.abc import Iterator
from uuid import UUID

from httpx2 import Response
from starlette.testclient import TestClient

from domain.case.events import CommitmentMade, NoticeServed
from tests.api.conftest import (
    CITIZEN,
    COMPANY,
    MOVES,
    Badges,
    Walk,
    the_service,
)
from tests.api.desk.test_officers_pages import events_of, looks, said
from tests.infrastructure.letters.pdf_reader import text_of

PAGES = {"/desk/decisions": "decide", "/desk/visits": "inspect", "/desk/hearings": "hear"}


def papers(walk: Walk) -> Iterator[tuple[str, Response]]:
    for name in ("receipt", "letter"):
        address = f"/desk/cases/{walk.view['id']}/papers/{name}"
        yield name, looks(walk, address, "intake_clerk")


def test_the_papers_of_a_case_carry_its_number_and_the_hash_of_their_event(walk: Walk):
    walk.kind = "deferred_materials"
    walk.to("granted")
    service = the_service(walk.client)
    history = service.repository.history(UUID(walk.view["id"]))
    service.sealer.seal()
    leaves = {service.proofs.inclusion(each.position).leaf.hex() for each in history}
    shown = set()
    for name, page in papers(walk):
        assert page.status_code == 200, name
        assert walk.view["id"] in said(page)
        (leaf,) = re.findall(r"记录的散列（SHA-256）： ([0-9a-f]{64})", said(page))
        shown.add(leaf)
        assert COMPANY["name"] in said(page)
    assert len(shown) == 2
    assert shown < leaves
    case = looks(walk, f"/desk/cases/{walk.view['id']}", "intake_clerk").text
    assert re.findall(r"/papers/(\w+)", case) == ["receipt", "letter"]
    served = ["acceptance", "notice", "letter", *["deferral?copy="] * 2, "grant", "delivery"]
    assert re.findall(r"/documents/(\w+(?:\?copy=)?)", case) == served


def test_a_paper_says_what_was_recorded(walk: Walk):
    walk.kind = "deferred_materials"
    walk.to("granted")
    shown = {name: said(page) for name, page in papers(walk)}
    notice = next(each for each in events_of(walk) if isinstance(each, NoticeServed))
    made = next(each for each in events_of(walk) if isinstance(each, CommitmentMade))
    assert f"《{notice.deferred[0].name}》" in shown["letter"]
    assert made.letter.digest in shown["letter"]
    assert made.code in shown["letter"]
    assert "容缺" in shown["receipt"]


def test_a_served_document_is_printed_as_pdf_and_its_reading_noted(walk: Walk):
    walk.to("granted")
    address = f"/desk/cases/{walk.view['id']}/documents/grant"
    printed = looks(walk, address, "intake_clerk")
    assert printed.headers["Content-Type"] == "application/pdf"
    assert MOVES["granted"].says(walk)["document"]["number"] in text_of(printed.content)
    assert looks(walk, address.replace("grant", "x"), "intake_clerk").status_code == 404
    reads = f"/api/v1/audit/streams/{walk.view['id']}/reads"
    noted = walk.client.get(reads, headers=walk.as_("auditor")).json()["items"]
    assert "document" in [each["what"] for each in noted]


def test_a_paper_that_the_case_does_not_hold_is_not_found(walk: Walk):
    walk.to("opened")
    found = {name: page.status_code for name, page in papers(walk)}
    assert found == {"receipt": 200, "letter": 404}
    assert looks(walk, f"/desk/cases/{walk.view['id']}/papers/x", "auditor").status_code == 404


def test_a_natural_person_is_named_to_the_handling_office_only_and_it_is_noted(
    client: TestClient, as_: Badges
):
    walk = Walk(client, as_, applicant=dict(CITIZEN)).to("opened")
    address = f"/desk/cases/{walk.view['id']}/papers/receipt"
    assert CITIZEN["name"] in looks(walk, address, "intake_clerk").text
    assert CITIZEN["name"] not in looks(walk, address, "auditor").text
    reads = f"/api/v1/audit/streams/{walk.view['id']}/reads"
    noted = client.get(reads, headers=as_("auditor") | {"Accept": "application/json"}).json()
    assert "identity" in [each["what"] for each in noted["items"]]
