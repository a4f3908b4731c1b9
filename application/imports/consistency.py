"""One table says one thing about each record: equal rows count once, other ones are refused.

Nothing here depends on the order of the rows but the row numbers in the reasons.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from application.imports.report import Change, RowOutcome
from domain.values.folding import fold

E_co = TypeVar("E_co", covariant=True)
_NAMED_AT_MOST = 5
"""Rows that one reason names."""


class Comparable(Protocol[E_co]):
    """A valid row that can be compared with the other rows of its table."""

    def entry(self) -> E_co:
        """Returns the domain value of the row."""

    @property
    def key(self) -> Hashable:
        """What the row is about; two rows with one key are about one record."""

    @property
    def facts(self) -> Mapping[str, Hashable]:
        """The value of each column, as comparisons see it."""

    @property
    def spelling(self) -> tuple[bool, str]:
        """How the row spells its key; of equal rows, the one with the highest spelling is kept."""

    def organs(self) -> Iterator[tuple[str, str, str]]:
        """Yields a column, a code and the name that the row gives to the organ of this code."""


@dataclass(frozen=True)
class Numbered(Generic[E_co]):
    """A valid row with its number in the spreadsheet."""

    number: int
    row: Comparable[E_co] = field(repr=False)


@dataclass(frozen=True)
class Consistent(Generic[E_co]):
    """The records of a table, each once, and the rows that are no records of their own."""

    records: Sequence[Numbered[E_co]]
    others: Sequence[RowOutcome]


def consistent(rows: Sequence[Numbered[E_co]]) -> Consistent[E_co]:
    """Finds the records of a table; a record about which two rows differ is refused."""
    renamed = _renamed(rows)
    refused = dict(renamed)
    groups: dict[Hashable, list[Numbered[E_co]]] = defaultdict(list)
    for each in rows:
        groups[each.row.key].append(each)
    records, repeated = [], []
    for group in groups.values():
        if faults := _contradictions(group):
            for number, reason in faults.items():
                refused[number] = (reason, *renamed.get(number, ()))
            continue
        first, *again = sorted(group, key=lambda each: each.number)
        chosen = max(group, key=lambda each: each.row.spelling)
        if first.number not in renamed:
            records.append(Numbered(first.number, chosen.row))
        repeated += [(each.number, first.number) for each in again if each.number not in renamed]
    others = [RowOutcome(row, Change.REFUSED, reasons) for row, reasons in refused.items()]
    others += [RowOutcome(row, Change.REPEATED, (f"与第{n}行相同",)) for row, n in repeated]
    return Consistent(records, others)


def _contradictions(group: Sequence[Numbered[E_co]]) -> dict[int, str]:
    """Returns a reason by row if the rows about one record differ; it names rows and columns."""
    if len(group) == 1:
        return {}
    variants: dict[Hashable, list[Numbered[E_co]]] = defaultdict(list)
    for each in group:
        variants[tuple(each.row.facts.items())].append(each)
    if len(variants) == 1:
        return {}
    firsts = [same[0] for same in variants.values()][: _NAMED_AT_MOST + 1]
    return {
        each.number: _differs(each, [other for other in firsts if other.number != same[0].number])
        for same in variants.values()
        for each in same
    }


def _differs(row: Numbered[E_co], others: Sequence[Numbered[E_co]]) -> str:
    mine, named = row.row.facts, others[:_NAMED_AT_MOST]
    columns = [
        column
        for column in dict.fromkeys(column for each in (row, *named) for column in each.row.facts)
        if any(mine.get(column) != other.row.facts.get(column) for other in named)
    ]
    numbers = "、".join(str(other.number) for other in named)
    return f"“{'、'.join(columns)}”：与第{numbers}行是同一条记录，内容却不同，请核对后只留一行"


def _renamed(rows: Iterable[Numbered[E_co]]) -> dict[int, tuple[str, ...]]:
    """Returns the reasons by row where an organ has another name than in most rows.

    If no name is in most rows, every row that names the organ is refused.
    """
    named: dict[str, dict[str, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for each in rows:
        for column, code, name in each.row.organs():
            named[code][fold(name)].append((column, each.number))
    reasons: dict[int, list[str]] = defaultdict(list)
    for names in named.values():
        most = max(map(len, names.values()))
        common = [name for name, places in names.items() if len(places) == most]
        for name, places in names.items():
            others = [other for other in names if other != name]
            if not others or common == [name]:
                continue
            number = min(row for other in others if other in common for _, row in names[other])
            for column, row in places:
                reasons[row].append(f"“{column}”：与第{number}行代码相同，名称不同，请核对")
    return {row: tuple(dict.fromkeys(each)) for row, each in reasons.items()}
