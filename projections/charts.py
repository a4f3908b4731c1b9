"""Charts: numbers become the places of bars, lines and words in an SVG picture.  Pure arithmetic.

Lengths are units of the picture's viewBox; the page scales it to the width of the screen.
"""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 12, 12, 20
_WORDS, _BAR, _GAP = 16, 9, 14
_LINE_HEIGHT = 190
_STEPS = (1, 2, 5)


class Group(NamedTuple):
    """A label and one number of each series."""

    label: str
    values: tuple[int, ...]


class Bar(NamedTuple):
    series: int
    y: float
    width: float
    value: int


class BarRow(NamedTuple):
    label: str
    y: float
    """The base line of the label."""
    bars: tuple[Bar, ...]


class BarChart(NamedTuple):
    height: float
    bar: int
    rows: tuple[BarRow, ...]


def bar_chart(groups: Sequence[Group]) -> BarChart:
    """Horizontal bars, the label of a group above its bars, for narrow screens too."""
    longest = max((value for group in groups for value in group.values), default=0)
    rows, y = [], 0.0
    for group in groups:
        base = y + _WORDS - 4
        bars = tuple(
            Bar(n, y + _WORDS + n * (_BAR + 1), _scaled(value, longest, WIDTH - 50), value)
            for n, value in enumerate(group.values)
        )
        rows.append(BarRow(group.label, base, bars))
        y += _WORDS + len(bars) * (_BAR + 1) + _GAP
    return BarChart(max(y - _GAP, 1), _BAR, tuple(rows))


class Point(NamedTuple):
    x: float
    y: float
    value: int


class Tick(NamedTuple):
    at: float
    words: str


class LineChart(NamedTuple):
    height: float
    left: float
    right: float
    bottom: float
    lines: tuple[tuple[Point, ...], ...]
    across: tuple[Tick, ...]
    """The labels below, by x."""
    up: tuple[Tick, ...]
    """The scale on the left, by y."""


def line_chart(groups: Sequence[Group]) -> LineChart:
    """A line for each series, one point a group."""
    top = scale(max((value for group in groups for value in group.values), default=0))
    bottom, right = _LINE_HEIGHT - _BOTTOM, WIDTH - _RIGHT
    apart = (right - _LEFT) / max(len(groups) - 1, 1)
    xs = [round(_LEFT + n * apart, 1) for n in range(len(groups))]
    high = bottom - _TOP

    def y(value: int) -> float:
        return round(bottom - _scaled(value, top[-1], high), 1)

    series = zip(*(group.values for group in groups), strict=True)
    lines = tuple(
        tuple(Point(x, y(value), value) for x, value in zip(xs, values, strict=True))
        for values in series
    )
    across = tuple(Tick(x, group.label) for x, group in zip(xs, groups, strict=True))
    up = tuple(Tick(y(value), f"{value:,}") for value in top)
    return LineChart(_LINE_HEIGHT, _LEFT, right, bottom, lines, across, up)


def scale(most: int) -> list[int]:
    """Round numbers from zero to the first that is not less than `most`, at most five."""
    unit = 1
    while True:
        for step in _STEPS:
            if step * unit * 4 >= most:
                return [step * unit * n for n in range(5)]
        unit *= 10


def _scaled(value: int, most: int, length: float) -> float:
    return round(length * value / most, 1) if most else 0.0
