"""What an import changes: one outcome for each row, and the contradictions within one table."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from application.imports.rows import RowError
from domain.values.labels import Labelled

T = TypeVar("T")


class Change(Labelled):
    """What becomes of one record of a table."""

    NEW = "new", "新增"
    CHANGED = "changed", "更新"
    SAME = "same", "未变"
    WITHDRAWN = "withdrawn", "撤销"
    RESTORED = "restored", "恢复"
    REPEATED = "repeated", "重复"
    """The row is equal to an earlier row of the table; it is no record of its own."""
    REFUSED = "refused", "拒绝"


class Outcome(NamedTuple):
    """The change of one record, with its reason if it is refused."""

    change: Change
    reason: str = ""


class RowOutcome(NamedTuple):
    row: int
    change: Change
    reason: str = ""


@dataclass(frozen=True)
class Numbered(Generic[T]):
    """A record with the number of its row."""

    row: int
    value: T


@dataclass(frozen=True)
class Sorted(Generic[T]):
    """The records of a table, each once; the rows that repeat one; the contradictions."""

    records: Sequence[Numbered[T]]
    repeated: Sequence[RowOutcome]
    errors: Sequence[RowError]


def each_once(
    rows: Iterable[Numbered[T]],
    key: Callable[[T], Hashable],
    differing: Callable[[T, T], Sequence[str]],
) -> Sorted[T]:
    """Sorts out the rows about one record: equal rows count once, different ones contradict.

    `differing` returns the columns in which two rows about one record differ.
    """
    first: dict[Hashable, Numbered[T]] = {}
    repeated, errors = [], []
    for each in rows:
        earlier = first.setdefault(key(each.value), each)
        if earlier is each:
            continue
        if columns := differing(earlier.value, each.value):
            reason = f"与第{earlier.row}行是同一条记录，但这一列不同，请核对后只留一行"
            errors += [RowError(each.row, column, reason) for column in columns]
        else:
            repeated.append(RowOutcome(each.row, Change.REPEATED, f"与第{earlier.row}行相同"))
    return Sorted(list(first.values()), repeated, errors)


@dataclass(frozen=True)
class Report:
    """The outcome of every row of a table, in the order of the rows."""

    outcomes: Sequence[RowOutcome]
    notes: Sequence[str] = ()
    """What was read of the file and what was not."""
    dry_run: bool = False

    @property
    def refused(self) -> bool:
        return any(each.change is Change.REFUSED for each in self.outcomes)

    def count(self, change: Change) -> int:
        return sum(each.change is change for each in self.outcomes)

    def __str__(self) -> str:
        """The counts of records by change; repeated rows are counted as rows."""
        counts = [
            f"{change.label}{number}{'行' if change is Change.REPEATED else '条'}"
            for change in Change
            if (number := self.count(change))
        ]
        return "、".join(counts) or "没有记录"


def report(
    sorted_out: Sorted[T],
    outcomes: Iterable[Outcome],
    notes: Sequence[str] = (),
    dry_run: bool = False,
) -> Report:
    """Joins the outcomes of the records with the repeated rows."""
    of_records = [
        RowOutcome(each.row, outcome.change, outcome.reason)
        for each, outcome in zip(sorted_out.records, outcomes, strict=True)
    ]
    return Report(sorted([*of_records, *sorted_out.repeated]), notes, dry_run)
