"""Delivery of a decision (行政许可法 44), and the correction of a slip in an issued one."""

from datetime import date

import pytest

from domain.case import events as e
from domain.case.case import Case
from domain.case.delivery.values import DeliveryManner
from domain.case.promise.decisions import DecisionDocument
from domain.documents.kinds import DocumentKind
from domain.kernel.documents import issued_number
from domain.values.workdays import local_date
from tests import stories as s
from tests.domain.test_bounds import CORRECTED_AT, NOTICED, START, Trial, accepted_exactly
from tests.domain.test_events import loaded, stored
from tests.given import CLERK, DECIDER, MARKET_OFFICE, after, due, fact, given, history, on, told

LATER, NEXT_YEAR = on("2026-10-09"), date(2027, 9, 28)
AT_COUNTER = DeliveryManner.AT_COUNTER
DELIVER = ("deliver", AT_COUNTER, date(2026, 9, 30), s.RECEIPT)
AMEND = ("amend", s.DATED_PERMIT, "决定书漏写了有效期", "wu")
DECIDED = pytest.mark.parametrize("story", [s.GRANTED, s.REFUSED], ids=["granted", "refused"])


def before_delivery_was_recorded(story):
    """The case as a release recorded it that knew no delivery."""
    lines = [stored(event) for event in history(*story)]
    del lines[-1]["state"]["deliver_by"]
    return Case.replay(map(loaded, lines))


# delivering -------------------------------------------------------------------------------------


@DECIDED
def test_a_decision_is_owed_to_the_applicant_within_ten_working_days(story):
    assert ("deliver", due("2026-10-16"), "") in told(*story).duties


@DECIDED
def test_a_delivery_settles_its_duty_and_no_other(story):
    line = [duty for duty in told(*story).duties if duty.action != "deliver"]
    step = given(*story).when(*DELIVER, at=LATER)
    said = {"how": AT_COUNTER, "delivered_on": date(2026, 9, 30), "receipt": s.RECEIPT}
    step.then(fact(e.ResultDelivered, **said))
    assert [*step.it.duties] == line
    assert step.it.delivery.label == "已送达"
    assert step.it.stage is told(*story).stage


def test_nothing_is_delivered_or_corrected_before_it_is_decided():
    reason = "还没有作出准予或者不予准予的决定，没有可以送达、更正的决定书"
    given(*s.COMMITTED).when(*DELIVER, at=LATER).refused(reason)
    given(*s.COMMITTED).when(*AMEND, by=DECIDER, at=LATER).refused(reason)


def test_a_decision_is_delivered_once():
    given(*s.DELIVERED).when(*DELIVER, at=LATER).refused("目前是“已送达”")


def test_a_delivery_lies_between_the_decision_and_today():
    too_early = "决定的送达日期不能早于现行的决定书作出或者更正之日（《行政许可法》第四十四条）"
    too_late = "决定的送达日期不能晚于今天（《行政许可法》第四十四条）"
    for day, reason in ((date(2026, 9, 27), too_early), (date(2026, 10, 10), too_late)):
        given(*s.GRANTED).when("deliver", AT_COUNTER, day, s.RECEIPT, at=LATER).refused(reason)


@pytest.mark.parametrize("story", [s.FULFILLED, s.PENALIZED, s.SPARED, s.BREACHED], ids=len)
def test_a_decision_is_delivered_whatever_became_of_the_case(story):
    step = given(*story).when(*DELIVER, at=on("2026-11-30"))
    assert step.refusal is None
    assert "deliver" not in {duty.action for duty in step.it.duties}


@DECIDED
def test_a_decision_of_an_earlier_release_owes_no_delivery_and_may_be_delivered(story):
    old = before_delivery_was_recorded(story)
    assert "deliver" not in {duty.action for duty in old.duties}
    old.deliver(*DELIVER[1:], by=CLERK, at=LATER)
    assert old.delivered


@DECIDED
def test_an_event_without_a_later_fact_keeps_its_bytes(story):
    line = stored(history(*story)[-1])
    del line["state"]["deliver_by"]
    assert stored(loaded(line)) == line
    assert line["state"]["document"].keys() == {"number", "kind", "title"}


# correcting -------------------------------------------------------------------------------------


def test_a_correction_serves_the_decision_anew_and_it_is_owed_anew():
    step = given(*s.DELIVERED).when(*AMEND, by=DECIDER, at=LATER)
    facts = {"document": s.DATED_PERMIT, "reason": AMEND[2], "approved_by": "wu"}
    facts |= {"corrects": DocumentKind.GRANT, "former_numbers": (s.PERMIT.number,)}
    step.then(fact(e.DecisionCorrected, **facts, deliver_by=due("2026-10-22")))
    step.owes(("deliver", "2026-10-22"), ("inspect", "2026-10-30"))
    assert step.it.delivered is None
    assert step.it.decision_document == s.DATED_PERMIT
    served = [each.kind for each in step.it.last(e.DecisionCorrected).documents]
    assert served == [DocumentKind.GRANT, DocumentKind.DELIVERY]


def test_nobody_corrects_a_decision_alone():
    alone = (*AMEND[:3], DECIDER.person)
    reason = "批准更正的人须是录入更正的人员以外的人"
    given(*s.GRANTED).when(*alone, by=DECIDER, at=LATER).refused(reason)
    given(*s.GRANTED).when(*AMEND[:3], "ＱＩＡＮ", by=DECIDER, at=LATER).refused(reason)


def test_a_correction_corrects_something():
    same = ("amend", s.PERMIT, "没有错", "wu")
    reason = "更正后的决定文书与原来的完全相同，不需要更正"
    given(*s.GRANTED).when(*same, by=DECIDER, at=LATER).refused(reason)
    again = ("amend", s.DATED_PERMIT, "没有错", "wu")
    given(*s.AMENDED).when(*again, by=DECIDER, at=LATER).refused(reason)


def test_a_refusal_issues_no_licence():
    dated = DecisionDocument(**dict(s.REJECTION), valid_until=date(2031, 9, 27))
    given(*s.REFUSED).when("amend", dated, "漏写", "wu", by=DECIDER, at=LATER).refused(
        "不予准予的决定没有核发证照，不填写有效期和证照文件"
    )


def test_a_licence_ends_after_it_begins():
    backwards = s.PERMIT.model_copy(
        update={"valid_from": date(2026, 10, 1), "valid_until": date(2026, 9, 30)}
    )
    given(*s.COMMITTED).when("grant", backwards, by=DECIDER).refused(
        "有效期届满日期不能早于有效期起始之日，没有填写起始之日的为决定作出之日（《行政许可法》第五十条）"
    )


def test_only_a_number_that_the_decision_never_had_is_claimed():
    other = s.DATED_PERMIT.model_copy(update={"number": "义市监许〔2026〕118号"})
    moved = after(s.AMENDED, "amend", other, "文书号误写", "wu", by=DECIDER, at=LATER)
    back = after(moved, "amend", s.PERMIT, "还是原来的", "wu", by=DECIDER, at=LATER)
    *_, kept, renumbered, restored = history(*back)
    assert kept.numbers_issued == restored.numbers_issued == ()
    new = issued_number(MARKET_OFFICE.code, other.number, renumbered.day)
    assert renumbered.numbers_issued == (new,)
    assert restored.former_numbers == (s.PERMIT.number, s.PERMIT.number, other.number)


# the typed dates --------------------------------------------------------------------------------


def _granted(**days):
    return "grant", s.PERMIT.model_copy(update=days)


TRIALS = {
    "document.valid_from": Trial(
        s.COMMITTED, lambda day: _granted(valid_from=day), DECIDER, s.DAY_1, START, NEXT_YEAR
    ),
    "document.valid_until": Trial(
        s.COMMITTED,
        lambda day: _granted(valid_from=NEXT_YEAR, valid_until=day),
        DECIDER,
        s.DAY_1,
        NEXT_YEAR,
        date(2077, 9, 28),
    ),
    "document.valid_until, of a correction": Trial(
        s.DELIVERED,
        lambda day: ("amend", s.PERMIT.model_copy(update={"valid_until": day}), "漏写", "wu"),
        DECIDER,
        on("2026-10-09"),
        START,
        date(2076, 9, 28),
    ),
    "delivered_on": Trial(
        s.REFUSED,
        lambda day: ("deliver", DeliveryManner.BY_POST, day, s.RECEIPT),
        CLERK,
        NOTICED,
        START,
        local_date(NOTICED),
    ),
    "delivered_on, after a correction": Trial(
        s.AMENDED,
        lambda day: ("deliver", DeliveryManner.BY_POST, day, s.RECEIPT),
        CLERK,
        CORRECTED_AT,
        local_date(NOTICED),
        local_date(CORRECTED_AT),
    ),
}


@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)
def test_a_date_is_accepted_exactly_from_its_first_to_its_last_day(trial):
    accepted_exactly(trial)
