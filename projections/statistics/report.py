"""A report: the figures of a period and a bureau, made from the rows that the questions select."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self

from projections.statistics import figures as f
from projections.statistics import publishing
from projections.statistics.figures import FIGURES, Figure, Spread, Step
from projections.statistics.milestones import Milestone
from projections.statistics.period import Period

Cell = tuple[date, str]


class Bureau(NamedTuple):
    code: str
    name: str


class Line(NamedTuple):
    """A figure of this period, and of the one before."""

    figure: Figure
    now: float | Spread | None
    before: float | Spread | None
    persons: str | None = None
    """What is published of natural persons; None where they are counted in the number itself."""


class Pair(NamedTuple):
    """Cases accepted and granted, of one bureau or in one month."""

    label: str
    accepted: int
    granted: int


class Span(NamedTuple):
    """The months that a report counts, and those of the period before."""

    now: tuple[date, ...]
    before: tuple[date, ...]

    @classmethod
    def of(cls, period: Period, last: date) -> Self:
        """Of a period, without the months after the `last` one."""
        now = tuple(month for month in period.months if month <= last)
        return cls(now, period.before.months)


@dataclass(frozen=True)
class Counts:
    """The counts by month and bureau: of all, or of organisations with natural persons apart."""

    cells: dict[Cell, Counter[str]]
    persons: dict[Cell, Counter[str]]
    bureaus: tuple[Bureau, ...]
    apart: bool

    def total(self, months: Iterable[date], bureau: str | None) -> Counter[str]:
        wanted = set(months)
        total: Counter[str] = Counter()
        for (month, code), counts in self.cells.items():
            if month in wanted and bureau in (None, code):
                total.update(counts)
        return total


def counted(rows: Iterable[Any], apart: bool) -> Counts:
    """Adds rows of `questions.sums` up, each count at the bureau of its side.

    `apart` keeps natural persons out of the numbers.  Then a bureau that has only sums of persons
    that are not published does not appear at all.
    """
    cells: dict[Cell, Counter[str]] = defaultdict(Counter)
    persons: dict[Cell, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for row in (row._mapping for row in rows):
        hidden = apart and row["person"]
        for side in f.Side:
            where = (row["month"], row[f"{side}_code"])
            sums = (persons if hidden else cells)[where]
            for name in f.COLUMNS[side]:
                if number := row[name]:
                    sums[name] += number
            names[where[1]] = row[side]
    shown = {code for _, code in cells} | {
        code for (_, code), sums in persons.items() if any(map(publishing.tens, sums.values()))
    }
    bureaus = tuple(Bureau(code, names[code]) for code in sorted(shown))
    return Counts(cells, persons, bureaus, apart)


def lines(
    counts: Counts,
    period: Span,
    bureau: str | None,
    minutes: tuple[Spread, Spread],
) -> list[Line]:
    """Every figure, in the order of the table."""
    these, those = counts.total(period.now, bureau), counts.total(period.before, bureau)
    found = [
        Line(
            each, f.value(each, these), f.value(each, those), _persons(counts, each, period, bureau)
        )
        for each in FIGURES
    ]
    return [*found, Line(f.MINUTES, *minutes)]


def _persons(counts: Counts, figure: Figure, period: Span, bureau: str | None) -> str | None:
    if figure.is_share or not counts.apart:
        return None
    codes = [bureau] if bureau else [each.code for each in counts.bureaus]
    (column,) = figure.counts
    return publishing.published(counts.persons, codes, period.now, column).text


def by_bureau(counts: Counts, period: Span) -> list[Pair]:
    """The bureaus, those with the most cases first."""
    pairs = [_pair(counts, each.name, period.now, each.code) for each in counts.bureaus]
    return sorted((pair for pair in pairs if pair.accepted or pair.granted), key=_most_first)


def by_month(counts: Counts, months: Iterable[date], bureau: str | None) -> list[Pair]:
    """The months, in order; the label is the first day in ISO form."""
    return [_pair(counts, month.isoformat(), (month,), bureau) for month in months]


def _pair(counts: Counts, label: str, months: Iterable[date], bureau: str | None) -> Pair:
    codes = [bureau] if bureau else {code for _, code in counts.cells}
    cells = [counts.cells[month, code] for month in months for code in codes]
    return Pair(label, *(sum(each[name] for each in cells) for name in ("accepted", "granted")))


def _most_first(pair: Pair) -> tuple[int, str]:
    return (-pair.accepted, pair.label)


@dataclass(frozen=True)
class Report:
    """Everything that a page, the API and the workbook show of a period."""

    period: Period
    bureau: Bureau | None
    as_of: date
    apart: bool
    """True if natural persons are published in whole tens only, beside the organisations."""
    lines: list[Line]
    bureaus: list[Pair]
    months: list[Pair]
    steps: list[Step]
    kinds: list[Pair]
    items: Sequence[Any]
    tolerance: dict[str, int]
    milestones: tuple[Milestone, ...]
    known_bureaus: tuple[Bureau, ...]
    known_periods: list[Period]

    @property
    def headline(self) -> list[Line]:
        """The six figures at the top."""
        by_name = {line.figure.name: line for line in self.lines}
        return [by_name[name] for name in f.HEADLINE]
