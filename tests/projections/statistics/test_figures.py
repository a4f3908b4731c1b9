"""Periods, spreads, shares, milestones, and the arithmetic of charts."""

from collections import Counter
from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue.stages import Listing
from domain.catalogue.terms import ItemField
from projections.charts import WIDTH, Group, bar_chart, line_chart, scale
from projections.statistics.figures import (
    BY_NAME,
    FIGURES,
    HEADLINE,
    OF_SUPERVISION,
    Spread,
    spread,
    steps,
    value,
)
from projections.statistics.milestones import State, milestones
from projections.statistics.period import Period, choices, last_months
from projections.statistics.tables import RESULTS, STEPS, TALLIES, monthly_totals

TODAY = date(2026, 11, 27)
numbers = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=12)


# periods ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "label", "months", "before"),
    [("2026", "2026年", 12, "2025"), ("2026-01", "2026年1月", 1, "2025-12")],
)
def test_a_period_is_a_month_or_a_year_and_has_one_before_it(text, label, months, before):
    period = Period.read(text)
    assert (period.text, period.label, len(period.months)) == (text, label, months)
    assert period.before == Period.read(before)


@pytest.mark.parametrize(
    "text", ["", "26", "2026-", "2026-1", "2026-13", "1026", "２０２６", "2026-11-1"]
)
def test_other_texts_are_no_period(text):
    with pytest.raises(ValueError, match=r"期间|年份"):
        Period.read(text)


def test_twelve_months_end_with_this_one_and_years_follow_them():
    months = last_months(TODAY)
    assert (months[0], months[-1], len(months)) == (date(2025, 12, 1), date(2026, 11, 1), 12)
    offered = choices(date(2025, 3, 1), TODAY)
    assert [period.text for period in offered[:2]] == ["2026-11", "2026-10"]
    assert [period.text for period in offered[12:]] == ["2026", "2025"]


# figures ----------------------------------------------------------------------------------------


def test_every_column_of_the_sums_belongs_to_a_figure_or_a_step():
    columns = {column.name for column in monthly_totals.c if not column.primary_key}
    assert columns == {*TALLIES, *(f"{step}_{how}" for step in STEPS for how in RESULTS)}
    assert columns >= OF_SUPERVISION
    used = {name for figure in FIGURES for name in (*figure.counts, *figure.out_of)}
    assert used <= columns
    assert set(TALLIES) <= used
    assert all(name in BY_NAME for name in HEADLINE)
    assert all(figure.definition.endswith("。") for figure in BY_NAME.values())


def test_a_share_of_nothing_is_no_share():
    share = BY_NAME["same_day"]
    assert value(share, Counter()) is None
    assert value(share, Counter(same_day=1, granted=2, refused=1)) == 33.3


def test_steps_that_nobody_owed_are_not_shown():
    (step,) = steps(Counter(decide_in_time=3, decide_late=1))
    assert (step.label, step.share) == ("作出决定", 75.0)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60))
def test_half_of_the_decisions_and_nine_in_ten_took_no_longer(taken):
    found = spread(Counter(taken).items())
    assert sum(each <= found.half for each in taken) * 2 >= len(taken)
    assert sum(each <= found.most for each in taken) * 10 >= len(taken) * 9
    assert sum(each < found.most for each in taken) * 10 < len(taken) * 9
    assert {found.half, found.most} <= set(taken)


def test_no_decisions_have_no_minutes():
    assert spread([]) == Spread(None, None)


# milestones -------------------------------------------------------------------------------------


def of_field(field, listing=Listing.ACTIVE, items=2, with_terms=2, listed=date(2026, 1, 5)):
    return SimpleNamespace(
        field=field, listing=listing, items=items, with_terms=with_terms, since=listed, last=listed
    )


def states(rows, first_query, today=TODAY):
    return {each.rule: each.state for each in milestones(rows, first_query, today)}


def test_an_empty_service_has_missed_every_milestone_by_now_and_none_in_2020():
    late = states([], None)
    assert {late.pop("R19")} == {State.UNRECORDED}
    assert set(late.values()) == {State.LATE}
    coming = states([], None, date(2020, 12, 31))
    assert set(coming.values()) == {State.COMING, State.UNRECORDED}


def test_what_is_done_is_done_in_time_or_late():
    rows = [of_field(field, listed=date(2021, 1, 20)) for field in ItemField]
    found = states(rows, date(2022, 1, 1))
    assert (found["R16"], found["R18"], found["R8"]) == (State.DONE,) * 3
    assert found["R20"] is State.DONE_LATE


def test_an_item_without_its_measure_and_a_field_without_items_are_missing():
    found = states([of_field(next(iter(ItemField)), with_terms=1)], None)
    assert (found["R18"], found["R8"]) == (State.LATE, State.LATE)
    delisted = [of_field(field, Listing.DELISTED) for field in ItemField]
    assert states(delisted, None)["R8"] is State.LATE


# charts -----------------------------------------------------------------------------------------


@given(numbers)
def test_bars_are_as_long_as_their_numbers_and_lie_within_the_picture(pairs):
    chart = bar_chart([Group(str(n), pair) for n, pair in enumerate(pairs)])
    bars = [bar for row in chart.rows for bar in row.bars]
    assert [bar.value for bar in bars] == [number for pair in pairs for number in pair]
    longest = max((bar.value for bar in bars), default=0)
    for bar in bars:
        assert 0 <= bar.width <= WIDTH
        assert abs(bar.width * longest - bar.value * (WIDTH - 50)) <= longest
        assert bar.y + chart.bar <= chart.height


@given(numbers)
def test_points_of_a_line_lie_within_the_picture_and_higher_numbers_higher(pairs):
    chart = line_chart([Group(str(n), pair) for n, pair in enumerate(pairs)])
    points = [point for line in chart.lines for point in line]
    assert sorted(point.value for point in points) == sorted(n for pair in pairs for n in pair)
    for point in points:
        assert chart.left <= point.x <= chart.right + 0.1
        assert 0 <= point.y <= chart.bottom
    by_value = sorted(points, key=lambda point: point.value)
    heights = [point.y for point in by_value]
    assert heights == sorted(heights, reverse=True)


@given(st.integers(0, 10**7))
def test_a_scale_is_round_and_reaches_the_most(most):
    ticks = scale(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert ticks[-1] <= max(4, 2.5 * most + 4)
    assert len({after - before for before, after in pairwise(ticks)}) == 1
