"""Queries of the audit trail: every filter, alone or combined, selects exactly its rows."""

import random
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import insert

from application.access.permissions import Role
from domain.values.staff import person_key
from infrastructure.database.engine import writing
from infrastructure.database.schema import events
from infrastructure.exports.search import find_trail_rows
from projections.audit_trail.descriptors import ACTION_OF, document_key
from projections.audit_trail.queries import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    TrailQuery,
    organisations,
)
from projections.read_model.loose_scan import MAX_LISTS
from projections.read_model.tables import audit_cases, audit_documents, audit_trail
from tests.projections.test_indexes import plan

SHANGHAI = timezone(timedelta(hours=8))
NOON = datetime(2026, 9, 28, 12, tzinfo=SHANGHAI)
COUNT = 400
PERSONS = ("zhao", "qian", "sun", "Zhao", "zhao%", "赵_")
OFFICES = [(f"1141128100580{n:04}A", f"义马市第{n}管理局") for n in range(MAX_LISTS + 3)]
OFFICES += [("11411281005899990B", "义马市发展改革委员会"), ("11411281005899991C", "100%公开办")]
ROLES = (Role.INTAKE_CLERK, Role.INSPECTOR, Role.SYSTEM)
GROUNDS = ("correction", "pioneering", None, None, None)
NUMBERS = ("义市监许〔2026〕108号", "义市监罚〔2026〕31号", "41128120260928000001", "100%")
STREAMS = [UUID(int=n) for n in range(1, 30)]
APPLICANT_NAMES = [
    ("91411281MA973UW600", "义马市千秋食品有限公司"),
    ("92411281MA973UW61X", "义马市千秋理发店"),
    ("9141128100000000XY", "100%公司"),
]


def dice(seed: int) -> random.Random:
    """Returns a generator that gives the same random choices in every run."""
    return random.Random(seed)  # noqa: S311


def made_up(position: int, chance: random.Random) -> dict:
    """Returns a random row of the trail; times repeat and lie on both sides of midnight."""
    code, name = chance.choice(OFFICES)
    event = chance.choice(list(ACTION_OF))
    named = chance.sample(NUMBERS, chance.choice((0, 0, 1, 2)))
    seconds = chance.choice((0, 43_199, 43_200, 43_201, chance.randrange(400_000)))
    return {
        "position": position,
        "stream_id": chance.choice(STREAMS),
        "version": position,
        "topic": event.TOPIC,
        "at": NOON + timedelta(seconds=seconds, microseconds=chance.choice((0, 0, 1))),
        "person": chance.choice(PERSONS),
        "role": chance.choice(ROLES),
        "department": name,
        "department_code": code,
        "organisation": f"{code} {name}",
        "action": ACTION_OF[event],
        "ground": chance.choice(GROUNDS),
        "documents": named,
        "sentence": f"第{position}件事",
    }


APPLICANTS = {stream: APPLICANT_NAMES[n % 3] for n, stream in enumerate(STREAMS)}
"""By stream: its applicant's code and folded name."""


def delay(position: int) -> timedelta:
    """How long after it happened an event of the made-up trail was recorded."""
    return timedelta(minutes=(0, 9, 11)[position % 3])


def logged(row: dict) -> dict:
    """Returns the event of a row, as far as the search reads it."""
    recorded = {"data": "{}", "metadata": {}, "event_id": uuid4(), "leaf": bytes(32)}
    shared = {name: row[name] for name in ("position", "stream_id", "version", "topic")}
    return shared | recorded | {"recorded_at": row["at"] + delay(row["position"])}


@dataclass
class Filled:
    engine: object
    rows: list

    def expected(self, query: TrailQuery) -> list[int]:
        """Returns the positions that Python selects from all rows, in order of time."""
        in_order = sorted(self.rows, key=lambda row: (row["at"], row["position"]))
        return [row["position"] for row in in_order if matches(row, query)]

    def selected(self, query: TrailQuery, size=200, order=OLDEST_FIRST) -> list[int]:
        """Returns the positions that the database selects, read page by page."""
        with self.engine.connect() as db:
            rows = find_trail_rows(self.engine, query)
            cursor, positions = None, []
            while cursor or not positions:
                fetched = list(db.execute(order.page(rows, size, cursor)))
                page, cursor = order.split(fetched, size)
                positions += [row.position for row in page]
                if not cursor:
                    return positions
        return positions


def matches(row: dict, query: TrailQuery) -> bool:
    day = row["at"].astimezone(SHANGHAI).date()
    document = query.document and query.document.replace("[", "〔").replace("]", "〕")
    return all(
        (
            query.person is None or person_key(query.person) == person_key(row["person"]),
            query.role in (None, row["role"]),
            query.organisation is None
            or query.organisation in row["department"]
            or query.organisation in row["department_code"],
            query.action in (None, row["action"]),
            query.ground in (None, row["ground"]),
            document is None or document in row["documents"],
            query.stream in (None, row["stream_id"]),
            query.since is None or day >= query.since,
            query.until is None or day <= query.until,
            query.topic in (None, row["topic"]),
            query.after is None or row["position"] > query.after,
            not query.late or delay(row["position"]) > timedelta(minutes=10),
            query.applicant is None
            or any(query.applicant in each for each in APPLICANTS[row["stream_id"]]),
        )
    )


def fill(service, count: int) -> Filled:
    chance = dice(20260928)
    rows = [made_up(position, chance) for position in range(1, count + 1)]
    named = [
        {"number": document_key(number), "at": row["at"], "position": row["position"]}
        for row in rows
        for number in row["documents"]
    ]
    with writing(service.engine).begin() as db:
        db.execute(insert(audit_trail), rows)
        db.execute(insert(audit_documents), named)
        db.execute(insert(events), [logged(row) for row in rows])
        cases = [
            {"case_id": id, "subject": code, "names": name, "hands": {}}
            for id, (code, name) in APPLICANTS.items()
        ]
        db.execute(insert(audit_cases), cases)
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("ANALYZE")
    return Filled(service.engine, rows)


@pytest.fixture
def filled(service):
    return fill(service, COUNT)


EVENT = list(ACTION_OF)[3]
EXAMPLES = {
    "person": [*PERSONS, "nobody"],
    "role": [*ROLES, Role.AUDITOR],
    "organisation": [
        "发展改革",
        "管理局",
        "义马市",
        "100%",
        "11411281005899990B",
        "58",
        "没有",
        "_",
    ],
    "action": ["case/open", "case/inspect", "item/list"],
    "ground": ["correction", "pioneering", "none such"],
    "document": [*NUMBERS, "义市监许[2026]108号", "义市监许〔2026〕10", "没有"],
    "stream": [*STREAMS[:2], UUID(int=0)],
    "since": [date(2026, 9, 28), date(2026, 9, 29), date(2026, 10, 3), date(2026, 10, 9)],
    "until": [date(2026, 9, 27), date(2026, 9, 28), date(2026, 9, 29), date(2199, 12, 31)],
    "topic": [EVENT.TOPIC, "case/breach-found"],
    "applicant": ["千秋", "91411281MA973UW600", "100%", "市", "没有", "_"],
    "after": [1, COUNT // 2, COUNT],
    "late": [True],
}


def test_every_filter_has_its_examples():
    assert set(EXAMPLES) == set(TrailQuery.model_fields)


def test_every_filter_alone_selects_exactly_the_matching_rows(filled):
    with_matches = set()
    for name, values in EXAMPLES.items():
        for value in values:
            query = TrailQuery(**{name: value})
            assert filled.selected(query) == filled.expected(query), query
            if filled.expected(query):
                with_matches.add(name)
    assert with_matches == set(EXAMPLES)


def test_any_two_filters_together_select_exactly_the_matching_rows(filled):
    chance = dice(1)
    for one, other in combinations(EXAMPLES, 2):
        for _ in range(4):
            query = TrailQuery(**{name: chance.choice(EXAMPLES[name]) for name in (one, other)})
            assert filled.selected(query) == filled.expected(query), query


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(values) for name, values in EXAMPLES.items()}
    ),
    st.sampled_from([1, 7, 200]),
)
def test_any_filters_together_select_exactly_the_matching_rows_page_by_page(filled, filters, size):
    query = TrailQuery(**filters)
    expected = filled.expected(query)
    assert filled.selected(query, max(size, len(expected) // 40 + 1)) == expected
    assert filled.selected(query, 200, NEWEST_FIRST) == expected[::-1]


def test_a_query_without_filters_selects_the_whole_trail(filled):
    assert filled.selected(TrailQuery(), 33) == filled.expected(TrailQuery())
    assert len(filled.selected(TrailQuery())) == COUNT


def test_each_organisation_of_the_trail_is_listed_once(filled):
    with filled.engine.connect() as db:
        names = list(db.scalars(organisations()))
    assert names == sorted({row["organisation"] for row in filled.rows})


def test_an_empty_trail_has_no_organisations(service):
    with service.engine.connect() as db:
        assert list(db.scalars(organisations())) == []
    assert Filled(service.engine, []).selected(TrailQuery(organisation="义马")) == []


INDEXED = [
    ({}, "ix_audit_trail_at_position"),
    ({"since": date(2026, 10, 1)}, "ix_audit_trail_at_position"),
    ({"person": "qian"}, "ix_audit_trail_person_at_position"),
    ({"role": Role.SYSTEM}, "ix_audit_trail_role_at_position"),
    ({"action": "case/open"}, "ix_audit_trail_action_at_position"),
    ({"topic": EVENT.TOPIC}, "ix_audit_trail_action_at_position"),
    ({"ground": "correction"}, "ix_audit_trail_ground_at_position"),
    ({"organisation": "发展改革"}, "ix_audit_trail_organisation_at_position"),
    ({"document": "没有"}, r"pk_audit_documents|\(number=\?"),
    ({"person": "qian", "until": date(2026, 9, 29)}, "ix_audit_trail_person_at_position"),
    ({"late": True}, "ix_audit_trail_at_position"),
]


def test_every_filter_is_read_in_the_order_of_its_index(service, subtests):
    engine = fill(service, 6000).engine
    for filters, index in INDEXED:
        with subtests.test(index, **filters):
            steps = plan(
                engine, OLDEST_FIRST.page(find_trail_rows(engine, TrailQuery(**filters)), 20)
            )
            assert re.search(index, steps), steps
            assert "Seq Scan" not in steps, steps
            assert "topic" in filters or not re.search("Sort|TEMP B-TREE", steps), steps


# invalid queries --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "filters",
    [
        {"role": "king"},
        {"action": "case/forget"},
        {"topic": "case/forgotten"},
        {"since": "1999-12-31"},
        {"until": "2200-01-01"},
        {"person": "x" * 201},
        {"document": "a\0b"},
        {"stream": "one"},
        {"persons": "zhao"},
        {"persons": ""},
        {"after": 0},
        {"after": 2**63},
        {"applicant": "411281190212169470"},
    ],
    ids=str,
)
def test_a_query_with_an_invalid_value_or_an_unknown_filter_is_refused(filters):
    with pytest.raises(ValidationError):
        TrailQuery(**filters)


def test_an_empty_text_counts_as_no_filter():
    assert TrailQuery(**dict.fromkeys(TrailQuery.model_fields, "")) == TrailQuery()


def test_the_box_of_document_numbers_takes_the_id_of_a_case_as_well():
    stream = STREAMS[0]
    for typed in (str(stream), f"{{{stream}}}", stream.hex.upper()):
        assert TrailQuery(document=typed) == TrailQuery(stream=stream)
    assert TrailQuery(document=str(stream), stream=STREAMS[1]).stream == STREAMS[1]
