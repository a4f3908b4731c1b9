"""The row work of a command by the raw driver: read the case, then write in one transaction.

The transaction increments the log's size and adds the event, the case's row in `case_summaries` and
the message.  The rows are ready-made: no decision, no validation, no JSON.
"""

import sqlite3
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from domain.case.case import Case
from infrastructure.event_store.append_sqlite import _value
from projections.worklist.projection import summary_row
from tests.benchmarks.cases import LENGTH, keep, open_case, service_over

DATA = (
    '{"timestamp":"2026-09-28T09:00:00+08:00","by":{"person":"zhao","role":"intake_clerk",'
    '"department":{"code":"114112810058000150","name":"义马市市场监督管理局"}},"material":"M-02",'
    f'"digest":"{"0" * 64}","review_by":{{"on":"2026-10-09","provisional":false}}}}'
)
META = '{"causation":null,"channel":"counter","correlation":"00000000-0000-0000-0000-000000000000"}'
TOPIC, LEAF, AT = "case/material-supplied", b"\0" * 32, "2026-09-28 01:00:00.000000"
LOAD = "SELECT version, topic, data FROM events WHERE stream_id = {0} ORDER BY version"
GROW = "UPDATE log_head SET size = size + 1 RETURNING size"
COLUMNS = "version, topic, data, metadata, recorded_at, event_id, leaf"
ADD_PG = (
    f"INSERT INTO events (position, stream_id, {COLUMNS})"  # noqa: S608
    " SELECT size, %s, %s, %s, %s, %s, %s, %s, %s FROM log_head"
)
ADD_LITE = (
    f"INSERT INTO events (position, stream_id, {COLUMNS})"  # noqa: S608
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
MESSAGE_PG = (
    "INSERT INTO outbox (position, stream_id, topic, state, tries, due_at)"
    " SELECT size, %s, %s, 'waiting', 0, %s FROM log_head"
)
MESSAGE_LITE = (
    "INSERT INTO outbox (position, stream_id, topic, state, tries, due_at)"
    " VALUES (?, ?, ?, 'waiting', 0, ?)"
)
UPSERT = (
    "INSERT INTO case_summaries ({0}) VALUES ({1}) ON CONFLICT (case_id) DO UPDATE SET"
    " version = EXCLUDED.version, stage = EXCLUDED.stage, updated_at = EXCLUDED.updated_at"
)


def postgres(url: str, folder: Path) -> Iterator[None]:
    """Each step is one command: a read and one pipelined transaction."""
    rows = {case.id: tuple(summary_row(case).values()) for case in seeded(url, folder)}
    upsert = UPSERT.format(", ".join(SUMMARY_COLUMNS), ", ".join(["%s"] * len(SUMMARY_COLUMNS)))
    versions = dict.fromkeys(rows, LENGTH)
    name = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(name, autocommit=True) as db:
        for case_id in cycle(rows):
            db.execute(LOAD.format("%s"), (case_id,)).fetchall()
            versions[case_id] += 1
            row = (case_id, versions[case_id], TOPIC, DATA, META, AT, uuid4(), LEAF)
            with db.pipeline(), db.transaction():
                db.execute(GROW)
                db.execute(ADD_PG, row)
                db.execute(upsert, rows[case_id])
                db.execute(MESSAGE_PG, (case_id, TOPIC, AT))
            yield


def sqlite(url: str, folder: Path) -> Iterator[None]:
    """Each step is one command: a read and one transaction."""
    rows = {
        case.id.hex: [_value(v) for v in summary_row(case).values()] for case in seeded(url, folder)
    }
    upsert = UPSERT.format(", ".join(SUMMARY_COLUMNS), ", ".join("?" * len(SUMMARY_COLUMNS)))
    versions = dict.fromkeys(rows, LENGTH)
    db = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        db.execute(f"PRAGMA {pragma}")
    for case_id in cycle(rows):
        db.execute(LOAD.format("?"), (case_id,)).fetchall()
        versions[case_id] += 1
        db.execute("BEGIN IMMEDIATE")
        (size,) = db.execute(GROW).fetchone()
        row = (size, case_id, versions[case_id], TOPIC, DATA, META, AT, uuid4().hex, LEAF)
        db.execute(ADD_LITE, row)
        db.execute(upsert, rows[case_id])
        db.execute(MESSAGE_LITE, (size, case_id, TOPIC, AT))
        db.execute("COMMIT")
        yield


def seeded(url: str, folder: Path, cases: int = 600) -> list[Case]:
    """Store new cases of LENGTH events each, and return them."""
    service = service_over(url, folder)
    stored = [open_case() for _ in range(cases)]
    for case in stored:
        keep(service, case)
    service.close()
    return stored


SUMMARY_COLUMNS = tuple(summary_row(open_case()))
