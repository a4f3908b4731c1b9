"""Remedies against a decision on tolerance: reconsideration (复核), appeal (申诉), 公务员法 95."""

from datetime import date

import pytest

from domain.tolerance import events as e
from domain.tolerance import grounds as g
from domain.tolerance.stages import Stage
from tests import reviews as r
from tests.given import MARKET_OFFICE, due, fact, on
from tests.reviews import (
    CONTESTS,
    NOTIFIED,
    NOTIFIES,
    RECONSIDERED,
    RECONSIDERING,
    RECORDER,
    RULES,
    SERVED_ON,
    as_,
    given_review,
    ruling,
)

BETTER = g.Outcome.MITIGATED


def test_reconsideration_is_requested_within_thirty_days():
    last_day = {"by": RECORDER, "at": on("2026-11-20", hour=23)}
    request = {"reason": "损失已经挽回", "settle_by": due("2026-12-20")}
    given_review(*NOTIFIED).when("reconsider", request["reason"], **last_day).then(
        fact(e.ReconsiderationRequested, **request)
    )
    late = {"by": RECORDER, "at": on("2026-11-21")}
    given_review(*NOTIFIED).when("reconsider", "迟到", **late).refused(
        "申请复核的期限已过（《公务员法》第九十五条：三十日）"
    )


@pytest.mark.parametrize(
    ("story", "last", "late", "answer"),
    [
        (NOTIFIED, "2026-11-20", "2026-11-21", "2027-01-19"),
        (RECONSIDERED, "2026-12-03", "2026-12-04", "2027-02-01"),
    ],
    ids=["at once, thirty days", "after reconsideration, fifteen"],
)
def test_an_appeal_is_filed_in_time(story, last, late, answer):
    filed = fact(e.AppealFiled, reason="应当免责", settle_by=due(answer))
    given_review(*story).when("appeal", "应当免责", by=RECORDER, at=on(last)).then(filed)
    given_review(*story).when("appeal", "应当免责", by=RECORDER, at=on(late)).refused(
        "申诉的期限已过（《公务员法》第九十五条：三十日，复核后十五日）"
    )


def settling(story=RECONSIDERING, result=None, **otherwise):
    return given_review(*story).when("settle", result or ruling(), **RULES | otherwise)


def appealing(result=None, **otherwise):
    how = {"by": RECORDER, "at": r.LAST_DAY} | otherwise
    return given_review(*r.APPEALED_AT_ONCE).when("settle", result or last_word(), **how)


def last_word(changed_to=None, **otherwise):
    return ruling(changed_to, **r.LAST_WORD | otherwise)


@pytest.mark.parametrize("changed_to", [None, g.Outcome.MITIGATED, g.Outcome.EXEMPTED])
def test_a_reconsideration_keeps_the_decision_or_makes_it_milder(changed_to):
    result = ruling(changed_to)
    step = settling(result=result)
    step.then(fact(e.ReconsiderationSettled, ruling=result, appeal_by=due("2026-12-03")))
    assert step.it.outcome == (changed_to or g.Outcome.NOT_EXEMPTED)


def test_the_ruling_on_an_appeal_is_final():
    step = appealing(last_word(BETTER)).then(fact(e.AppealSettled, ruling=last_word(BETTER)))
    assert (step.it.stage, step.it.outcome) == (Stage.FINAL, BETTER)
    assert step.it.open_actions(RECORDER, r.LAST_DAY) == []


@pytest.mark.parametrize("changed_to", [g.Outcome.MITIGATED, g.Outcome.NOT_EXEMPTED])
def test_a_ruling_never_makes_the_outcome_worse(changed_to):
    notified = r.after_review(r.MITIGATED, "notify", "zhao", SERVED_ON, **NOTIFIES)
    contested = r.after_review(notified, "reconsider", "不服", **CONTESTS)
    settling(contested, ruling(changed_to)).refused(
        "复核、申诉改变原决定的，只能有利于所涉人员或者单位，不得加重（《公务员法》第九十六条）"
    )


def test_the_deciding_authority_reconsiders_and_another_hears_the_appeal():
    settling(result=ruling(authority=r.PREFECTURE)).refused(
        "复核由原处理机关作出（《公务员法》第九十五条）"
    )
    for authority in (r.ORGANISATION, MARKET_OFFICE):
        appealing(last_word(authority=authority)).refused(
            "申诉应当由公务员主管部门或者上一级机关处理，"
            "不能由原处理机关处理（《公务员法》第九十五条）"
        )


@pytest.mark.parametrize("person", ["wu", "zhao", "han", "zheng"])
def test_nobody_involved_in_the_review_rules_or_records_the_ruling(person):
    for step in (settling(by=as_(person)), appealing(by=as_(person))):
        step.refused("所涉单位和人员、他的直接上级以及提出申请、核查的人员，不得记录决定")
    for step in (
        settling(result=ruling(deciders=(person,))),
        appealing(last_word(deciders=(person,))),
    ):
        step.refused("所涉人员、他的直接上级以及提出申请、核查的人员，不得参与复核和申诉处理")


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"issued_on": date(2026, 11, 1)}, "复核、申诉决定日期不能早于提出复核、申诉之日"),
        (
            {"issued_on": date(2026, 11, 19)},
            "复核、申诉决定的送达日期不能早于复核、申诉决定作出之日",
        ),
        ({"issued_on": date(2026, 11, 20)}, "复核、申诉决定日期不能晚于今天"),
        ({"served_on": date(2026, 11, 20)}, "复核、申诉决定的送达日期不能晚于今天"),
    ],
    ids=["before the request", "after its service", "to come", "served in the future"],
)
def test_a_ruling_comes_after_the_contest_and_is_served_after_that(days, reason):
    settling(result=ruling(**days)).refused(f"{reason}（《公务员法》第九十六条）")
