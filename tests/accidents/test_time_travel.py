"""Time travel: what is shown beside an event finds it again, in every form in which it is shown."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from api.http.parameters.moments import HOW, HOW_LOCAL, instant, local_moment
from domain.kernel.aggregate import Event
from domain.values.workdays import SHANGHAI, in_chinese, minute_in_chinese
from tests.api.conftest import CITIZEN, Badges, Walk, the_service, way_to
from tests.conftest import Clock
from tests.support.browser_client import Visitor
from tests.support.review_client import Door

STREAMS = "/api/v1/audit/streams"
MINUTE, SECOND, MILLISECOND = timedelta(minutes=1), timedelta(seconds=1), timedelta(milliseconds=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def hurried(walk: Walk, clock: Clock) -> Walk:
    """A granted case of one minute: its five events are 11.1234 seconds apart."""
    for step in way_to("granted"):
        walk.to(step)
        clock.now += timedelta(seconds=11, microseconds=123_400)
    clock.go_on(minutes=10)
    return walk


def events_of(walk: Walk) -> list[Event]:
    service = the_service(walk.client)
    return service.repository.events(UUID(walk.view["id"]))


def version_at(events: list[Event], end: datetime) -> int:
    return sum(each.timestamp <= end for each in events)


def forms(at: datetime) -> Iterator[tuple[str, datetime]]:
    """Every form with a zone in which an instant is printed, and the end that it means."""
    for zone in (UTC, SHANGHAI):
        local = at.astimezone(zone)
        minute, second = local.replace(second=0, microsecond=0), local.replace(microsecond=0)
        thousandth = local.replace(microsecond=local.microsecond // 1000 * 1000)
        yield local.isoformat(), local
        yield local.isoformat(timespec="milliseconds"), thousandth + MILLISECOND - TICK
        yield local.isoformat(timespec="seconds"), second + SECOND - TICK
        yield local.isoformat(timespec="minutes"), minute + MINUTE - TICK


def local_forms(at: datetime) -> Iterator[tuple[str, datetime]]:
    """The forms without a zone: of pages, of the CSV and XLSX files, of a date in a sentence."""
    local = at.astimezone(SHANGHAI)
    minute = local.replace(second=0, microsecond=0)
    for text in (minute_in_chinese(at), f"{local:%Y-%m-%dT%H:%M}", f"{local:%Y-%m-%d %H:%M}"):
        yield text, minute + MINUTE - TICK
    yield f"{local:%Y-%m-%d %H:%M:%S}", local.replace(microsecond=0) + SECOND - TICK
    day = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - TICK
    yield in_chinese(local.date()), day
    yield f"{local:%Y-%m-%d}", day


# every precision --------------------------------------------------------------------------------


def test_a_moment_shown_beside_an_event_finds_it_at_every_door_of_the_api(hurried: Walk):
    events, get = events_of(hurried), hurried.client.get
    badge, stream = hurried.as_("auditor"), f"{STREAMS}/{hurried.view['id']}"
    assert len(events) == 5
    for event in events:
        for text, end in forms(event.timestamp):
            version = version_at(events, end)
            assert version >= event.originator_version
            shown = {
                "case": get(hurried.url, params={"at": text}, headers=badge).json()["version"],
                "stream": get(stream, params={"at": text}, headers=badge).json()["version"],
                "actions": get(f"{stream}/actions", params={"at": text}, headers=badge).json()[
                    "version"
                ],
            }
            for door in (hurried.url, stream):
                span = {"from": "1", "to": text}
                difference = get(f"{door}/diff", params=span, headers=badge).json()
                shown[f"{door} diff"] = difference["to_version"]
            assert set(shown.values()) == {version}, (text, shown)


def test_a_moment_copied_from_a_page_or_a_file_finds_the_event_on_the_page(
    hurried: Walk, visitor: Visitor
):
    events = events_of(hurried)
    visitor.sign_in()
    for event in (events[0], events[3]):
        for text, end in (*local_forms(event.timestamp), *forms(event.timestamp)):
            page = visitor.client.get(
                f"/audit/streams/{hurried.view['id']}", params={"at": text}
            ).text
            nth, title = version_at(events, end), 'id="then-title">'
            then = (f"{title}第 {nth} 步时的情况", f"{title}现在（第 {nth} 步）")
            assert any(words in page for words in then), text


def test_the_page_accepts_each_moment_that_it_prints(hurried: Walk, visitor: Visitor):
    visitor.sign_in()
    address = f"/audit/streams/{hurried.view['id']}"
    page = visitor.looks(address).text
    printed = set(re.findall(r">(\d{4}年\d+月\d+日 \d\d:\d\d)</time>", unescape(page)))
    assert len(printed) >= 2
    for text in printed:
        assert visitor.client.get(address, params={"at": text}).status_code == 200, text
    for text in set(re.findall(r'<time datetime="([^"]+)"', unescape(page))):
        assert visitor.client.get(address, params={"at": text}).status_code == 200, text


def test_a_moment_printed_of_a_review_finds_its_version(
    client: TestClient, as_: Badges, clock: Clock
):
    door = Door(client, as_, clock)
    place = door.begins()
    view = door.get(place, "auditor").json()
    clock.go_on(minutes=5)
    for text, _ in forms(datetime.fromisoformat(view["updated_at"])):
        reply = client.get(place, params={"at": text}, headers=as_("auditor"))
        assert reply.json()["version"] == view["version"], text


def test_a_plus_that_the_address_has_lost_is_still_a_zone(hurried: Walk):
    at = events_of(hurried)[1].timestamp.astimezone(SHANGHAI).isoformat()
    reply = hurried.client.get(f"{hurried.url}?at={at}", headers=hurried.as_("auditor"))
    assert "+" in at and reply.json()["version"] == 2


@pytest.mark.parametrize(
    ("text", "begins", "lasts"),
    [
        ("2026-11-26T22:24:44.1Z", "2026-11-26T22:24:44.100000+00:00", timedelta(seconds=0.1)),
        ("2026-11-26t22:24:44.123456z", "2026-11-26T22:24:44.123456+00:00", TICK),
        ("2026-11-26T22:24:44.123456789Z", "2026-11-26T22:24:44.123456+00:00", TICK),
        ("2026-11-26T22:24+0800", "2026-11-26T22:24:00+08:00", MINUTE),
        ("２０２６-11-26 22：24-05:30", "2026-11-26T22:24:00-05:30", MINUTE),
    ],
)
def test_a_moment_lasts_as_long_as_its_last_digit(text: str, begins: str, lasts: timedelta):
    for read in (instant, local_moment):
        moment = read(text)
        assert moment.begins == datetime.fromisoformat(begins)
        assert moment.ends == moment.begins + lasts - TICK


# what is no moment ------------------------------------------------------------------------------

NO_INSTANT = (
    *("20260928", "5", "1790000000", "1790000000000", "-5", "1.5", "1e9", "yesterday", "信诺"),
    *("2026-09-28", "2026-09-28T09:00:00", "2026年9月28日 09:00", "09:00+08:00"),
    *("2026-02-30T09:00Z", "2026-09-28T24:00Z", "2026-12-31T23:59:60Z", "2026-09-28T09Z"),
    *("2026-09-28T09:00+25:00", "2026-W40-1T09:00Z", "2026-09-28T09:00:00,5Z"),
)
OUT_OF_RANGE = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z", "2200-01-01T00:00Z")


def asked_everywhere(walk: Walk, review: str, text: str) -> Iterator[tuple[str, Response]]:
    """Asks every door of the API that takes an instant."""
    stream = f"{STREAMS}/{walk.view['id']}"
    doors: dict[str, tuple[str, ...]] = {
        walk.url: ("at",),
        f"{walk.url}/applicant": ("at",),
        stream: ("at",),
        f"{stream}/actions": ("at",),
        review: ("at",),
        "/api/v1/audit/reads": ("since", "until"),
    }
    for url, names in doors.items():
        for name in names:
            role = "intake_clerk" if url.endswith("applicant") else "auditor"
            yield url, walk.client.get(url, params={name: text}, headers=walk.as_(role))
    if not text.isdecimal():  # which is a version there
        for url in (walk.url, stream):
            for span in ({"from": text, "to": 1}, {"from": 1, "to": text}):
                reply = walk.client.get(f"{url}/diff", params=span, headers=walk.as_("auditor"))
                yield f"{url}/diff", reply


def test_what_cannot_be_read_is_refused_alike_at_every_door(client: TestClient, as_: Badges):
    place = Door(client, as_).begins()
    walk = Walk(client, as_, applicant=CITIZEN).to("opened")
    for text in (*NO_INSTANT, *OUT_OF_RANGE):
        for door, reply in asked_everywhere(walk, place, text):
            assert reply.status_code == 422, (door, text, reply.text)
            (fault,) = reply.json()["errors"]
            how = "时刻的年份应在1949至2199之间" if text in OUT_OF_RANGE else HOW
            assert fault["detail"] == how, (door, text)


@pytest.mark.parametrize(
    "text", ["20260928", "1790000000", "2026-13-01", "2026年2月30日", "22:24", "x", "2026-09-28T"]
)
def test_a_page_says_beside_the_field_how_a_moment_is_written(
    walk: Walk, visitor: Visitor, text: str
):
    walk.to("opened")
    visitor.sign_in()
    reply = visitor.client.get(f"/audit/streams/{walk.view['id']}", params={"at": text})
    page = unescape(reply.text)
    assert reply.status_code == 422
    assert f'value="{text}"' in page and HOW_LOCAL in page
    assert "退出" in page and "当时的状态" not in page and "全部经过" in page


# what cannot be known ---------------------------------------------------------------------------


def test_before_the_beginning_and_after_now_are_said_to_be_so(hurried: Walk, clock: Clock):
    began = events_of(hurried)[0].timestamp
    moments = {
        "not-begun": ("当时还没有这个案件，它从2026年9月28日 09:00开始", [began - TICK]),
        "not-yet": ("这一时刻还没有到", [clock.now + TICK, clock.now + timedelta(days=9_999)]),
    }
    stream = f"{STREAMS}/{hurried.view['id']}"
    for code, (words, instants) in moments.items():
        for at in instants:
            ask = {"at": at.isoformat()}
            spans = ({"from": 1, "to": at.isoformat()}, {"from": at.isoformat(), "to": 1})
            for url, query in (
                *((url, ask) for url in (hurried.url, stream, f"{stream}/actions")),
                *((f"{url}/diff", span) for url in (hurried.url, stream) for span in spans),
            ):
                reply = hurried.client.get(url, params=query, headers=hurried.as_("auditor"))
                assert (reply.status_code, reply.json()["code"]) == (404, code), (url, at)
                assert reply.json()["detail"].startswith(words)


def test_a_version_to_come_is_said_to_be_so_at_every_door(hurried: Walk):
    stream = f"{STREAMS}/{hurried.view['id']}"
    badge = hurried.as_("auditor")
    for url, query in (
        *((url, {"version": 6}) for url in (hurried.url, stream, f"{stream}/actions")),
        *((f"{url}/diff", {"from": 1, "to": 6}) for url in (hurried.url, stream)),
    ):
        reply = hurried.client.get(url, params=query, headers=badge)
        assert (reply.status_code, reply.json()["code"]) == (404, "not-yet")
        assert reply.json()["detail"] == "还没有第6步，目前到第5步"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"at": "2020-01-01"}, "当时还没有这个案件，它从2026年9月28日 09:00开始"),
        ({"at": "2099年1月1日 00:00"}, "这一时刻还没有到"),
        ({"version": "99"}, "还没有第99步，目前到第5步"),
    ],
)
def test_a_page_never_shows_a_state_of_which_nothing_is_known(
    hurried: Walk, visitor: Visitor, query: dict[str, str], words: str
):
    visitor.sign_in()
    reply = visitor.client.get(f"/audit/streams/{hurried.view['id']}", params=query)
    page = unescape(reply.text)
    assert reply.status_code == 404
    assert words in page and "退出" in page and "全部经过" in page
    assert "当时的状态" not in page and 'id="then-title">第' not in page


def test_a_moment_shown_by_a_clock_that_ran_ahead_can_still_be_asked_for(
    hurried: Walk, clock: Clock
):
    """The clock was wound back after the last event, whose time is printed all the same."""
    last = events_of(hurried)[-1].timestamp
    clock.now = last - timedelta(hours=1)
    for text, _ in forms(last):
        badge = hurried.as_("auditor")
        reply = hurried.client.get(hurried.url, params={"at": text}, headers=badge)
        assert reply.json()["version"] == 5, text


def test_who_may_not_read_a_case_learns_nothing_of_its_times(hurried: Walk):
    """Before its beginning, after now, of a version to come: the answer is that of any reading."""
    badge = hurried.as_("operator")
    for query in ({"at": "1990-01-01T00:00Z"}, {"at": "2100-01-01T00:00Z"}, {"version": 9}, {}):
        for what in ("", "/applicant"):
            reply = hurried.client.get(hurried.url + what, params=query, headers=badge)
            assert (reply.status_code, reply.json()["code"]) == (403, "not-permitted")


def test_now_is_no_moment_to_come(hurried: Walk, clock: Clock):
    """The minute in which we live ends later; it means the time until now."""
    now = clock.now.replace(second=30)
    clock.now = now
    for text in (now.isoformat(), now.isoformat(timespec="minutes")):
        assert hurried.get(at=text).json()["version"] == 5
    reading: Callable[[Any], datetime] = TypeAdapter(datetime).validate_python
    stream = f"{STREAMS}/{hurried.view['id']}/actions"
    shown = hurried.client.get(
        stream,
        params={"at": now.isoformat(timespec="minutes")},
        headers=hurried.as_("auditor"),
    ).json()
    assert reading(shown["at"]) == now
