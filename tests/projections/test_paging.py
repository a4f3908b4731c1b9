"""Keyset pagination: all pages together are the whole list, even if rows are added in between."""

import base64
import json
from contextlib import suppress
from datetime import UTC, date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    insert,
    select,
)

from projections.audit_trail import queries as trail
from projections.catalogue import projection as catalogue
from projections.disclosures import queries as disclosure
from projections.read_model.keyset import BadCursor, Keyset, require_ours
from projections.read_model.tables import audit_trail, case_summaries, duties
from projections.worklist import lists as worklist
from tests import stories as s
from tests.support.service_driver import STORIES, Office

ENTRIES = Table(
    "entries", MetaData(), Column("day", Date), Column("name", String), Column("n", Integer)
)
ORDER = tuple(ENTRIES.c)
MEMORY = create_engine("sqlite://")
BY_POSITION = Keyset((audit_trail.c.position,))
MAX_PAGES = 200
ENTRIES.create(MEMORY)

FIRST = date(2026, 9, 28)
keys = st.tuples(
    st.integers(0, 3).map(lambda days: FIRST + timedelta(days)),
    st.sampled_from(["", "a", "B", "信", "诺\n", '"', "%"]),
    st.integers(-3, 300),
)
unique_keys = st.lists(keys, unique=True, max_size=25)


def walk(db, keyset, query, size, between=lambda last: None):
    """Returns all pages in order; between two pages, calls `between` with the last row read."""
    cursor, pages = None, []
    while cursor or not pages:
        rows = list(db.execute(keyset.page(query, size, cursor)))
        page, cursor = keyset.split(rows, size)
        pages.append([tuple(row) for row in page])
        if cursor:
            between(pages[-1][-1])
        assert len(pages) < MAX_PAGES, "the pages never end"
    return pages


def in_order(rows, descending):
    return sorted(rows, reverse=descending)


def add(db, rows):
    if rows:
        db.execute(insert(ENTRIES), [dict(zip(ENTRIES.c.keys(), row, strict=True)) for row in rows])


@settings(max_examples=120, deadline=None, derandomize=True)
@given(rows=unique_keys, size=st.integers(1, 7), descending=st.booleans())
def test_the_pages_together_are_the_whole_list_in_order(rows, size, descending):
    with MEMORY.connect() as db:
        db.execute(delete(ENTRIES))
        add(db, rows)
        pages = walk(db, Keyset(ORDER, descending), select(ENTRIES), size)
    assert [row for page in pages for row in page] == in_order(rows, descending)
    assert all(len(page) == size for page in pages[:-1])
    assert pages[-1] or not rows, "no empty page after the last"


@settings(max_examples=120, deadline=None, derandomize=True)
@given(rows=unique_keys, size=st.integers(1, 7), descending=st.booleans())
def test_several_lists_without_common_rows_are_paged_like_one_list(rows, size, descending):
    third = ENTRIES.c.n % 3
    lists = [select(ENTRIES).where(third == 0), select(ENTRIES).where(third != 0)]
    with MEMORY.connect() as db:
        db.execute(delete(ENTRIES))
        add(db, rows)
        pages = walk(db, Keyset(ORDER, descending), lists, size)
    assert [row for page in pages for row in page] == in_order(rows, descending)
    assert all(len(page) == size for page in pages[:-1])


@settings(max_examples=120, deadline=None, derandomize=True)
@given(rows=unique_keys, more=unique_keys, size=st.integers(1, 4), descending=st.booleans())
def test_rows_added_between_pages_move_no_other_row(rows, more, size, descending):
    fresh, expected = [row for row in more if row not in rows], list(rows)

    def one_is_added(last):
        if fresh:
            add(db, [row := fresh.pop()])
            if row > last if not descending else row < last:
                expected.append(row)

    with MEMORY.connect() as db:
        db.execute(delete(ENTRIES))
        add(db, rows)
        pages = walk(db, Keyset(ORDER, descending), select(ENTRIES), size, one_is_added)
    assert [row for page in pages for row in page] == in_order(expected, descending)


# the lists of the service ------------------------------------------------------------------------


@pytest.fixture
def filled(service):
    """Records two cases of each story: days, times and names repeat, and only the ids differ."""
    office = Office(service)
    office.lists()
    for _ in range(2):
        for name in ("GRANTED", "COMMITTED", "PENALIZED", "DEFERRED_SUPPLIED", "FOREWARNED"):
            office.remembers(STORIES[name])
    service.projector.catch_up_all()
    return service


def test_the_pages_of_every_list_of_the_service_are_the_whole_list(filled):
    lists = [
        (worklist.MOST_URGENT_FIRST, select(duties), 22),
        (worklist.NEWEST_FIRST, select(case_summaries), 10),
        (disclosure.NEWEST_FIRST, disclosure.public_list(FIRST), 8),
        (trail.OLDEST_FIRST, trail.trail(trail.TrailQuery()), 72),
        (catalogue.BY_CODE, catalogue.items(), 1),
    ]
    with filled.engine.connect() as db:
        for keyset, rows, count in lists:
            order = [c.desc() if keyset.descending else c for c in keyset.columns]
            whole = [tuple(row) for row in db.execute(rows.order_by(*order))]
            assert len(whole) == count
            for size in (1, 3, 200):
                pages = walk(db, keyset, rows, size)
                assert [row for page in pages for row in page] == whole


def test_a_cursor_distinguishes_times_to_the_microsecond(service):
    office, instants = Office(service), [0, 1, 999_999, 1_000_000]
    for number, microseconds in enumerate(instants, start=1):
        at = s.DAY_1 + timedelta(microseconds=microseconds)
        (opened,) = s.OPENED
        office.remembers((opened._replace(at=at),), number=number)
    service.projector.catch_up_all()
    with service.engine.connect() as db:
        pages = walk(db, worklist.NEWEST_FIRST, select(case_summaries), 1)
    opened_at = list(case_summaries.c).index(case_summaries.c.opened_at)
    seen = [(row[opened_at] - s.DAY_1) // timedelta(microseconds=1) for (row,) in pages]
    assert seen == sorted(instants, reverse=True)


# invalid cursors ---------------------------------------------------------------------------------


def cursor(*key):
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def encoded(content):
    return base64.urlsafe_b64encode(content).decode()


ID = str(UUID(int=1))
BAD = [
    *("", "x", "下一页", "!!!!", "AAAA", encoded(b"\xff\xfe"), encoded(b"{")),
    *(encoded(content) for content in (b"null", b"1", b'"ab"', b'{"a":1}', b"[[]]")),
    encoded(b"[" * 3000),
    cursor(),
    cursor("2026-09-28"),
    cursor("2026-09-28", ID, "query", "", "more"),
    cursor("2026-02-30", ID, "query", ""),
    cursor("2026-09-28", "not an id", "query", ""),
    cursor(None, ID, "query", ""),
    cursor("2026-09-28", None, "query", ""),
    cursor("2026-09-28", ID, "quer\0y", ""),
    cursor("2026-09-28", ID, "\ud800", ""),
]
BAD_POSITIONS = [
    *(cursor(n) for n in ("x", None, [], 2**63, -(2**63) - 1, 10**30, "1" * 5000)),
    *(encoded(content) for content in (b"[NaN]", b"[Infinity]", b"[1e999]", b"[-1e999]")),
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_cursor_that_the_service_cannot_have_issued_is_refused(bad):
    with pytest.raises(BadCursor, match="翻页标记无效，或者不属于这个查询，请从第一页重新开始"):
        worklist.MOST_URGENT_FIRST.page(select(duties), 3, bad)


@pytest.mark.parametrize("bad", BAD_POSITIONS, ids=range(len(BAD_POSITIONS)))
def test_a_cursor_with_an_impossible_position_is_refused(bad):
    with pytest.raises(BadCursor):
        BY_POSITION.page(select(audit_trail), 3, bad)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.text(),
        st.binary().map(encoded),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ).map(lambda value: encoded(json.dumps(value).encode())),
    )
)
def test_a_cursor_with_any_content_is_either_read_or_refused(text):
    keyset = Keyset(ORDER)
    with MEMORY.connect() as db, suppress(BadCursor):
        db.execute(keyset.page(select(ENTRIES), 3, text)).all()


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_the_times_and_ids_of_a_cursor_are_never_taken_for_personal_data(at, id):
    require_ours(cursor_of([str(at), str(id), 7]))


@pytest.mark.parametrize("typed", ["13800138000", "电话0398-5832345", "411281199001010014"])
def test_a_cursor_that_carries_personal_data_is_none_of_ours(typed):
    with pytest.raises(BadCursor):
        require_ours(cursor_of([typed]))


def cursor_of(values):
    key = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    return f"{'a' * 16}.{key}"
