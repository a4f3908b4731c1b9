"""Searching the audit trail: every question alone and any of them together, as Python would."""

import random
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import insert

from application.access.permissions import Role
from domain.kernel.aggregate import Event
from infrastructure.database.engine import writing
from infrastructure.exports.search import found
from infrastructure.projector.rebuild import rebuild
from projections.audit_trail import descriptors
from projections.audit_trail.descriptors import ACTION_OF, ACTIONS, DOCUMENTS, FAMILIES, comparable
from projections.audit_trail.documents import NAMED
from projections.audit_trail.projection import AUDIT
from projections.audit_trail.queries import FEW, NEWEST_FIRST, OLDEST_FIRST, Sought, organisations
from projections.read_model.tables import audit_documents, audit_trail
from tests import stories as s
from tests.domain.test_events import sampled
from tests.domain.test_lifecycle import EVENTS
from tests.projections.test_indexes import plan
from tests.support.service_driver import Office

SHANGHAI = timezone(timedelta(hours=8))
NOON = datetime(2026, 9, 28, 12, tzinfo=SHANGHAI)
COUNT = 400
PERSONS = ("zhao", "qian", "sun", "Zhao", "zhao%", "赵_")
OFFICES = [(f"1141128100580{n:04}A", f"义马市第{n}管理局") for n in range(FEW + 3)]
OFFICES += [("11411281005899990B", "义马市发展改革委员会"), ("11411281005899991C", "100%公开办")]
ROLES = (Role.INTAKE_CLERK, Role.INSPECTOR, Role.SYSTEM)
GROUNDS = ("correction", "pioneering", None, None, None)
NUMBERS = ("义市监许〔2026〕108号", "义市监罚〔2026〕31号", "41128120260928000001", "100%")
STREAMS = [UUID(int=n) for n in range(1, 30)]


def dice(seed: int) -> random.Random:
    """The same throws every time."""
    return random.Random(seed)  # noqa: S311


def made_up(position: int, chance: random.Random) -> dict:
    """A row of the trail; instants repeat, and lie on both sides of midnight."""
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


@dataclass
class Filled:
    engine: object
    rows: list

    def expected(self, sought: Sought) -> list[int]:
        """The positions that Python finds in the whole trail, in order of time."""
        kept = sorted(self.rows, key=lambda row: (row["at"], row["position"]))
        return [row["position"] for row in kept if fits(row, sought)]

    def answered(self, sought: Sought, size=200, order=OLDEST_FIRST) -> list[int]:
        with self.engine.connect() as db:
            rows = found(self.engine, sought)
            cursor, positions = None, []
            while cursor or not positions:
                page = list(db.execute(order.page(rows, size, cursor)))
                shown, cursor = order.split(page, size)
                positions += [row.position for row in shown]
                if not cursor:
                    return positions
        return positions


def fits(row: dict, sought: Sought) -> bool:
    day = row["at"].astimezone(SHANGHAI).date()
    asked = sought.document and sought.document.replace("[", "〔").replace("]", "〕")
    return all(
        (
            sought.person in (None, row["person"]),
            sought.role in (None, row["role"]),
            sought.organisation is None
            or sought.organisation in row["department"]
            or sought.organisation in row["department_code"],
            sought.action in (None, row["action"]),
            sought.ground in (None, row["ground"]),
            asked is None or asked in row["documents"],
            sought.stream in (None, row["stream_id"]),
            sought.since is None or day >= sought.since,
            sought.until is None or day <= sought.until,
            sought.topic in (None, row["topic"]),
        )
    )


def fill(service, count: int) -> Filled:
    chance = dice(20260928)
    rows = [made_up(position, chance) for position in range(1, count + 1)]
    named = [
        {"number": comparable(number), "at": row["at"], "position": row["position"]}
        for row in rows
        for number in row["documents"]
    ]
    with writing(service.engine).begin() as db:
        db.execute(insert(audit_trail), rows)
        db.execute(insert(audit_documents), named)
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("ANALYZE")
    return Filled(service.engine, rows)


@pytest.fixture
def filled(service):
    return fill(service, COUNT)


EVENT = list(ACTION_OF)[3]
QUESTIONS = {
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
}


def test_every_question_has_its_examples():
    assert set(QUESTIONS) == set(Sought.model_fields)


def test_every_question_alone_is_answered_exactly(filled):
    found_something = set()
    for name, values in QUESTIONS.items():
        for value in values:
            sought = Sought(**{name: value})
            assert filled.answered(sought) == filled.expected(sought), sought
            if filled.expected(sought):
                found_something.add(name)
    assert found_something == set(QUESTIONS)


def test_any_two_questions_are_answered_exactly(filled):
    chance = dice(1)
    for one, other in combinations(QUESTIONS, 2):
        for _ in range(4):
            asked = {name: chance.choice(QUESTIONS[name]) for name in (one, other)}
            assert filled.answered(Sought(**asked)) == filled.expected(Sought(**asked)), asked


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(values) for name, values in QUESTIONS.items()}
    ),
    st.sampled_from([1, 7, 200]),
)
def test_any_questions_together_are_answered_exactly_page_by_page(filled, asked, size):
    sought = Sought(**asked)
    expected = filled.expected(sought)
    assert filled.answered(sought, max(size, len(expected) // 40 + 1)) == expected
    assert filled.answered(sought, 200, NEWEST_FIRST) == expected[::-1]


def test_what_asks_for_nothing_is_the_whole_trail(filled):
    assert filled.answered(Sought(), 33) == filled.expected(Sought())
    assert len(filled.answered(Sought())) == COUNT


def test_the_organisations_are_each_found_once(filled):
    with filled.engine.connect() as db:
        shown = list(db.scalars(organisations()))
    assert shown == sorted({row["organisation"] for row in filled.rows})


def test_an_empty_trail_has_no_organisations(service):
    with service.engine.connect() as db:
        assert list(db.scalars(organisations())) == []
    assert Filled(service.engine, []).answered(Sought(organisation="义马")) == []


INDEXED = [
    ({}, "ix_audit_trail_at_position"),
    ({"since": date(2026, 10, 1)}, "ix_audit_trail_at_position"),
    ({"person": "zhao"}, "ix_audit_trail_person_at_position"),
    ({"role": Role.SYSTEM}, "ix_audit_trail_role_at_position"),
    ({"action": "case/open"}, "ix_audit_trail_action_at_position"),
    ({"topic": EVENT.TOPIC}, "ix_audit_trail_action_at_position"),
    ({"ground": "correction"}, "ix_audit_trail_ground_at_position"),
    ({"organisation": "发展改革"}, "ix_audit_trail_organisation_at_position"),
    ({"document": "没有"}, r"pk_audit_documents|\(number=\?"),
    ({"person": "zhao", "until": date(2026, 9, 29)}, "ix_audit_trail_person_at_position"),
]


def test_every_question_is_read_in_the_order_of_its_index(service, subtests):
    engine = fill(service, 6000).engine
    for asked, index in INDEXED:
        with subtests.test(index, **asked):
            way = plan(engine, OLDEST_FIRST.page(found(engine, Sought(**asked)), 20))
            assert re.search(index, way), way
            assert "Seq Scan" not in way, way
            assert "topic" in asked or not re.search("Sort|TEMP B-TREE", way), way


# what may not be asked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
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
    ],
    ids=str,
)
def test_what_is_no_question_is_refused(asked):
    with pytest.raises(ValidationError):
        Sought(**asked)


def test_what_was_left_empty_is_not_asked():
    assert Sought(**dict.fromkeys(Sought.model_fields, "")) == Sought()


# what an event is found by ----------------------------------------------------------------------


def test_every_event_has_its_action_and_every_action_its_words():
    assert set(ACTION_OF) == set(EVENTS)
    assert set(ACTION_OF.values()) == set(ACTIONS)
    assert all(ACTIONS.values())
    assert {action.partition("/")[0] for action in ACTIONS} == set(FAMILIES)


NUMBERED = {"number", "document", "measure_document", "code"}


def named_in(said, name: str = "") -> set[str]:
    """The texts under a name that a document's number has; a code is one when it is 20 digits."""
    match said:
        case dict():
            return {found for key in said for found in named_in(said[key], key)}
        case list():
            return {found for each in said for found in named_in(each, name)}
        case str() if name in NUMBERED and (name != "code" or len(said) == 20):
            return {said}
        case _:
            return set()


@pytest.mark.parametrize("event", sampled().values(), ids=lambda event: event.TOPIC)
def test_no_document_that_an_event_names_is_forgotten(event: Event):
    said = event.model_dump(mode="json")
    assert set(descriptors.documents_of(event)) == named_in(said)


def test_the_documents_of_a_story_lead_to_their_events(service):
    case = Office(service).remembers(s.PENALIZED)
    for projection in (AUDIT, NAMED):
        service.projector.catch_up(projection)
    for number, version in (
        ("义市监罚〔2026〕31号", 11),
        ("义市监罚 [2026] 31号", 11),
        ("义市监许〔2026〕108号", 5),
        (s.code(serial=1), 4),
    ):
        with service.engine.connect() as db:
            rows = OLDEST_FIRST.page(found(service.engine, Sought(document=number)), 5)
            (row,) = db.execute(rows)
        assert (row.stream_id, row.version) == (case, version)
        assert comparable(number) in map(comparable, row.documents)
    assert len(DOCUMENTS) < len(ACTION_OF)


def test_a_row_that_is_rebuilt_is_the_row_it_was(service):
    Office(service).remembers(s.PENALIZED)
    service.projector.catch_up_all()
    before = {table: _all(service, table) for table in (audit_trail, audit_documents)}
    for projection in (AUDIT, NAMED):
        rebuild(service.projector, projection)
    assert {table: _all(service, table) for table in before} == before
    assert all(before.values())


def _all(service, table):
    with service.engine.connect() as db:
        return sorted(str(row) for row in db.execute(table.select()))
