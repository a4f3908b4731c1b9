"""The pages beside a stream's story: one event, two moments compared, a bundle opened."""

import re
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select, update

from application.access.permissions import Role
from infrastructure.database.engine import writing
from infrastructure.database.schema import events, reads
from infrastructure.evidence.bundle_check import packed
from tests.api.conftest import Walk, the_service, way_to
from tests.api.http.test_doors import denied
from tests.conftest import Clock
from tests.support.browser_client import OURS, Visitor
from tests.support.service_driver import unguarded

BUNDLE = "/audit/bundle"


@pytest.fixture
def auditor(visitor: Visitor, walk: Walk, clock: Clock) -> Visitor:
    """An auditor who is signed in; there is a sanctioned case, and the whole log is sealed."""
    for step in way_to("penalized"):
        walk.to(step)
        clock.go_on(minutes=30)
    the_service(visitor.client).sealer.seal()
    visitor.sign_in()
    return visitor


@pytest.fixture
def address(walk: Walk, auditor: Visitor) -> str:
    return f"/audit/streams/{walk.view['id']}"


def words(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


# one event


def test_an_event_shows_who_when_why_its_place_in_the_log_and_its_proof(
    auditor: Visitor, address: str
):
    text = words(auditor.looks(f"{address}/11").text)
    for word in (
        "第 11 步：失信惩戒",
        "审批决定（decision_officer-01）依据行政处罚决定书（义市监罚〔2026〕31号）实施信用惩戒",
        "失信惩戒 penalize/impose",
        "日志第 17 号",
        "通过：这一步在签了名的日志之中，内容未改",
        "履行状态 全部未履行",
        "所处阶段 变更 整改未果 已惩戒",
    ):
        assert word in text, word


def test_an_event_that_was_altered_in_the_database_is_shown_as_not_proved(
    auditor: Visitor, address: str
):
    engine = the_service(auditor.client).engine
    unguarded(engine)
    with writing(engine).begin() as db:
        text = db.scalar(select(events.c.data).where(events.c.position == 17))
        another = text.replace("31号", "32号")
        assert another != text
        db.execute(update(events).where(events.c.position == 17).values(data=another))
    assert "不符：事件的内容与签了名的检查点不符" in words(auditor.looks(f"{address}/11").text)
    assert "通过" in words(auditor.looks(f"{address}/10").text)


def test_the_data_of_an_event_are_those_of_the_api(auditor: Visitor, address: str, walk: Walk):
    history = walk.client.get(f"/api/v1{address}/history", headers=walk.as_(Role.AUDITOR)).json()
    assert auditor.looks(f"{address}/4.json").json() == history[3]


def test_the_story_leads_to_every_event(auditor: Visitor, address: str):
    page = auditor.looks(address).text
    assert all(f'href="{address}/{n}"' in page for n in range(1, 12))


@pytest.mark.parametrize("n", ["0", "12", "abc"])
def test_an_event_that_never_was_is_refused_in_the_office(auditor: Visitor, address: str, n: str):
    reply = auditor.looks(f"{address}/{n}")
    assert reply.status_code == 404
    if n != "abc":
        assert "退出" in reply.text and f"没有第 {n} 步" in reply.text


@pytest.mark.parametrize("end", ["/3", "/3.json", "/compare", "?from=3&to=7"])
def test_these_pages_are_for_auditors_and_each_view_is_noted_once(
    auditor: Visitor, address: str, end: str
):
    auditor.client.follow_redirects = True
    before = noted(auditor)
    assert auditor.looks(address + end).status_code == 200
    assert noted(auditor) == before + 1
    auditor.client.follow_redirects = False
    for role in denied("auditor"):
        auditor.sign_in(auditor.token(role))
        assert auditor.looks(address + end).status_code == 403, role


def noted(visitor: Visitor) -> int:
    with the_service(visitor.client).engine.connect() as db:
        return db.scalar(select(func.count()).select_from(reads)) or 0


# two moments compared


def test_a_comparison_shows_what_the_difference_of_the_api_shows(
    auditor: Visitor, address: str, walk: Walk
):
    span = {"from": 3, "to": 7}
    headers = walk.as_(Role.AUDITOR)
    difference = walk.client.get(f"/api/v1{address}/diff", params=span, headers=headers).json()
    page = auditor.client.get(f"{address}/compare", params=span).text
    rows = re.findall(r'<th scope="row">([^<]+)<', page)
    assert [unescape(each) for each in rows] == [each["label"] for each in difference["changes"]]
    assert "所处阶段 变更 已告知 整改中" in words(page)
    assert len(rows) > 5


def test_the_moments_of_a_comparison_may_be_times(auditor: Visitor, address: str):
    span = {"from": "2026年9月28日 11:40", "to": "11"}
    text = words(auditor.client.get(f"{address}/compare", params=span).text)
    assert "第 6 步与第 11 步的不同" in text


@pytest.mark.parametrize(
    ("span", "status", "said"),
    [
        ({"from": "3", "to": "99"}, 404, "还没有第99步"),
        ({"from": "gestern", "to": "7"}, 422, "应为时刻"),
        ({"from": "2020-01-01", "to": "7"}, 404, "当时还没有"),
    ],
)
def test_a_moment_that_cannot_be_compared_is_told_at_its_field_and_the_form_is_kept(
    auditor: Visitor, address: str, span: dict[str, str], status: int, said: str
):
    reply = auditor.client.get(f"{address}/compare", params=span)
    assert reply.status_code == status
    assert said in reply.text and "退出" in reply.text and "有 1 处需要改正" in reply.text
    assert all(f'value="{typed}"' in reply.text for typed in span.values())


# a bundle opened


@pytest.fixture
def bundle(auditor: Visitor, address: str) -> bytes:
    return auditor.looks(f"{address}/bundle").content


def opens(visitor: Visitor, archive: bytes):
    return visitor.client.post(BUNDLE, files={"bundle": ("案卷.zip", archive)}, headers=OURS)


def test_a_bundle_is_opened_as_a_case_with_its_verdict_and_nothing_is_stored(
    auditor: Visitor, bundle: bytes
):
    before = noted(auditor)
    reply = opens(auditor, bundle)
    text = words(reply.text)
    assert reply.status_code == 200
    assert "核验通过" in text and "的11个事件都在日志" in text
    assert text.count("日志第 ") == 11 and "实施信用惩戒" in text
    assert noted(auditor) == before


@pytest.mark.parametrize(
    "name", ["MANIFEST", "checkpoint.txt", "events.json", "history.json", "history.pdf"]
)
def test_one_altered_byte_is_said_and_in_which_file(auditor: Visitor, bundle: bytes, name: str):
    altered = bytearray(bundle)
    altered[place_of(bundle, name) + 60] ^= 1
    reply = opens(auditor, bytes(altered))
    text = words(reply.text)
    assert reply.status_code == 200
    assert "不通过" in text and "核验通过" not in text
    flaws = text.partition("哪里不对")[2].partition("包里的")[0]
    assert f" {name}" in flaws and "压缩包的结构" not in flaws
    assert "不可采信" in text


def place_of(archive: bytes, name: str) -> int:
    """Returns where the content of a file begins in a bundle."""
    with ZipFile(BytesIO(archive)) as bundle:
        return bundle.getinfo(name).header_offset + 30 + len(name)


def test_every_altered_byte_around_the_files_is_found_with_its_place(
    auditor: Visitor, bundle: bytes
):
    """The time in the header of the first file: no file is altered by it."""
    altered = bytearray(bundle)
    altered[10] ^= 1
    text = words(opens(auditor, bytes(altered)).text)
    assert "不通过" in text and "压缩包的结构：从第 11 个字节起" in text


def test_an_altered_step_is_named(auditor: Visitor, bundle: bytes):
    events_at = bundle.index(b'"position": 16')
    altered = bytearray(bundle)
    altered[events_at + len('"position": 1')] = ord("5")
    flaws = words(opens(auditor, bytes(altered)).text).partition("哪里不对")[2]
    assert "events.json：内容被改动过" in flaws and "events.json：第 10 步与日志不符" in flaws


@pytest.mark.parametrize(
    "sent", [b"", b"not a zip", packed({"a.txt": b"1"})], ids=["empty", "text", "another zip"]
)
def test_a_file_that_is_no_bundle_is_told_at_the_field(auditor: Visitor, sent: bytes):
    reply = opens(auditor, sent)
    assert reply.status_code == 422
    assert "这不是本系统的证据包" in reply.text and 'aria-describedby="bundle-wrong"' in reply.text
    assert "退出" in reply.text


def test_a_form_without_a_file_and_a_file_that_is_too_large_are_told_on_the_page(auditor: Visitor):
    for without in ({"data": {"bundle": "x"}}, {"files": {"other": ("a.zip", b"1")}}):
        reply = auditor.client.post(BUNDLE, headers=OURS, **without)
        assert reply.status_code == 422 and "请选择一个证据包文件" in reply.text
    most = the_service(auditor.client).settings.max_upload_bytes
    reply = opens(auditor, bytes(most + 1))
    assert reply.status_code == 413
    assert f"网页最大接受 {most // 1024} KB" in reply.text and "退出" in reply.text
