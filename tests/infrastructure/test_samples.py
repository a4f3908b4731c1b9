"""The sample data: it imports without one error, covers the rules, and names nobody."""

import json
from collections import Counter
from pathlib import Path

import pytest

from application.imports.rows import (
    CREDIT_COLUMNS,
    ITEM_COLUMNS,
    OPTIONAL_ITEM_COLUMNS,
    ItemEntry,
    parse_credit,
    parse_item,
)
from domain.catalogue.terms import CommitmentType, DecisionGate, ItemField, Replaces
from domain.values.credit import (
    CreditEntry,
    CreditExclusion,
    CreditRecordKind,
    CreditSubject,
    PenaltyProcedure,
    exclusion_of,
)
from domain.values.identifiers import citizen_id
from domain.values.parties import Organisation
from infrastructure.spreadsheets import reader as sheets

SAMPLES = Path(__file__).parents[2] / "api" / "demo" / "samples"


@pytest.fixture(scope="module")
def matters() -> list[ItemEntry]:
    table = SAMPLES / "catalogue.csv"
    rows = sheets.read_rows(table, ITEM_COLUMNS, optional=OPTIONAL_ITEM_COLUMNS)
    parsed = [parse_item(*row) for row in rows]
    assert [str(error) for entry in parsed for error in entry.errors] == []
    return [entry.value for entry in parsed if entry.value]


@pytest.fixture(scope="module")
def records() -> list[CreditEntry]:
    parsed = [
        parse_credit(*row) for row in sheets.read_rows(SAMPLES / "credit.csv", CREDIT_COLUMNS)
    ]
    assert [str(error) for entry in parsed for error in entry.errors] == []
    return [entry.value for entry in parsed if entry.value]


@pytest.fixture(scope="module")
def names() -> dict[str, list[dict[str, str]]]:
    content: dict[str, list[dict[str, str]]] = json.loads((SAMPLES / "names.json").read_bytes())
    return content


def test_one_sample_item_needs_a_substantive_check(matters: list[ItemEntry]) -> None:
    checked = [each.item.name for each in matters if each.terms and each.terms.substantive_check]
    assert checked == ["建设工程规划许可证核发"]


def test_the_sample_catalogue_covers_every_field(matters: list[ItemEntry]) -> None:
    assert Counter(entry.item.field for entry in matters) == {
        ItemField.CITIZEN: 4,
        ItemField.COMPANY_SETUP: 3,
        ItemField.CONSTRUCTION: 3,
        ItemField.SIMPLE_DEREGISTRATION: 2,
        ItemField.SOCIAL_ORGANISATIONS: 3,
        ItemField.OTHER_HIGH_FREQUENCY: 1,
    }


def test_the_sample_catalogue_has_each_type_and_gate_and_one_item_not_yet_enacted(
    matters: list[ItemEntry],
) -> None:
    enacted = [entry.terms for entry in matters if entry.terms]
    assert len(enacted) == len(matters) - 1
    assert {kind for terms in enacted for kind in terms.types} == set(CommitmentType)
    assert {terms.gate for terms in enacted} == set(DecisionGate)
    assert {terms.replaces for terms in enacted} == set(Replaces)


def test_a_department_of_the_samples_has_one_code_and_an_item_too(matters: list[ItemEntry]) -> None:
    assert len({entry.item.code for entry in matters}) == len(matters)
    organs = {
        (organ.code, organ.name)
        for entry in matters
        for organ in (entry.item.department, entry.item.supervisor)
    }
    assert len({code for code, _ in organs}) == len({name for _, name in organs}) == len(organs)
    assert all(code.startswith("11411281") for code, _ in organs)


def test_the_sample_records_show_every_case_of_the_rules(records: list[CreditEntry]) -> None:
    assert len(records) == len({entry.document for entry in records}) == 25
    assert {exclusion_of(entry) for entry in records} == {None, *CreditExclusion}
    shown = {(entry.kind, entry.repaired) for entry in records}
    assert shown == {(kind, repaired) for kind in CreditRecordKind for repaired in (True, False)}
    assert any(
        entry.subject_kind is CreditSubject.PERSON and entry.procedure is PenaltyProcedure.SIMPLE
        for entry in records
    )


def test_the_sample_names_are_many_unique_and_valid(names: dict[str, list[dict[str, str]]]) -> None:
    organisations = [Organisation(**entry) for entry in names["organisations"]]
    assert len({who.code for who in organisations}) == 120
    assert len({who.name for who in organisations}) == 120
    assert Counter(who.code[:2] for who in organisations) == {"91": 85, "92": 20, "51": 15}
    assert {who.region for who in organisations} == {"411281"}
    persons = [citizen_id(entry["number"]) for entry in names["persons"]]
    assert len(set(persons)) == len({entry["name"] for entry in names["persons"]}) == 30


def test_nobody_alive_has_a_number_of_the_samples(names: dict[str, list[dict[str, str]]]) -> None:
    assert all(entry["number"][6:10] < "1910" for entry in names["persons"])


def test_the_sample_records_are_about_the_sample_names(
    records: list[CreditEntry], names: dict[str, list[dict[str, str]]]
) -> None:
    known = {entry["code"] for entry in names["organisations"]}
    known |= {entry["number"] for entry in names["persons"]}
    assert {entry.subject_code for entry in records} < known
