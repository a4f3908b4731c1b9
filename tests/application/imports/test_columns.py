"""What a person is told of each column: complete, and true to the row models."""

import pytest

from application.imports.columns import NOTES, ImportTable, Kind, columns
from application.imports.rows import (
    CREDIT_COLUMNS,
    ITEM_COLUMNS,
    OPTIONAL_CREDIT_COLUMNS,
    OPTIONAL_ITEM_COLUMNS,
    ItemEntry,
    parse_credit,
    parse_item,
)
from domain.catalogue.terms import ItemField, SanctionMeasure
from domain.values.credit import CreditRecordKind

TABLES = {
    ImportTable.CATALOGUE: ((*ITEM_COLUMNS, *OPTIONAL_ITEM_COLUMNS), parse_item),
    ImportTable.CREDIT: ((*CREDIT_COLUMNS, *OPTIONAL_CREDIT_COLUMNS), parse_credit),
}


def of(table: ImportTable, name: str):
    return next(column for column in columns(table) if column.name == name)


def example(table: ImportTable, number: int) -> dict[str, str]:
    return {column.name: column.note.examples[number] for column in columns(table)}


@pytest.mark.parametrize("table", ImportTable)
def test_a_table_has_the_columns_of_its_row_model(table: ImportTable):
    assert tuple(column.name for column in columns(table)) == TABLES[table][0]


def test_every_column_has_a_note_and_every_note_has_its_column():
    """A new column needs a line in NOTES: what it is, who issues it, two examples."""
    assert {*NOTES} == {
        *(*ITEM_COLUMNS, *OPTIONAL_ITEM_COLUMNS),
        *(*CREDIT_COLUMNS, *OPTIONAL_CREDIT_COLUMNS),
    }
    for name, note in NOTES.items():
        assert note.about, name
        assert note.issuer, name


@pytest.mark.parametrize("table", ImportTable)
@pytest.mark.parametrize("number", [0, 1])
def test_each_example_row_can_be_imported(table: ImportTable, number: int):
    parsed = TABLES[table][1](2, example(table, number))
    assert parsed.errors == ()
    assert parsed.value is not None


def test_the_second_example_of_the_catalogue_is_listed_without_terms():
    entry = parse_item(2, example(ImportTable.CATALOGUE, 1)).value
    assert isinstance(entry, ItemEntry)
    assert entry.terms is None


@pytest.mark.parametrize("table", ImportTable)
def test_a_column_that_a_row_cannot_lack_is_called_required(table: ImportTable):
    required, parse = TABLES[table][0], TABLES[table][1]
    for name in required:
        cells = {**example(table, 1), name: ""}
        missing = any(error.column == name for error in parse(2, cells).errors)
        assert (of(table, name).required == "必填") is missing, name


@pytest.mark.parametrize("table", ImportTable)
def test_every_choice_of_a_list_can_be_imported(table: ImportTable):
    for column in columns(table):
        for choice in column.choices:
            errors = TABLES[table][1](2, {**example(table, 0), column.name: choice}).errors
            assert [error for error in errors if error.reason.startswith("应为")] == []


def test_choices_are_labels_or_codes_as_the_column_reads_them():
    assert of(ImportTable.CATALOGUE, "领域").choices == tuple(each.label for each in ItemField)
    assert of(ImportTable.CREDIT, "记录类型").choices == tuple(
        each.label for each in CreditRecordKind
    )
    assert of(ImportTable.CATALOGUE, "惩戒措施").choices == tuple(map(str, SanctionMeasure))
    assert of(ImportTable.CREDIT, "已修复").choices == ("是", "否")
    assert of(ImportTable.CREDIT, "处罚程序").choices == ("简易程序", "普通程序")


def test_the_form_says_what_the_type_demands():
    assert of(ImportTable.CATALOGUE, "补交期限").form == "整数；不小于1；不大于250"
    assert of(ImportTable.CATALOGUE, "责任单位").form.startswith("1至200字，单行")
    several = of(ImportTable.CATALOGUE, "承诺类型")
    assert several.several
    assert several.form == "多项之间用“；”分隔；填：告知承诺型、容缺受理型；最多2项"
    assert "H1（列为重点审查对象" in of(ImportTable.CATALOGUE, "惩戒措施").form
    day = of(ImportTable.CREDIT, "认定日期")
    assert (day.kind, day.form) == (Kind.DATE, "日期，如2026-03-05")
