"""The lawbook: which article says what on which day; no text cites what is not in force."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from domain.catalogue import composed_texts as composed
from domain.kernel.errors import ActionRefused
from domain.kernel.lifecycle import reason
from domain.law import acts as a
from domain.law.articles import ARTICLES, BASES, Article
from domain.law.lawbook import PRINTED, Lawbook
from domain.tolerance import periods
from domain.values.workdays import Deadline
from tests.domain.law.citations import FIRST, LAST, days_to_read, faults
from tests.domain.test_lifecycle import RULES

REVISED = date(2026, 3, 1)
ENTERED = Article("容缺受理", a.HENAN_BUSINESS, REVISED, "第四十条")
REPEALED = (a.CIVIL_RULES,)
"""Acts whose place another act has taken."""
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


@pytest.mark.parametrize(
    ("basis", "day", "words"),
    [
        ("容缺受理", date(2020, 12, 28), "工作方案 二·一"),
        ("容缺受理", date(2020, 12, 31), "工作方案 二·一"),
        ("容缺受理", date(2021, 1, 1), "《河南省优化营商环境条例》第三十五条"),
        ("容缺受理", date(2026, 2, 28), "《河南省优化营商环境条例》第三十五条"),
        ("容缺受理", REVISED, "自2026年3月1日起施行的《河南省优化营商环境条例》"),
        ("容错免责", date(2026, 2, 28), "《河南省优化营商环境条例》第八十一条"),
        ("容错免责", date(2027, 12, 31), "自2026年3月1日起施行的《河南省优化营商环境条例》"),
        ("不予处罚", date(2021, 7, 14), "《行政处罚法》"),
        ("不予处罚", date(2021, 7, 15), "《行政处罚法》第三十三条"),
        ("追究时效", date(2026, 11, 27), "《行政处罚法》第三十六条"),
        ("异议处理", date(2026, 11, 27), "《河南省社会信用条例》第四十一条"),
        ("失信行为认定", date(2026, 11, 27), "国办发〔2020〕49号"),
    ],
)
def test_a_basis_is_cited_as_it_was_in_force_on_the_day(basis, day, words):
    assert PRINTED.cited(basis, day) == words


def test_a_revised_act_is_cited_with_the_article_once_it_is_entered_and_not_for_earlier_days():
    law = Lawbook((ENTERED,))
    assert law.cited("容缺受理", REVISED) == "《河南省优化营商环境条例》第四十条"
    for day in EVERY_DAY:
        if day < REVISED:
            assert law.cited("容缺受理", day) == PRINTED.cited("容缺受理", day)


def test_a_text_without_a_day_in_force_is_not_made_up():
    with pytest.raises(LookupError):
        PRINTED.cited("容缺受理", date(2020, 12, 27))


# the table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", a.ACTS, ids=lambda act: act.id)
def test_the_versions_of_an_act_follow_one_another_day_by_day_and_name_their_source(act):
    assert all(version.source for version in act.versions)
    for earlier, later in pairwise(act.versions):
        assert earlier.in_force_to == later.in_force_from - timedelta(days=1)
    assert (act.versions[-1].in_force_to is None) == (act not in REPEALED)


def test_every_row_begins_with_a_version_of_its_act_and_stands_once():
    for row in ARTICLES:
        starts = {max(each.in_force_from, FIRST) for each in row.act.versions}
        assert max(row.in_force_from, FIRST) in starts, row
    assert len({(row.basis, row.in_force_from) for row in ARTICLES}) == len(ARTICLES)


@pytest.mark.parametrize("basis", BASES)
def test_every_basis_has_an_act_in_force_on_every_day(basis):
    for day in EVERY_DAY:
        assert PRINTED.article(basis, day).act.on(day), day


# every text of every day -------------------------------------------------------------------------


def every_text(law: Lawbook, day: date) -> Iterator[str]:
    """Every text of the house that names a basis, as it is told on this day."""
    for rule in RULES:
        yield law.told(reason(rule), day)
        yield ActionRefused("办理", reason(rule), rule.__name__, day).told(law)
    yield from composed.consequences((), day, of_an_approval=True)
    yield periods.remedies(Deadline(on=day))
    yield from (law.cited(basis, day) for basis in BASES)


@pytest.mark.parametrize("law", [PRINTED, Lawbook((ENTERED,))], ids=["printed", "entered"])
def test_no_text_of_any_day_cites_an_article_not_in_force_on_that_day(law):
    for day in days_to_read(law):
        for text in every_text(law, day):
            assert faults(text, day, law) == set(), (day, text)


def test_between_two_boundaries_nothing_changes():
    """A text is told by its bases alone, so what holds for each basis holds for every text."""
    boundaries = PRINTED.boundaries(FIRST, LAST)
    texts = [f"〔依据·{basis}〕" for basis in BASES]
    at_boundary: list[str] = []
    for day in EVERY_DAY:
        told = [PRINTED.told(text, day) for text in texts]
        at_boundary = told if day in boundaries else at_boundary
        assert told == at_boundary, day


FIVE_TEXTS = (
    "主要申请材料不齐全，不能启用信用承诺（河南省优化营商环境条例 第三十五条）",
    "四项条件没有全部满足，不能免责（河南省优化营商环境条例 第八十一条）",
    "四项条件全部满足而不予免责的，须有另一名上级签批（河南省优化营商环境条例 第八十一条）",
    "标明“可容缺”的次要材料可以先承诺、后补交。依照《河南省优化营商环境条例》第三十五条公布。",
    "《河南省优化营商环境条例》第三十五条",
)
"""The five that cited the act as it was, on every day."""


@pytest.mark.parametrize("text", FIVE_TEXTS)
def test_a_text_that_cites_an_article_not_in_force_would_be_seen(text):
    assert faults(text, date(2026, 2, 28)) == set()
    assert faults(text, REVISED) != set()
    assert faults(text, FIRST) != set()


def test_an_article_of_no_act_and_a_basis_that_was_not_expanded_would_be_seen():
    assert faults("依照第五条办理", REVISED) == {"第五条"}
    assert faults("依照〔依据·容缺受理〕", REVISED) == {"容缺受理"}


def test_a_table_with_a_wrong_day_would_be_seen():
    early = replace(ENTERED, in_force_from=date(2026, 2, 1))
    law = Lawbook((early,))
    assert faults(law.cited("容缺受理", date(2026, 2, 2)), date(2026, 2, 2)) != set()
