"""A notice that was wrong is served again; what was signed on the one before is worth nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from application.access.permissions import Role
from infrastructure.database.markers import DEMO, set_mark
from tests.api.applications.test_documents import code_of, listed
from tests.api.applications.test_signing import Signatory
from tests.api.conftest import Walk, log_size, project, the_service
from tests.infrastructure.letters.pdf_reader import text_of

FAULT = "补交期限告知有误"


@pytest.fixture
def signatory(client: TestClient, walk: Walk) -> Iterator[Signatory]:
    service = the_service(client)
    set_mark(service.engine, DEMO, service.clock())  # only then a test authority is trusted
    return Signatory(walk, Path(service.settings.trust_folder))


def told_again(walk: Walk) -> Response:
    reply = walk.post("renotify", {"reason": FAULT}, **walk.as_(Role.INTAKE_CLERK))
    walk.view = reply.json() if reply.is_success else walk.view
    return reply


def test_an_unused_signature_ends_with_the_notice_it_was_made_on(signatory: Signatory) -> None:
    walk = signatory.walk
    signed, earlier = signatory.signed(), walk.view["notice"]["digest"]
    assert told_again(walk).status_code == 200
    assert walk.view["notice"]["digest"] != earlier
    size = log_size(walk.client)
    refused = signatory.hands_in(signed)
    assert (refused.status_code, refused.json()["rule"]) == (409, "letter_is_as_served")
    stale = signatory.hands_in(signed, notice_digest=earlier, attested=True)
    assert (stale.status_code, stale.json()["rule"]) == (409, "letter_cites_the_notice")
    assert log_size(walk.client) == size
    signatory.served = signatory.letter_of(walk)
    assert signatory.hands_in(signatory.signed()).status_code == 200


def test_the_papers_in_hand_say_that_they_are_replaced_and_the_new_ones_why(walk: Walk) -> None:
    walk.to("notified")
    old = {kind: code_of(walk, kind) for kind in ("notice", "letter")}
    assert told_again(walk).status_code == 200
    project(walk.client)
    for kind, code in old.items():
        assert code_of(walk, kind) != code
        assert "已被新的文书替换" in walk.client.get(f"/verify/{code}").text
        assert "有效" in walk.client.get(f"/verify/{code_of(walk, kind)}").text
    assert [each["kind"] for each in listed(walk)] == ["acceptance", "notice", "letter"]
    paper = text_of(walk.get("/documents/notice").content)
    assert FAULT in paper
    assert "须在新的上面重新签署" in paper
    *_, again = walk.get("/history").json()
    assert f"更正告知书（{FAULT}），原告知书和原承诺书作废" in again["sentence"]


def test_a_notice_is_corrected_from_when_it_was_served_until_the_promise(walk: Walk) -> None:
    early = told_again(walk.to("cleared"))
    assert (early.status_code, "信用良好" in early.json()["detail"]) == (409, True)
    assert told_again(walk.to("notified")).status_code == 200
    late = told_again(walk.to("committed"))
    assert (late.status_code, "已承诺" in late.json()["detail"]) == (409, True)
