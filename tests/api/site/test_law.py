"""The public pages cite what is in force on the day on which they are read; /law lists it."""

from datetime import datetime, time, timedelta

import pytest

from domain.law.acts import ACTS
from domain.law.articles import ARTICLES
from domain.values.workdays import SHANGHAI, in_chinese
from tests import stories as s
from tests.api.site.conftest import Site, active
from tests.domain.law.citations import days_to_read, faults

CITING = ("/about", f"/catalogue/{s.ITEM.code}")


def test_no_public_page_of_any_day_cites_an_article_not_in_force_on_that_day(site: Site):
    """The item's own basis is typed by its department, for its own matter."""
    site.list_item(active())
    for day in days_to_read():
        site.day[0] = datetime.combine(day, time(12), SHANGHAI)
        for address in CITING:
            page = site.get(address).replace(s.TERMS.legal_basis[0], "")
            assert faults(page, day) == set(), (day, address)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-02-28", "依照《河南省优化营商环境条例》第三十五条公布"),
        ("2026-03-01", "依照自2026年3月1日起施行的《河南省优化营商环境条例》公布"),
    ],
)
def test_the_page_of_an_item_cites_the_act_as_it_is_on_the_day(site: Site, day: str, words: str):
    site.list_item(active())
    site.day[0] = datetime.fromisoformat(day).replace(hour=9, tzinfo=SHANGHAI)
    assert words in site.get(f"/catalogue/{s.ITEM.code}")


def test_the_law_lists_every_act_with_its_days_and_its_articles(site: Site):
    page = site.get("/law")
    for act in ACTS:
        assert act.called in page and act.name in page
        for version in act.versions:
            assert in_chinese(version.in_force_from) in page
    assert all(article.number in page for article in ARTICLES)
    assert "施行至2026年2月28日" in page
    assert "修订后的条文尚未录入" in page


def test_a_version_that_is_still_to_come_says_so(site: Site):
    site.day[0] = datetime(2026, 2, 1, tzinfo=SHANGHAI)
    assert "2026年3月1日起施行（尚未施行）" in site.get("/law")
    site.day[0] += timedelta(days=28)
    assert "2026年3月1日起施行，现行" in site.get("/law")


def test_every_page_links_to_the_law_from_its_foot(site: Site):
    assert '<a href="/law">法律依据</a>' in site.get("/").partition("<footer")[2]
