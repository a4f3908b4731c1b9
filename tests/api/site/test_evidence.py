"""The evidence page: the sealed log, its public keys, and the last verification."""

import re
from html import unescape

import pytest
from sqlalchemy import update

from application.access.permissions import Role
from infrastructure.database.engine import writing
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.evidence.bundle_check import check
from tests.api.conftest import Walk, the_service
from tests.support.browser_client import OURS, Visitor
from tests.support.service_driver import unguarded

PAGE = "/audit/evidence"


@pytest.fixture
def auditor(visitor: Visitor, walk: Walk) -> Visitor:
    """An auditor who is signed in; there is a granted case, and the whole log is sealed."""
    walk.to("granted")
    the_service(visitor.client).sealer.seal()
    visitor.sign_in()
    return visitor


def test_the_evidence_page_shows_how_far_the_log_is_sealed_and_by_whom(auditor: Visitor):
    service = the_service(auditor.client)
    page = auditor.looks(PAGE).text
    assert f"第{service.repository.recorder.max_notification_id()}个" in page
    assert service.proofs.checkpoint() in unescape(page)
    assert "还没有核验过" in page
    assert ">一致<" in page


def test_the_log_is_verified_when_an_auditor_asks_for_it(auditor: Visitor):
    assert auditor.client.post(PAGE, headers=OURS).headers["location"] == f"{PAGE}#verified"
    assert ">通过<" in auditor.looks(PAGE).text


def test_the_evidence_page_shows_a_checkpoint_that_contradicts_the_tree(auditor: Visitor):
    engine = the_service(auditor.client).engine
    unguarded(engine)
    with writing(engine).begin() as db:
        db.execute(update(checkpoints).values(root=bytes(32)))
    assert "不一致，请立即核验" in auditor.looks(PAGE).text
    auditor.client.post(PAGE, headers=OURS)
    assert re.search("检查点.*(被换过|不一致)", auditor.looks(PAGE).text.rpartition("结果")[2])


def test_a_bundle_is_downloaded_from_the_page_of_a_stream(auditor: Visitor, walk: Walk):
    place = f"/audit/streams/{walk.view['id']}"
    assert f'href="{place}/bundle"' in auditor.looks(place).text
    reply = auditor.looks(f"{place}/bundle")
    assert reply.headers["Cache-Control"] == "no-store"
    assert check(reply.content, the_service(auditor.client).log_keys).startswith("核验通过")


def test_the_evidence_page_is_for_auditors_alone(visitor: Visitor):
    assert visitor.looks(PAGE).headers["location"].startswith("/sign-in")
    visitor.sign_in(visitor.token(Role.OPERATOR))
    assert visitor.looks(PAGE).status_code == 403
