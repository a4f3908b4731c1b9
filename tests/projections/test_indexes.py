"""Every list is read by an index of its own, so that its cost does not grow with its table."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, inspect
from sqlalchemy.dialects import postgresql, sqlite

from application.access.permissions import Where
from domain.case.stages import Stage
from domain.catalogue.terms import CommitmentType, ItemField
from infrastructure.database.engine import writing
from infrastructure.projector.rebuild import rebuild
from projections.disclosures import queries as disclosure
from projections.disclosures.name_search import NAMES
from projections.disclosures.projection import DISCLOSURE, PublicStatus
from projections.read_model.tables import case_summaries, disclosures, name_tails
from projections.worklist import projection as worklist
from tests.given import DAY_1

OVERSEER = "the overseer"
TODAY, COUNT = DAY_1.date(), 2000
DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


def public(**filters):
    is_by_sanction = filters.get("sanctioned")
    order = disclosure.LATEST_SANCTION_FIRST if is_by_sanction else disclosure.NEWEST_FIRST
    return order.page(disclosure.public_list(TODAY, **filters), 20)


QUERIES = {
    "committed_on_code": public(),
    "status_committed_on_code": public(status=PublicStatus.PARTLY),
    "field_committed_on_code": public(field=ItemField.CITIZEN),
    "kind_committed_on_code": public(kind=CommitmentType.DEFERRED_MATERIALS),
    "accepting_code_committed_on_code": public(org="office 7"),
    "sanctioned_sanctioned_on_code": public(sanctioned=True),
    "changed": disclosure.changed_after(TODAY, COUNT - 20).limit(20),
    "public_until_changed": disclosure.ended_after(TODAY, TODAY - timedelta(days=3), 0).limit(20),
}
"""Queries of the public list, each by the end of its index's name."""


def entry(number):
    """Returns one of many entries: three quarters are public, and each filter has a rare value."""
    needed = {c.name: "" for c in disclosures.c if not c.nullable}
    return needed | {
        "case_id": UUID(int=number),
        "name_folded": f"义马市第{number}小学",
        "code": f"{number:020}",
        "subject_code": f"{number:018}",
        "status": PublicStatus.PARTLY if number % 500 == 0 else PublicStatus.SUPERVISED,
        "field": ItemField.CITIZEN if number % 500 == 1 else ItemField.OTHER_HIGH_FREQUENCY,
        "kind": list(CommitmentType)[number % 500 == 2],
        "committed_on": TODAY - timedelta(days=number % 300),
        "granted_on": TODAY if number % 4 else None,
        "accepting_code": f"office {number % 10}",
        "sanctioned": number % 20 == 3,
        "sanctioned_on": TODAY - timedelta(days=number % 300) if number % 20 == 3 else None,
        "public_until": TODAY - timedelta(days=number % 60 - 50) if number % 20 == 3 else None,
        "changed": number,
        "updated_at": DAY_1,
    }


def summary(number):
    """Returns one of many summary rows: ten offices accept the cases, and one supervises all."""
    needed = {c.name: "" for c in case_summaries.c if not c.nullable}
    return needed | {
        "case_id": UUID(int=number),
        "version": 1,
        "stage": Stage.PENALIZED if number % 500 == 0 else Stage.GRANTED,
        "accepting_code": f"office {number % 10}",
        "supervising_code": OVERSEER,
        "opened_at": DAY_1 - timedelta(minutes=number),
        "updated_at": DAY_1,
    }


@pytest.fixture(params=["migrated", "rebuilt"])
def filled(request, service):
    """Fills the tables that the migrations or a rebuild created, and returns the engine."""
    if request.param == "rebuilt":
        for projection in (DISCLOSURE, NAMES):
            rebuild(service.projector, projection)
    rows = [entry(number) for number in range(COUNT)]
    tails = [
        {"tail": row["name_folded"][start:], "case_id": row["case_id"]}
        for row in rows
        for start in range(len(row["name_folded"]))
    ]
    with writing(service.engine).begin() as db:
        db.execute(insert(disclosures), rows)
        db.execute(insert(name_tails), tails)
        db.execute(insert(case_summaries), [summary(number) for number in range(COUNT)])
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("ANALYZE")
    return service.engine


def plan(engine, query):
    """Returns the plan by which the database runs the query."""
    sql = query.compile(
        dialect=DIALECTS[engine.dialect.name], compile_kwargs={"literal_binds": True}
    )
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN (COSTS OFF)"
    with engine.connect() as db:
        return "\n".join(str(row[-1]) for row in db.exec_driver_sql(f"{explain} {sql}"))


def reads_a_whole_table(steps):
    return re.search(r"Seq Scan|SCAN (disclosures|name_tails)", steps)


def test_a_list_is_read_in_the_order_of_its_index(filled, subtests):
    for index, query in QUERIES.items():
        with subtests.test(index):
            steps = plan(filled, query)
            assert re.search(rf"ix_disclosures_{index}(_[0-9a-f]{{8}})?[ \n]", f"{steps}\n"), steps
            assert not re.search("Sort|TEMP B-TREE", steps), steps


def test_a_few_matching_cases_are_looked_up_and_the_list_is_not_walked(filled):
    steps = plan(filled, public(search="千秋", among=[UUID(int=n) for n in range(3)]))
    assert not re.search("ix_disclosures|Seq Scan on disclosures", steps), steps


def test_the_matches_of_a_search_are_found_without_reading_a_whole_table(filled):
    steps = plan(filled, disclosure.matching_cases("第77"))
    assert not reads_a_whole_table(steps), steps
    assert re.search(r"tail>\?|Index Cond: \(\(+tail\)?(::text)? >=", steps), steps


def test_a_common_part_of_a_name_is_found_by_walking_the_list_from_its_newest_entry(filled):
    steps = plan(filled, public(search="小学"))
    assert "ix_disclosures_committed_on_code" in steps, steps
    assert not re.search("Sort|TEMP B-TREE", steps), steps


@pytest.mark.parametrize("office", ["office 7", OVERSEER])
def test_the_cases_of_an_office_are_two_ordered_lists_merged_into_one(filled, office):
    steps = plan(filled, worklist.NEWEST_FIRST.page(worklist.cases(Where.EITHER, office), 20))
    assert re.search("MERGE|Merge Append", steps), steps
    assert not re.search("-> +Sort|Seq Scan|SCAN case_summaries|MULTI-INDEX OR", steps), steps


def test_the_cases_of_a_rare_stage_are_found_by_the_index_on_the_stage(filled):
    steps = plan(
        filled, worklist.NEWEST_FIRST.page(worklist.cases(Where.ANYWHERE, "", Stage.PENALIZED), 20)
    )
    assert "ix_case_summaries_stage_opened_at" in steps, steps


def shapes(engine):
    """Yields the columns and indexes of both tables, but no index names: a rebuild changes them."""
    inspector = inspect(engine)
    for table in ("disclosures", "name_tails"):
        for index in inspector.get_indexes(table):
            options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
            yield table, str(index["column_names"]), index["unique"], str(options)
        for column in inspector.get_columns(table):
            yield table, column["name"], str(column["type"].compile(engine.dialect))
        yield table, str(inspector.get_pk_constraint(table)["constrained_columns"])
        yield table, str(inspector.get_table_options(table))


def test_a_rebuilt_table_has_the_same_columns_and_indexes(service):
    before = sorted(shapes(service.engine), key=str)
    assert len(before) > 40
    for projection in (DISCLOSURE, NAMES):
        rebuild(service.projector, projection)
    assert sorted(shapes(service.engine), key=str) == before


def test_an_entry_is_found_by_the_index_on_its_code(filled):
    assert "ix_disclosures_code" in plan(filled, disclosure.by_code(TODAY, "1" * 20))
