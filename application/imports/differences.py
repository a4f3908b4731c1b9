"""Compares the rows of one table with each other, and with the day on which they come."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from application.imports.changes import Numbered
from application.imports.rows import CatalogueRow, CreditRow, ItemEntry, RowError
from domain.catalogue.terms import Weight
from domain.values.credit import CreditEntry, CreditSubject
from domain.values.folding import fold
from domain.values.identifiers import birth_fault

_CREDIT = {
    name: field.alias
    for name, field in CreditRow.model_fields.items()
    if field.alias and name in CreditEntry.model_fields and name not in ("subject_code", "document")
}
_ITEM = {name: field.alias for name, field in CatalogueRow.model_fields.items() if field.alias}


def differing_credit(one: CreditEntry, other: CreditEntry) -> Sequence[str]:
    """Returns the columns in which two entries about one record differ."""
    return [
        column for name, column in _CREDIT.items() if getattr(one, name) != getattr(other, name)
    ]


def differing_items(one: ItemEntry, other: ItemEntry) -> Sequence[str]:
    """Returns the columns in which two entries about one item differ."""
    mine, theirs = _columns_of(one), _columns_of(other)
    return [column for name, column in _ITEM.items() if mine.get(name) != theirs.get(name)]


def _columns_of(entry: ItemEntry) -> Mapping[str, Any]:
    item, terms = entry
    columns = dict(item) | {
        f"{office}_{part}": getattr(getattr(item, office), part)
        for office in ("department", "supervisor")
        for part in ("code", "name")
    }
    if terms is None:
        return columns
    weights = {"primary": terms.of(Weight.PRIMARY), "secondary": terms.of(Weight.SECONDARY)}
    return columns | dict(terms) | dict(terms.periods) | weights


def names_in_conflict(rows: Sequence[Numbered[ItemEntry]]) -> Iterator[RowError]:
    """Yields an error for each department that has another name in an earlier row."""
    first: dict[str, tuple[int, str]] = {}
    for row in rows:
        item = row.value.item
        for office, column in ((item.department, "责任单位"), (item.supervisor, "监管单位")):
            number, name = first.setdefault(office.code, (row.row, office.name))
            if fold(name) != fold(office.name):
                reason = f"与第{number}行代码相同的单位名称不一致，请核对"
                yield RowError(row.row, column, reason)


def ahead_of(today: date, rows: Sequence[Numbered[CreditEntry]]) -> Iterator[RowError]:
    """Yields an error for each record that lies in the future, or of a person nobody can be."""
    for row in rows:
        entry = row.value
        if entry.decided_on > today:
            yield RowError(row.row, "认定日期", "认定日期不能晚于今天")
        person = entry.subject_kind is CreditSubject.PERSON
        if person and (fault := birth_fault(entry.subject_code, today)):
            yield RowError(row.row, "主体代码", fault)
