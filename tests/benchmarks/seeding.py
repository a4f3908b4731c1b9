"""Seeds a PostgreSQL database with many cases: SQL copies one example case on the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from rich.progress import track
from sqlalchemy import make_url

from infrastructure.container import Container
from infrastructure.projector.projector import PROJECTIONS
from tests.benchmarks.cases import keep, open_case

LENGTH = 5
"""Events of a case: opened, queried, notified, committed, granted.  Two materials are missing."""
CHUNK = 20_000
"""Cases that are copied in one transaction."""

# copies each event of the example case to each new case, with another id and position
EVENTS = """
INSERT INTO events
    (position, stream_id, version, topic, data, metadata, recorded_at, event_id, leaf)
SELECT h.size + (n - %(first)s::int) * %(length)s + e.version,
       md5(n::text)::uuid, e.version, e.topic, e.data,
       e.metadata, e.recorded_at, gen_random_uuid(), e.leaf
FROM example_events e, log_head h, generate_series(%(first)s::int, %(last)s::int) n"""
HEAD = "UPDATE log_head SET size = size + (%(last)s::int - %(first)s::int + 1) * %(length)s"
SUMMARIES = """
INSERT INTO case_summaries
SELECT x.* FROM example_case_summaries s, generate_series(%(first)s::int, %(last)s::int) n,
     json_populate_record(s, json_build_object(
         'case_id', md5(n::text)::uuid, 'opened_at', s.opened_at - n * interval '1 minute',
         'accepting_code', lpad((n %% 50)::text, 18, '0'),
         'stage', CASE WHEN n %% 5000 = 0 THEN 'penalized' ELSE s.stage END)) x"""
"""The cases are spread over fifty departments."""
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
"""Of all cases 1 in 10 is fulfilled, 1 in 20 is undecided, 1 in 5,000 is sanctioned.

The dates of commitment are spread over the last four years.
"""
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
    """Copy one example case this many times, except for its audit trail."""
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
                numbers = {"first": first, "last": last, "length": LENGTH}
                with db.transaction():
                    for statement in (EVENTS, HEAD, SUMMARIES, DISCLOSURES, TAILS, DUTIES):
                        db.execute(statement, numbers)
        db.execute(CAUGHT_UP, (list(PROJECTIONS),))
        for upkeep in ("VACUUM (FREEZE, ANALYZE)", "CHECKPOINT"):  # or they run while measuring
            db.execute(upkeep)


@contextmanager
def _without_indexes(db: psycopg.Connection[Any]) -> Iterator[None]:
    """Drop all indexes and create them again afterwards.

    This takes minutes for a million cases; updating the indexes row by row would take an hour.
    """
    indexes = db.execute(INDEXES, (FILLED,)).fetchall()
    for constraint, index, table, _ in indexes:
        db.execute(  # the names come from the server's own catalogue
            f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"
            if constraint
            else f"DROP INDEX {index}"
        )
    yield
    db.execute("SET maintenance_work_mem = '512MB'")
    for constraint, _, table, definition in track(indexes, "indexes"):
        adding = f"ALTER TABLE {table} ADD CONSTRAINT {constraint} " if constraint else ""
        db.execute(adding + definition)
