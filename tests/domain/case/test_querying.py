"""The credit query (工作方案 四·一): without a fresh clean answer nothing is granted (I4, I5)."""

import pytest

from domain.case import events as e
from tests import stories as s
from tests.given import DECIDER, due, fact, given, on

STILL_FRESH, STALE = on("2026-09-29"), on("2026-09-30")


def test_a_clean_answer_makes_the_applicant_eligible():
    given(*s.OPENED).when("query", s.CLEAN).then(
        fact(
            e.CreditCleared,
            answer=s.CLEAN,
            fresh_until=due("2026-09-29"),
            notify_by=due("2026-10-10"),
        )
    ).owes(("notify", "2026-10-10"))


def test_the_notice_is_due_five_working_days_after_the_materials_not_after_the_answer():
    given(*s.OPENED).when("query", s.CLEAN, at=on("2026-10-08")).then(
        fact(
            e.CreditCleared,
            answer=s.CLEAN,
            fresh_until=due("2026-10-09"),
            notify_by=due("2026-10-10"),
        )
    )


def test_an_exclusion_diverts_the_case_to_the_ordinary_procedure():
    step = given(*s.OPENED).when("query", s.EXCLUDED)
    step.then(fact(e.CreditExcluded, answer=s.EXCLUDED)).owes()
    assert step.it.stage.label == "转原审批程序"


@pytest.mark.parametrize("story", [s.CLEARED, s.NOTIFIED, s.COMMITTED], ids=len)
def test_a_stale_credit_answer_is_queried_again_and_moves_no_deadline(story):
    step = given(*story)
    owed, stage = step.it.duties, step.it.stage
    step.when("query", s.CLEAN, at=STALE).then(
        fact(e.CreditReconfirmed, answer=s.CLEAN, fresh_until=due("2026-10-08"))
    )
    assert (step.it.duties, step.it.stage) == (owed, stage)


@pytest.mark.parametrize("story", [s.CLEARED, s.NOTIFIED, s.COMMITTED], ids=len)
def test_an_exclusion_found_by_a_later_query_diverts_the_case_too(story):
    given(*story).when("query", s.EXCLUDED, at=STALE).then(
        fact(e.CreditExcluded, answer=s.EXCLUDED)
    ).owes()


@pytest.mark.parametrize("answer", [s.CLEAN, s.EXCLUDED], ids=["clean", "excluded"])
@pytest.mark.parametrize("story", [s.CLEARED, s.NOTIFIED, s.COMMITTED], ids=len)
def test_a_fresh_credit_answer_is_not_queried_again(story, answer):
    given(*story).when("query", answer, at=STILL_FRESH).refused(
        "上次的信用查询结果仍在有效期内，不必重新查询"
    )


@pytest.mark.parametrize(
    ("story", "event", "also"),
    [
        (s.OPENED, e.CreditCleared, {"notify_by": due("2026-10-10")}),
        (s.CLEARED, e.CreditReconfirmed, {}),
    ],
)
def test_no_exclusion_can_be_recorded_as_clean(story, event, also):
    claim = fact(event, answer=s.EXCLUDED, fresh_until=due("2026-10-09"), at=STALE, **also)
    given(*story).recording(claim).refused("申请人有不得适用信用承诺的情形（I5）")


def test_no_applicant_is_excluded_without_a_finding():
    given(*s.OPENED).recording(fact(e.CreditExcluded, answer=s.CLEAN)).refused(
        "没有查到不得适用信用承诺的情形，不能转回原审批程序"
    )


@pytest.mark.parametrize(
    ("story", "stage"),
    [(s.GRANTED, "已准予"), (s.EXCLUDED_CASE, "转原审批程序"), (s.WITHDRAWN, "转原审批程序")],
)
def test_credit_is_not_queried_once_the_case_is_decided_or_over(story, stage):
    given(*story).when("query", s.CLEAN, at=STALE).refused(f"目前是“{stage}”")


def test_an_excluded_applicant_is_never_notified_or_granted():
    given(*s.EXCLUDED_CASE).when("notify").refused("目前是“转原审批程序”")
    given(*s.EXCLUDED_CASE).when("grant", s.PERMIT, by=DECIDER).refused("目前是“转原审批程序”")
