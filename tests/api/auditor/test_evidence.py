"""The evidence page: the sealed log, its public keys, and the last verification."""

import re
from html import unescape
from io import StringIO
from uuid import UUID

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from application.access.permissions import Role
from infrastructure.database.engine import writing
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.database.schema import reads as table_of_reads
from infrastructure.evidence.bundle_check import check
from infrastructure.settings import Settings
from tests.api.conftest import Badges, Walk, furnish, log_size, served, the_service
from tests.conftest import Clock
from tests.evidence.test_cosigning import NEIGHBOUR, STRANGER
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
    assert f"日志第 {service.repository.recorder.max_notification_id()} 号" in page
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


def test_a_place_in_the_log_leads_to_its_event(auditor: Visitor, walk: Walk):
    position = log_size(auditor.client)
    for typed in (str(position), f"日志第 {position} 号"):
        page = auditor.client.get(PAGE, params={"find": typed}).text
        assert f'href="/audit/streams/{walk.view["id"]}/5"' in page


def test_the_sha256_of_a_paper_leads_to_the_events_that_state_it(auditor: Visitor, walk: Walk):
    history = the_service(auditor.client).repository.history(UUID(walk.view["id"]))
    (_, digest), *_ = history[2].event.documents_shown
    page = auditor.client.get(PAGE, params={"find": f"SHA-256 {digest.upper()}"}).text
    assert f'href="/audit/streams/{walk.view["id"]}/3"' in page
    assert f'href="/audit/streams/{walk.view["id"]}/1"' not in page
    page = auditor.client.get(PAGE, params={"find": "0" * 64}).text
    assert "日志里没有" in page
    with the_service(auditor.client).engine.connect() as db:
        searched = db.execute(select(table_of_reads).where(table_of_reads.c.what == "search")).all()
    assert len(searched) == 2


def test_what_is_neither_a_number_nor_a_digest_is_told_at_the_field(auditor: Visitor):
    reply = auditor.client.get(PAGE, params={"find": "甲"})
    assert reply.status_code == 422
    assert "应为日志号" in reply.text and 'aria-describedby="find-wrong"' in reply.text
    assert "退出" in reply.text and 'value="甲"' in reply.text


def test_the_evidence_page_shows_what_each_witness_signed_last(
    settings: Settings, clock: Clock, as_: Badges, logs: StringIO
):
    keys = (NEIGHBOUR.verifier, STRANGER.verifier)
    witnessed = settings.model_copy(update={"witnesses": keys})
    with TestClient(served(witnessed, clock, logs)) as client:
        furnish(the_service(client))
        service = the_service(client)
        service.sealer.seal()
        size = log_size(client)
        service.cosigning.add(size, NEIGHBOUR.line(service.proofs.checkpoint()))
        visitor = Visitor(client, as_)
        visitor.sign_in()
        page = visitor.looks(PAGE).text
    signed, silent = (
        page.partition(f">{each.name}<")[2].partition("</tr>")[0] for each in (NEIGHBOUR, STRANGER)
    )
    assert f"日志第 {size} 号" in signed and "<time" in signed
    assert "还没有签过" in silent


def test_the_evidence_page_is_for_auditors_alone(visitor: Visitor):
    assert visitor.looks(PAGE).headers["location"].startswith("/sign-in")
    visitor.sign_in(visitor.token(Role.OPERATOR))
    assert visitor.looks(PAGE).status_code == 403
