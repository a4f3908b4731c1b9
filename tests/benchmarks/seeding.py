"""A database as it stands after years: many cases, made by the server itself from one example."""

import psycopg
from rich.progress import track
from sqlalchemy import make_url

from infrastructure.projector import PROJECTIONS
from infrastructure.service import Service
from tests.benchmarks.cases import keep, open_case

LENGTH, CHUNK = 5, 5000
"""Opened, queried, notified, committed, granted: two materials are still to come."""

# one event of the example case, for each new case: the same text under another id and position
EVENTS = """
INSERT INTO events
    (position, stream_id, version, topic, data, metadata, recorded_at, event_id, leaf)
SELECT h.size + (n - %(first)s::int) * %(length)s + e.version,
       md5(n::text)::uuid, e.version, e.topic, e.data,
       e.metadata, e.recorded_at, gen_random_uuid(), e.leaf
FROM events e, log_head h, generate_series(%(first)s::int, %(last)s::int) n
WHERE e.stream_id = %(example)s"""
HEAD = "UPDATE log_head SET size = size + (%(last)s::int - %(first)s::int + 1) * %(length)s"
LINES = """
INSERT INTO case_summaries
SELECT x.* FROM case_summaries s, generate_series(%(first)s::int, %(last)s::int) n,
     json_populate_record(s, json_build_object(
         'case_id', md5(n::text)::uuid, 'opened_at', s.opened_at - n * interval '1 minute')) x
WHERE s.case_id = %(example)s"""
DISCLOSURES = """
INSERT INTO disclosures
SELECT x.* FROM disclosures d, generate_series(%(first)s::int, %(last)s::int) n,
     json_populate_record(d, json_build_object(
         'case_id', md5(n::text)::uuid, 'code', lpad(n::text, 20, '0'),
         'subject_name', '义马市第' || n || '食品有限公司',
         'committed_on', d.committed_on - (n %% 1500)::integer,
         'status', CASE WHEN n %% 10 = 0 THEN 'fulfilled' ELSE d.status END)) x
WHERE d.case_id = %(example)s"""
"""One in ten has been fulfilled; the days of commitment go back four years."""
DUTIES = """
INSERT INTO duties
SELECT md5(n::text)::uuid, d.action, d.about, d.due_on, d.provisional
FROM duties d, generate_series(%(first)s::int, %(last)s::int) n WHERE d.case_id = %(example)s"""
CAUGHT_UP = """
INSERT INTO projection_positions SELECT p, size FROM log_head, unnest(%s::text[]) p
ON CONFLICT (projection) DO UPDATE SET position = EXCLUDED.position"""


def grow(service: Service, cases: int) -> None:
    """So many cases, all like one; its audit trail is not copied."""
    example = keep(service, open_case(LENGTH))
    service.projector.catch_up_all()
    url = make_url(service.settings.url).set(drivername="postgresql")
    name = url.render_as_string(hide_password=False)
    with psycopg.connect(name, autocommit=True) as db:
        for first in track(range(0, cases, CHUNK), f"seeding {cases:,} cases"):
            last = min(first + CHUNK, cases) - 1
            told = {"first": first, "last": last, "length": LENGTH, "example": example}
            with db.transaction():
                for statement in (EVENTS, HEAD, LINES, DISCLOSURES, DUTIES):
                    db.execute(statement, told)
        db.execute(CAUGHT_UP, (list(PROJECTIONS),))
        for upkeep in ("VACUUM ANALYZE", "CHECKPOINT"):  # or they come while it is measured
            db.execute(upkeep)
