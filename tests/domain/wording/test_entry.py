"""An article of a revised act: entered by one, approved by another, with source and days."""

from datetime import date

import pytest
from pydantic import ValidationError

from application.law.commands import EnterArticle
from domain.law.acts import HENAN_BUSINESS
from domain.law.articles import BASES
from domain.law.lawbook import PRINTED
from domain.wording import events as e
from domain.wording.values import Revised
from tests.domain.law.citations import LAST
from tests.domain.wording.stories import (
    APPROVED,
    ARTICLE,
    DAY,
    ENTERED,
    NEXT_DAY,
    OTHER,
    RETURNED,
    REVIEWER,
    given_entry,
)
from tests.given import fact


def test_another_person_approves_what_was_entered():
    given_entry(*ENTERED).when("approve", by=OTHER, at=NEXT_DAY).then(fact(e.ArticleApproved))


def test_a_wrong_entry_is_returned_with_the_reason():
    step = given_entry(*ENTERED).when("hand_back", "条号不一致", by=OTHER, at=NEXT_DAY)
    step.then(fact(e.ArticleReturned, reason="条号不一致"))


@pytest.mark.parametrize("person", ["wu", "WU", "ｗｕ"])
@pytest.mark.parametrize(("verb", "args"), [("approve", ()), ("hand_back", ("条号不一致",))])
def test_nobody_decides_on_their_own_entry(person, verb, args):
    by = OTHER.model_copy(update={"person": person})
    given_entry(*ENTERED).when(verb, *args, by=by, at=NEXT_DAY).refused(
        "录入人自己不能批准或者退回，须由另一名人员核对原文"
    )


@pytest.mark.parametrize(("story", "stage"), [(APPROVED, "已批准"), (RETURNED, "已退回")])
def test_what_was_decided_stays(story, stage):
    given_entry(*story).when("approve", by=OTHER, at=NEXT_DAY).refused(f"目前是“{stage}”")


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 2, 28), "施行日期不能早于法规修订后施行之日（法规附则）"),
        (date(2027, 11, 3), "施行日期不能晚于一年以后的今天（法规附则）"),
    ],
)
def test_an_article_is_in_force_from_the_revision_until_a_year_ahead(day, reason):
    said = ARTICLE | {"in_force_from": day}
    given_entry().when("enter", by=REVIEWER, at=DAY, **said).refused(reason)


@pytest.mark.parametrize("number", ["40", "第40条", "四十条", "第四十条第二款", "第四十条 "])
def test_the_number_is_written_as_in_the_act(number):
    with pytest.raises(ValidationError):
        EnterArticle(**ARTICLE | {"article": number})


def test_exactly_the_bases_whose_article_is_unknown_today_may_be_entered():
    unknown = {basis for basis in BASES if not PRINTED.known(basis, LAST)}
    assert {each.label for each in Revised} == unknown
    for each in Revised:
        assert PRINTED.article(each.label, LAST).act is HENAN_BUSINESS
