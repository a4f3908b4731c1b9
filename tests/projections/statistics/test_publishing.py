"""What is published of natural persons: no sum under ten, and none that the rest gives away."""

from collections import Counter, defaultdict
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from projections.statistics.publishing import ALL_HIDDEN, HIDDEN, UNIT, of_year, published, tens

MONTHS = [date(2026, number, 1) for number in range(1, 13)]
counts = st.integers(0, 40)
years = st.lists(counts, min_size=1, max_size=12)


def cells(by_bureau):
    """Returns the counts of each month and bureau, as the projection gives them."""
    found = defaultdict(Counter)
    for code, months in by_bureau.items():
        for month, number in zip(MONTHS, months, strict=False):
            found[month, code]["accepted"] = number
    return found


def page(by_bureau):
    """Everything that the public can ask: every month and the year, of each bureau and of all."""
    found, months = cells(by_bureau), MONTHS[: len(next(iter(by_bureau.values())))]
    scopes = [[code] for code in by_bureau] + [[*by_bureau]]
    periods = [[month] for month in months] + [months]
    return [
        published(found, scope, period, "accepted").text for scope in scopes for period in periods
    ]


@pytest.mark.parametrize(
    ("persons", "text"), [(0, HIDDEN), (9, HIDDEN), (10, "10以上"), (19, "10以上"), (20, "20以上")]
)
def test_a_sum_under_ten_is_not_published_and_others_in_whole_tens(persons, text):
    assert page({"A": [persons]})[0] == text


def test_what_is_published_of_two_bureaus_is_the_sum_of_what_is_published_of_each():
    ours = published(cells({"A": [12], "B": [9]}), ["A", "B"], MONTHS[:1], "accepted")
    assert ours.text == "10以上", "not 20: that would show that B has some eight"
    assert published(cells({"A": [9], "B": [9]}), "AB", MONTHS[:1], "accepted").text == ALL_HIDDEN


def test_a_year_gathers_the_rests_of_its_months():
    assert of_year([7] * 12) == 80
    assert of_year([0] * 12) == 0


@given(years)
@example([9] * 10)
def test_a_year_never_shows_more_than_there_were_nor_less_than_its_months_show(months):
    assert sum(map(tens, months)) <= of_year(months) <= sum(months)


def with_rest(months, place, rest):
    """Other months that look the same to the public, with this rest in this place."""
    shown = [tens(number) for number in months]
    gathered = of_year(months) - sum(shown)
    missing, rests = max(gathered - rest, 0), [0] * len(months)
    rests[place] = rest
    for other in range(len(months)):
        if other != place:
            rests[other] = min(missing, UNIT - 1)
            missing -= rests[other]
    return [each + rest for each, rest in zip(shown, rests, strict=True)]


@given(years, years.map(lambda months: months * 12), st.data())
@example([9] * 10, [5] * 12, None)
def test_every_hidden_rest_may_be_any_other_and_the_page_is_the_same(ours, theirs, data):
    theirs = theirs[: len(ours)]
    place = data.draw(st.integers(0, len(ours) - 1)) if data else 0
    seen = page({"A": ours, "B": theirs})
    for rest in range(UNIT):
        assert page({"A": with_rest(ours, place, rest), "B": theirs}) == seen


@given(counts, counts)
def test_a_total_less_the_other_bureau_shows_nothing_of_the_rest(ours, theirs):
    """What an outsider computes from the totals is what was published, to the last digit."""
    found = cells({"A": [ours], "B": [theirs]})
    total, other = (published(found, scope, MONTHS[:1], "accepted").number for scope in ("AB", "B"))
    assert total - other == tens(ours)


@given(counts, counts)
def test_figures_that_are_parts_of_each_other_give_no_exact_difference(accepted, others):
    """Of persons accepted but not granted, nine more or fewer than the difference are possible."""
    found = defaultdict(Counter)
    found[MONTHS[0], "A"] = Counter(accepted=accepted + others, granted=accepted)
    shown = [published(found, "A", MONTHS[:1], name).number for name in ("accepted", "granted")]
    assert abs(shown[0] - shown[1] - others) < UNIT
    assert all(number % UNIT == 0 for number in shown)
