"""The event recorder: appended events stay, in the order of commits, without gaps."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event as Flag
from threading import Thread
from time import monotonic
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from infrastructure.database.engine import writing
from infrastructure.database.schema import events
from infrastructure.event_store.batch import Key, batch_of, leaf_hash
from infrastructure.event_store.recorder import EventRecorder
from tests.given import DAY_1

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def recorder(service):
    return service.repository.recorder


def stored(version, topic="test/said", stream=ONE, state=b'{"n":1}'):
    return StoredEvent(stream, version, topic, state)


def positions(notifications):
    return [notification.id for notification in notifications]


@pytest.fixture
def five(recorder):
    """A log of two streams; the topics of their five events are a, b and a, c, a."""
    recorder.insert_events([stored(1, "a"), stored(2, "b")])
    recorder.insert_events([stored(1, "a", OTHER), stored(2, "c", OTHER), stored(3, "a", OTHER)])
    return recorder


# one stream -------------------------------------------------------------------------------------


def test_appended_events_are_read_back_as_they_were_and_streams_are_kept_apart(recorder):
    assert recorder.select_events(ONE) == []
    first, second = stored(1, state="{“信”}".encode()), stored(2)
    assert [*recorder.insert_events([first, second])] == [1, 2]
    assert [*recorder.insert_events([stored(1, stream=OTHER)])] == [3]
    assert recorder.select_events(ONE) == [first, second]
    assert recorder.select_events(OTHER) == [stored(1, stream=OTHER)]


def test_appending_nothing_changes_nothing(recorder):
    assert recorder.insert_events([]) == []
    assert recorder.max_notification_id() is None


PARTS_OF_FOUR = [
    ({}, [1, 2, 3, 4]),
    ({"gt": 2}, [3, 4]),
    ({"lte": 2}, [1, 2]),
    ({"gt": 1, "lte": 3}, [2, 3]),
    ({"desc": True}, [4, 3, 2, 1]),
    ({"limit": 3}, [1, 2, 3]),
    ({"desc": True, "limit": 1}, [4]),
    ({"lte": 3, "desc": True, "limit": 2}, [3, 2]),
]


def test_part_of_a_stream_is_read_as_asked(recorder):
    recorder.insert_events([stored(version) for version in (1, 2, 3, 4)])
    for query, versions in PARTS_OF_FOUR:
        events = recorder.select_events(ONE, **query)
        assert [event.originator_version for event in events] == versions, query


@pytest.mark.parametrize(
    "append",
    [
        [stored(1)],
        [stored(1), stored(2)],
        [stored(1, stream=OTHER), stored(1)],
        [stored(2), stored(2)],
    ],
    ids=["taken", "taken first", "taken last", "twice in one"],
)
def test_a_version_that_is_taken_refuses_the_whole_append(recorder, append):
    recorder.insert_events([stored(1, state=b'"first"')])
    with pytest.raises(IntegrityError):
        recorder.insert_events(append)
    assert recorder.select_events(ONE) == [stored(1, state=b'"first"')]
    assert recorder.select_events(OTHER) == []
    assert recorder.max_notification_id() == 1


# the whole log ----------------------------------------------------------------------------------


PARTS_OF_FIVE = [
    ({"start": None, "limit": 10}, [1, 2, 3, 4, 5]),
    ({"start": None, "limit": 2}, [1, 2]),
    ({"start": 2, "limit": 2}, [2, 3]),
    ({"start": 2, "limit": 2, "inclusive_of_start": False}, [3, 4]),
    ({"start": 5, "limit": 9, "inclusive_of_start": False}, []),
    ({"start": None, "limit": 10, "stop": 3}, [1, 2, 3]),
    ({"start": 2, "limit": 10, "stop": 2}, [2]),
    ({"start": 1, "limit": 9, "stop": 2, "inclusive_of_start": False}, [2]),
    ({"start": None, "limit": 10, "topics": ["a"]}, [1, 3, 5]),
    ({"start": 2, "limit": 1, "topics": ["a", "b"]}, [2]),
    ({"start": 2, "limit": 10, "topics": ["c", "b"]}, [2, 4]),
    ({"start": None, "limit": 10, "topics": ["unheard"]}, []),
]


def test_part_of_the_log_is_read_as_asked(five):
    for query, expected in PARTS_OF_FIVE:
        assert positions(five.select_notifications(**query)) == expected, query


def test_a_notification_is_the_event_with_its_position(five):
    (note,) = five.select_notifications(4, 1)
    content = (note.id, note.originator_id, note.originator_version, note.topic, note.state)
    assert content == (4, OTHER, 2, "c", b'{"n":1}')


def test_the_log_is_as_long_as_its_last_position(recorder):
    assert recorder.max_notification_id() is None
    recorder.insert_events([stored(1), stored(2)])
    assert recorder.max_notification_id() == 2


def test_a_conflict_and_a_rolled_back_transaction_leave_no_hole(recorder, service):
    recorder.insert_events([stored(1)])
    with pytest.raises(IntegrityError):
        recorder.insert_events([stored(2), stored(1)])
    with recorder.commands.connect() as db:
        driver = db.connection.driver_connection
        driver.execute(recorder.log.BEGIN)
        assert [*recorder.append(driver, batch_of([stored(2)], {}, DAY_1))] == [2]
        driver.execute("ROLLBACK")
    assert [*recorder.insert_events([stored(2)])] == [2]
    assert positions(recorder.select_notifications(None, 10)) == [1, 2]


def test_a_reader_that_follows_many_writers_misses_nothing(recorder):
    writers, each, seen, stop = 8, 25, [], Flag()

    def follow():
        while not stop.is_set() and len(seen) < writers * each:
            after = seen[-1] if seen else 0
            seen.extend(positions(recorder.select_notifications(after + 1, 7)))

    def write(writer):
        for version in range(1, each + 1):
            recorder.insert_events([stored(version, stream=UUID(int=writer))])

    reader = Thread(target=follow)
    reader.start()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    reader.join(10)
    stop.set()
    assert seen == [*range(1, writers * each + 1)]
    for writer in range(writers):
        versions = [event.originator_version for event in recorder.select_events(UUID(int=writer))]
        assert versions == [*range(1, each + 1)]


# subscriptions ----------------------------------------------------------------------------------


def test_a_subscription_gives_what_is_there_then_what_comes_then_ends(five):
    seen, all_there = [], Flag()

    def follow():
        with five.subscribe(gt=2, topics=["a", "new"]) as subscription:
            for note in subscription:
                seen.append(note.id)
                if len(seen) == 2:
                    all_there.set()
                if note.topic == "new":
                    subscription.stop()

    follower = Thread(target=follow)
    follower.start()
    assert all_there.wait(5), "what was there already comes without a new append"
    five.insert_events([stored(3, "b"), stored(4, "new")])
    follower.join(5)
    assert not follower.is_alive()
    assert seen == [3, 5, 7]


def test_a_subscription_hears_of_another_process_too(recorder, service, clock):
    with recorder.subscribe() as subscription:
        elsewhere = EventRecorder(service.engine, clock)
        elsewhere.insert_events([stored(1)])
        assert next(subscription).id == 1
        elsewhere.close()
        subscription.stop()
        assert list(subscription) == []


def test_a_reader_of_the_log_before_it_grew_is_not_left_waiting(recorder):
    count = recorder.signal.count
    recorder.insert_events([stored(1)])
    begun = monotonic()
    recorder.signal.wait(count, 30)
    assert monotonic() - begun < 5


# immutable events -------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["UPDATE events SET data = '{}'", "DELETE FROM events"])
def test_the_database_refuses_to_change_or_remove_an_event(five, service, act):
    before = five.select_notifications(None, 10)
    with (
        pytest.raises(DBAPIError, match="events are for ever"),
        writing(service.engine).begin() as db,
    ):
        db.execute(text(act))
    assert five.select_notifications(None, 10) == before


SM3 = "ff31ae041ffc7d1d71484be89ee89626796422cd60d7fb1f2346c48edeae988e"
"""The SM3 hash (GB/T 32905) of the event's text, computed with another library."""


def stored_row(recorder):
    """Appends one event as a command does; returns its row in the database."""
    metadata = {"channel": "counter", "causation": None, "correlation": "千秋"}
    events = [stored(1, state='{"按":"期"}'.encode())]
    with recorder.commands.connect() as db:
        batch = batch_of(events, metadata, recorder.clock(), key=Key("key", "request", DAY_1))
        recorder.append(db.connection.driver_connection, batch)
    (row,) = recorder.stream(ONE)
    return row._mapping


def test_an_event_is_stored_with_the_metadata_of_its_command(recorder, clock):
    row = stored_row(recorder)
    metadata = {"channel": "counter", "causation": None, "correlation": "千秋"}
    assert row["metadata"] == metadata | {"sm3": SM3}
    assert (row["command_id"], row["recorded_at"]) == ("key", clock.now)


def test_the_leaf_hash_of_an_event_can_be_computed_without_our_code(recorder):
    row = stored_row(recorder)
    recorded_at = row["recorded_at"].isoformat()
    assert recorded_at == "2026-09-28T01:00:00+00:00"
    envelope = (
        f'{{"event_id":"{row["event_id"]}",'
        f'"metadata":{{"causation":null,"channel":"counter","correlation":"千秋","sm3":"{SM3}"}},'
        f'"recorded_at":"{recorded_at}",'
        f'"stream_id":"{ONE}","topic":"test/said","version":1}}'
    )
    leaf = sha256(b"\x00" + envelope.encode() + b"\n" + '{"按":"期"}'.encode()).digest()
    assert row["leaf"] == leaf


def test_the_leaf_hash_changes_with_every_byte_of_an_event(recorder):
    row = dict(stored_row(recorder))
    changed = [
        {**row, "data": row["data"][:place] + "x" + row["data"][place + 1 :]}
        for place in range(len(row["data"]))
    ]
    changed += [
        {**row, "stream_id": OTHER},
        {**row, "version": 2},
        {**row, "topic": "test/sait"},
        {**row, "event_id": OTHER},
        {**row, "recorded_at": datetime(2026, 9, 28, 1, 0, 0, 1, UTC)},
        {**row, "metadata": row["metadata"] | {"channel": "online"}},
        {**row, "data": row["data"] + " "},
    ]
    leaves = {leaf_hash(each) for each in (row, *changed)}
    assert len(leaves) == 1 + len(changed)


def test_the_leaf_hash_is_that_of_the_row_as_the_database_returns_it(five, service):
    with service.engine.connect() as db:
        rows = [dict(row._mapping) for row in db.execute(select(events))]
    assert len(rows) == 5
    assert all(row["leaf"] == leaf_hash(row) for row in rows)
    assert all(json.loads(row["data"]) == {"n": 1} for row in rows)
