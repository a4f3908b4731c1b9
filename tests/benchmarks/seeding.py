"""A database as it stands after years: many cases, made by the server itself from one example."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from rich.progress import track
from sqlalchemy import make_url

from infrastructure.container import Container
from infrastructure.projector.projector import PROJECTIONS
from tests.benchmarks.cases import keep, open_case

LENGTH, CHUNK = 5, 20_000
"""Opened, queried, notified, committed, granted: two materials are still to come."""

# one event of the example case, for each new case: the same text under another id and position
EVENTS = """
INSERT INTO events
    (position, stream_id, version, topic, data, metadata, recorded_at, event_id, leaf)
SELECT h.size + (n - %(first)s::int) * %(length)s + e.version,
       md5(n::text)::uuid, e.version, e.topic, e.data,
       e.metadata, e.recorded_at, gen_random_uuid(), e.leaf
FROM example_events e, log_head h, generate_series(%(first)s::int, %(last)s::int) n"""
HEAD = "UPDATE log_head SET size = size + (%(last)s::int - %(first)s::int + 1) * %(length)s"
LINES = """
INSERT INTO case_summaries
SELECT x.* FROM example_case_summaries s, generate_series(%(first)s::int, %(last)s::int) n,
     json_populate_record(s, json_build_object(
         'case_id', md5(n::text)::uuid, 'opened_at', s.opened_at - n * interval '1 minute',
         'accepting_code', lpad((n %% 50)::text, 18, '0'),
         'stage', CASE WHEN n %% 5000 = 0 THEN 'penalized' ELSE s.stage END)) x"""
"""Fifty departments take turns."""
DISCLOSURES = """
INSERT INTO disclosures
SELECT x.* FROM example_disclosures d, generate_series(%(first)s::int, %(last)s::int) n,
     json_populate_record(d, json_build_object(
         'case_id', md5(n::text)::uuid, 'code', lpad(n::text, 20, '0'),
         'subject_name', '义马市第' || n || '食品有限公司',
         'name_folded', '义马市第' || n || '食品有限公司',
         'committed_on', d.committed_on - (n %% 1500)::integer,
         'granted_on', CASE WHEN n %% 20 <> 7 THEN d.granted_on END,
         'sanctioned', n %% 5000 = 0,
         'status', CASE WHEN n %% 5000 = 0 THEN 'unfulfilled' WHEN n %% 10 = 0 THEN 'fulfilled'
                   ELSE d.status END)) x"""
"""One in ten has been fulfilled, one in twenty is undecided, one in five thousand was sanctioned;
the days of commitment go back four years."""
TAILS = """
INSERT INTO name_tails
SELECT substr(name, start), md5(n::text)::uuid
FROM generate_series(%(first)s::int, %(last)s::int) n,
     LATERAL (SELECT '义马市第' || n || '食品有限公司' AS name) d,
     generate_series(1, length(name)) start"""
DUTIES = """
INSERT INTO duties
SELECT md5(n::text)::uuid, d.action, d.about, d.due_on, d.provisional
FROM example_duties d, generate_series(%(first)s::int, %(last)s::int) n"""
CAUGHT_UP = """
INSERT INTO projection_positions SELECT p, size FROM log_head, unnest(%s::text[]) p
ON CONFLICT (projection) DO UPDATE SET position = EXCLUDED.position"""

EXAMPLE = "CREATE TEMP TABLE example_{0} AS SELECT * FROM {0} WHERE {1} = '{2}'"
FILLED = ["events", "case_summaries", "disclosures", "name_tails", "duties"]
INDEXES = """
SELECT c.conname, i.indexrelid::regclass::text, i.indrelid::regclass::text,
       coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid))
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
WHERE i.indrelid = ANY(%s::regclass[])"""


def grow(service: Container, cases: int) -> None:
    """So many cases, all like one; its audit trail is not copied."""
    example = keep(service, open_case(LENGTH))
    service.projector.catch_up_all()
    url = make_url(service.settings.url).set(drivername="postgresql")
    name = url.render_as_string(hide_password=False)
    with psycopg.connect(name, autocommit=True) as db:
        for table in FILLED:
            key = "stream_id" if table == "events" else "case_id"
            db.execute(EXAMPLE.format(table, key, example))
        with _without_indexes(db):
            for first in track(range(0, cases, CHUNK), f"seeding {cases:,} cases"):
                last = min(first + CHUNK, cases) - 1
                told = {"first": first, "last": last, "length": LENGTH}
                with db.transaction():
                    for statement in (EVENTS, HEAD, LINES, DISCLOSURES, TAILS, DUTIES):
                        db.execute(statement, told)
        db.execute(CAUGHT_UP, (list(PROJECTIONS),))
        for upkeep in ("VACUUM (FREEZE, ANALYZE)", "CHECKPOINT"):  # or they come while measuring
            db.execute(upkeep)


@contextmanager
def _without_indexes(db: psycopg.Connection[Any]) -> Iterator[None]:
    """A million cases would be an hour of finding places in indexes; made afterwards: minutes."""
    found = db.execute(INDEXES, (FILLED,)).fetchall()
    for constraint, index, table, _ in found:
        db.execute(  # names as the server gives them
            f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"
            if constraint
            else f"DROP INDEX {index}"
        )
    yield
    db.execute("SET maintenance_work_mem = '512MB'")
    for constraint, _, table, definition in track(found, "indexes"):
        adding = f"ALTER TABLE {table} ADD CONSTRAINT {constraint} " if constraint else ""
        db.execute(adding + definition)
