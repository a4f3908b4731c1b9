"""The report of an import: what becomes of every row, and how many records change.

A report contains no text of a cell: no row of it can show a person's number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.values.labels import Labelled


class Change(Labelled):
    """What becomes of the record of a row."""

    NEW = "new", "新增"
    CHANGED = "changed", "更新"
    SAME = "same", "未变"
    WITHDRAWN = "withdrawn", "撤销"
    RESTORED = "restored", "恢复"
    REPEATED = "repeated", "重复"
    """An earlier row says the same; the row counts as no record of its own."""
    REFUSED = "refused", "拒绝"


class Outcome(NamedTuple):
    """The change of one record, with the reasons or the details that a person must know."""

    change: Change
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class RowOutcome:
    """The outcome of one row, by its number in the spreadsheet."""

    row: int
    change: Change
    reasons: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """One line for each reason, without the outcome."""
        return [f"第{self.row}行{reason}" for reason in self.reasons]


@dataclass(frozen=True)
class Report:
    """The outcomes of all rows of one table, in the order of the rows."""

    rows: Sequence[RowOutcome]
    notes: Sequence[str] = ()
    """What of the file was read, and what was not."""
    dry_run: bool = False

    @property
    def refused(self) -> list[RowOutcome]:
        return [each for each in self.rows if each.change is Change.REFUSED]

    @property
    def written(self) -> bool:
        return not (self.refused or self.dry_run)

    def count(self, change: Change) -> int:
        return sum(each.change is change for each in self.rows)

    def __str__(self) -> str:
        """The number of records by change; rows that repeat a record are counted as rows."""
        counts = [
            f"{change.label}{count}{'行' if change is Change.REPEATED else '条'}"
            for change in Change
            if (count := self.count(change))
        ]
        return "、".join(counts) or "没有记录"


def in_order(rows: Iterable[RowOutcome]) -> tuple[RowOutcome, ...]:
    return tuple(sorted(rows, key=lambda each: each.row))
