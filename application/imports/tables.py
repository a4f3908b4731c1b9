"""Checks a whole table before anything is written, and reports every row of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from application.imports.consistency import Numbered, consistent
from application.imports.report import Change, Outcome, Report, RowOutcome, in_order
from application.imports.row_model import Cells, Parsed

T = TypeVar("T")
Parse = Callable[[int, Cells], Parsed[T]]
Load = Callable[[Sequence[T], bool], Sequence[Outcome]]
"""Takes in all records or none, and returns their outcomes; True keeps it from writing."""


def take_in(
    rows: Iterable[tuple[int, Cells]],
    parse: Parse[T],
    load: Load[T],
    notes: Sequence[str] = (),
    *,
    dry_run: bool = False,
) -> Report:
    """Takes in all rows of a table or none; the report has an outcome for each.

    The records are compared with the stored ones even if some rows are refused, so that one report
    names every fault.
    """
    valid, others = _parsed(rows, parse)
    checked = consistent(valid)
    others += checked.others
    refused = any(each.change is Change.REFUSED for each in others)
    outcomes = load([each.row.entry() for each in checked.records], dry_run or refused)
    told = [
        RowOutcome(record.number, *outcome)
        for record, outcome in zip(checked.records, outcomes, strict=True)
    ]
    return Report(in_order([*told, *others]), tuple(notes), dry_run)


def _parsed(
    rows: Iterable[tuple[int, Cells]], parse: Parse[T]
) -> tuple[list[Numbered[T]], list[RowOutcome]]:
    """Returns the valid rows, and an outcome for each invalid one."""
    valid, invalid = [], []
    for number, cells in rows:
        parsed = parse(number, cells)
        if parsed.row is not None:
            valid.append(Numbered(number, parsed.row))
        else:
            reasons = tuple(f"“{error.column}”：{error.reason}" for error in parsed.errors)
            invalid.append(RowOutcome(number, Change.REFUSED, reasons))
    return valid, invalid
