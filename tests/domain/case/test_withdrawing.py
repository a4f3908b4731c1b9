"""Withdrawing: until the decision an applicant may take it back, without a bad record."""

import pytest

from domain.case import events as e
from tests.given import fact, given, on
from tests.stories import (
    BREACHED,
    CLEARED,
    COMMITTED,
    DECLINED,
    DEFERRED_COMMITTED,
    EXCLUDED_CASE,
    FULFILLED,
    GRANTED,
    NOTIFIED,
    OPENED,
    REFUSED,
    WITHDRAWN,
)


@pytest.mark.parametrize(
    "story", [OPENED, CLEARED, NOTIFIED, COMMITTED, DEFERRED_COMMITTED], ids=len
)
def test_until_the_decision_an_application_may_be_taken_back(story):
    step = given(*story).when("withdraw", "暂缓开店")
    step.then(fact(e.CaseWithdrawn, reason="暂缓开店")).owes()
    assert step.it.stage.label == "转原审批程序"


@pytest.mark.parametrize(
    ("story", "stage"),
    [
        (GRANTED, "已准予"),
        (REFUSED, "不予准予"),
        (BREACHED, "发现违诺"),
        (FULFILLED, "已履约"),
        (EXCLUDED_CASE, "转原审批程序"),
        (DECLINED, "转原审批程序"),
        (WITHDRAWN, "转原审批程序"),
    ],
)
def test_afterwards_it_may_not(story, stage):
    given(*story).when("withdraw", "暂缓开店", at=on("2026-11-02")).refused(f"目前是“{stage}”")
