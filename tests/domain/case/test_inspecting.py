"""Inspection (工作方案 四·六): was the promise kept?  The decider does not inspect (I17)."""

import pytest

from domain.case import events as e
from domain.case import values as f
from tests import stories as s
from tests.given import (
    DECIDER,
    INSPECTOR,
    PROPOSER,
    SYSTEM,
    Fact,
    after,
    due,
    fact,
    given,
    on,
    told,
)

OTHER = f.BreachKind.NON_PERFORMANCE
OVERDUE = f.BreachKind.SUPPLEMENT_OVERDUE
NOT_BY_THE_DECIDER = "作出决定的人员不得参与同一案件的核查和整改认定（I17）"


def breach(kind: f.BreachKind, order_by: str) -> Fact:
    return fact(e.BreachFound, kind=kind, finding="与承诺不符", order_by=due(order_by))


@pytest.mark.parametrize("story", [s.GRANTED, s.RECTIFYING], ids=["granted", "rectifying"])
def test_a_kept_promise_ends_the_case(story):
    step = given(*story).when("pass_inspection", "与承诺一致", by=INSPECTOR, at=s.INSPECTION_DAY)
    step.then(fact(e.InspectionPassed, note="与承诺一致", **s.KEPT)).owes()
    assert step.it.stage.label == "已履约"


@pytest.mark.parametrize("story", [s.GRANTED, s.RECTIFYING], ids=["granted", "rectifying"])
def test_a_breach_is_followed_by_an_order_within_three_working_days(story):
    given(*story).when("find_breach", OTHER, "与承诺不符", by=INSPECTOR, at=s.INSPECTION_DAY).then(
        breach(OTHER, "2026-11-04")
    ).owes(("rectify", "2026-11-04"))


def test_the_decider_does_not_inspect():
    given(*s.GRANTED).when("pass_inspection", "与承诺一致", by=DECIDER).refused(NOT_BY_THE_DECIDER)
    given(*s.GRANTED).when("find_breach", OTHER, "与承诺不符", by=DECIDER).refused(
        NOT_BY_THE_DECIDER
    )


def test_the_decider_does_not_inspect_in_another_role_either():
    same_person = INSPECTOR.model_copy(update={"person": DECIDER.person})
    given(*s.GRANTED).when("pass_inspection", "与承诺一致", by=same_person).refused(
        NOT_BY_THE_DECIDER
    )


@pytest.mark.parametrize(
    "story", [s.DEFERRED_GRANTED, s.DEFERRED_SUPPLIED, s.DEFERRED_ACCEPTED], ids=len
)
def test_no_inspection_passes_while_a_material_is_missing(story):
    given(*story).when("pass_inspection", "与承诺一致", by=INSPECTOR, at=on("2026-10-10")).refused(
        "还有容缺材料没有补齐"
    )


def test_an_inspection_passes_once_every_material_is_accepted():
    day = on("2026-10-10")
    supplied = after(s.DEFERRED_ACCEPTED, "supply", "M-03", s.digest("plan"), at=day)
    complete = after(supplied, "accept", "M-03", at=day)
    given(*complete).when("pass_inspection", "与承诺一致", by=INSPECTOR, at=day).then(
        fact(e.InspectionPassed, note="与承诺一致", **s.KEPT)
    )


def test_a_missing_material_becomes_a_breach_after_its_due_date():
    given(*s.DEFERRED_GRANTED).when(
        "find_breach", OVERDUE, "与承诺不符", by=SYSTEM, at=on("2026-10-11")
    ).then(breach(OVERDUE, "2026-10-14")).owes(("rectify", "2026-10-14"))


@pytest.mark.parametrize(
    "story", [s.DEFERRED_GRANTED, s.DEFERRED_SUPPLIED, s.DEFERRED_ACCEPTED], ids=len
)
def test_a_missing_material_is_no_breach_on_its_last_day(story):
    given(*story).when(
        "find_breach", OVERDUE, "与承诺不符", by=SYSTEM, at=on("2026-10-10", hour=23)
    ).refused("没有已过补交期限的材料，不能认定逾期未补齐")


def test_no_material_is_overdue_when_none_is_missing():
    given(*s.GRANTED).when(
        "find_breach", OVERDUE, "与承诺不符", by=SYSTEM, at=s.INSPECTION_DAY
    ).refused("没有已过补交期限的材料，不能认定逾期未补齐")


def test_a_breach_that_is_not_overdue_material_is_found_on_any_day():
    given(*s.DEFERRED_GRANTED).when("find_breach", OTHER, "与承诺不符", by=INSPECTOR).then(
        breach(OTHER, "2026-10-08")
    )


@pytest.mark.parametrize(
    ("story", "stage"), [(s.COMMITTED, "已承诺"), (s.BREACHED, "发现违诺"), (s.FULFILLED, "已履约")]
)
def test_only_a_granted_or_rectifying_case_is_inspected(story, stage):
    at = s.INSPECTION_DAY
    given(*story).when("pass_inspection", "一致", by=INSPECTOR, at=at).refused(f"目前是“{stage}”")
    given(*story).when("find_breach", OTHER, "不符", by=INSPECTOR, at=at).refused(
        f"目前是“{stage}”"
    )


def test_the_finder_of_a_breach_is_an_investigator_from_then_on():
    assert told(*s.GRANTED).investigators == set()
    assert told(*s.BREACHED).investigators == {INSPECTOR.person}
    again = after(
        s.DEFERRED_RECTIFYING, "find_breach", OTHER, "不符", by=PROPOSER, at=s.INSPECTION_DAY
    )
    assert told(*again).investigators == {INSPECTOR.person, PROPOSER.person}


def test_time_never_runs_backwards_within_a_case():
    step = given(*s.BREACHED)
    step.when("order_rectification", ("配备人员",), by=INSPECTOR, at=on("2026-10-29"))
    assert step.it.pending_events[-1].timestamp == s.INSPECTION_DAY
