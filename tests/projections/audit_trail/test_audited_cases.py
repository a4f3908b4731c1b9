"""Cases as auditors look for them: by any name of the applicant, and by who acted twice."""

from collections import defaultdict
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.case import events as e
from domain.values.parties import Organisation
from domain.values.staff import SYSTEM_PERSON, person_key
from infrastructure.database.engine import writing
from infrastructure.exports.search import MANY, find_trail_rows, is_of_applicant
from infrastructure.projector.rebuild import rebuild
from projections.audit_trail.cases import AUDITED, audited_cases, cases_of, fold
from projections.audit_trail.queries import NEWEST_FIRST, TrailQuery
from projections.read_model.tables import audit_cases
from tests import stories as s
from tests.given import CLERK, DECIDER, INSPECTOR, SYSTEM, history
from tests.projections.test_indexes import plan
from tests.support.service_driver import Office

PEOPLE = [CLERK, DECIDER, INSPECTOR, SYSTEM, CLERK.model_copy(update={"role": "inspector"})]


@pytest.fixture
def office(service):
    return Office(service)


def found(service, applicant: str) -> set:
    """Returns the cases that the search by applicant finds."""
    service.projector.catch_up(AUDITED)
    is_theirs = is_of_applicant(service.engine, audit_cases.c.case_id, applicant)
    with service.engine.connect() as db:
        return set(db.scalars(select(audit_cases.c.case_id).where(is_theirs)))


def test_a_case_is_found_by_code_and_by_a_part_of_its_applicants_name(office, service):
    bakery = Organisation(code=s.APPLICANT.code, name="义马市千秋路100%面包坊（东区）")
    case, other = office.remembers(s.GRANTED, applicant=bakery), office.remembers(s.REFUSED)
    for part in ("面包", "100%", "(东区)", "坊(东", "义马市千秋路100%面包坊（东区）"):
        assert found(service, part) == {case}, part
    for part in ("_", "0%面包%", "没有", "·", "面 包 铺"):
        assert found(service, part) == set(), part
    assert found(service, s.APPLICANT.code) == {case, other}
    assert found(service, s.APPLICANT.code.lower()) == {case, other}


@pytest.mark.parametrize("story", [s.DECLINED, s.REFUSED, s.WITHDRAWN, s.PENALIZED, s.OPENED])
def test_a_case_is_found_whatever_became_of_it(office, service, story):
    case = office.remembers(story)
    assert found(service, s.APPLICANT.name) == {case}


def test_a_corrected_name_is_found_and_the_wrong_one_still_is(office, service):
    case = office.remembers(s.CORRECTED)
    (event,) = [each for each in history(*s.CORRECTED) if isinstance(each, e.IdentityCorrected)]
    for name in (event.name, event.former):
        assert found(service, name) == {case}, name


def test_a_natural_persons_case_is_found_by_reference_only(office, service):
    case = office.remembers(s.GRANTED, applicant=s.PERSON)
    assert found(service, "自然人") == set()
    with service.engine.connect() as db:
        assert list(db.scalars(cases_of(str(s.PERSON.ref)))) == [case]
        assert db.scalar(select(audit_cases.c.names)) == ""


def test_of_very_many_cases_the_search_walks_the_lists_instead_of_looking_each_up(office, service):
    rows = [
        {"case_id": UUID(int=n), "subject": "x", "names": "同名", "hands": {}}
        for n in range(MANY + 1)
    ]
    steps = []
    for some in (rows[:MANY], rows[MANY:]):
        with writing(service.engine).begin() as db:
            db.execute(audit_cases.insert(), some)
        trail = find_trail_rows(service.engine, TrailQuery(applicant="同名"))
        steps.append(str(trail.whereclause))
    assert "IN" in steps[0] and "EXISTS" in steps[1]
    case = office.remembers(s.OPENED, applicant=Organisation(code=s.APPLICANT.code, name="同名"))
    service.projector.catch_up_all()
    with service.engine.connect() as db:
        trail = find_trail_rows(service.engine, TrailQuery(applicant="同名"))
        assert [row.stream_id for row in db.execute(NEWEST_FIRST.page(trail, 5))] == [case]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(PEOPLE), min_size=11, max_size=11))
def test_a_case_is_marked_at_the_first_event_of_anybody_in_a_second_role(people):
    """A second calculation from the events: who has acted in which roles so far."""
    rows, roles, expected = (), defaultdict(set), None
    for position, told, by in zip(count(100), history(*s.PENALIZED), people, strict=False):
        event = told.model_copy(update={"by": by})
        rows = fold(rows, event, position)
        if event.by.person != SYSTEM_PERSON:
            roles[person_key(event.by.person)].add(event.by.role)
        if expected is None and any(len(each) > 1 for each in roles.values()):
            expected = position
    (row,) = rows
    assert row["doubled"] == expected
    assert {key: set(acted) for key, acted in row["hands"].items()} == dict(roles)


def test_a_rebuild_writes_the_same_rows_again(office, service):
    for story in (s.PENALIZED, s.DECLINED):
        office.remembers(story)
    service.projector.catch_up(AUDITED)

    def rows():
        with service.engine.connect() as db:
            return sorted(str(row) for row in db.execute(select(audit_cases)))

    before = rows()
    rebuild(service.projector, AUDITED)
    assert rows() == before and len(before) == 2


def test_marked_cases_are_found_by_the_index_of_the_mark(office, service):
    office.remembers(s.PENALIZED)
    steps = plan(service.engine, audited_cases(doubled=True, after=7))
    assert "audit_cases" in steps
    assert "SCAN audit_cases" not in steps, steps
