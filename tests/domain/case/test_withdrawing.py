"""Withdrawal: until the decision the applicant may withdraw, without a bad record."""

import pytest

from domain.case import events as e
from tests import stories as s
from tests.given import fact, given, on


@pytest.mark.parametrize(
    "story", [s.OPENED, s.CLEARED, s.NOTIFIED, s.COMMITTED, s.DEFERRED_COMMITTED], ids=len
)
def test_an_application_may_be_withdrawn_until_the_decision(story):
    step = given(*story).when("withdraw", "暂缓开店")
    step.then(fact(e.CaseWithdrawn, reason="暂缓开店")).owes()
    assert step.it.stage.label == "转原审批程序"


@pytest.mark.parametrize(
    ("story", "stage"),
    [
        (s.GRANTED, "已准予"),
        (s.REFUSED, "不予准予"),
        (s.BREACHED, "发现违诺"),
        (s.FULFILLED, "已履约"),
        (s.EXCLUDED_CASE, "转原审批程序"),
        (s.DECLINED, "转原审批程序"),
        (s.WITHDRAWN, "转原审批程序"),
    ],
)
def test_an_application_is_not_withdrawn_once_it_is_decided_or_diverted(story, stage):
    given(*story).when("withdraw", "暂缓开店", at=on("2026-11-02")).refused(f"目前是“{stage}”")
