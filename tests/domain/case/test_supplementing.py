"""Supplying deferred materials: by their own date or, after a breach, by that of the order."""

import pytest

from domain.case import events as e
from domain.case import values as f
from tests import stories as s
from tests.given import INSPECTOR, after, due, fact, given, on, told

LAST_DAY, TOO_LATE = on("2026-10-10"), on("2026-10-11")
LAST_DAY_OF_THE_ORDER = on("2026-10-26")
PAPER = s.digest("health")
RESUPPLIED = after(
    s.DEFERRED_RECTIFYING, "supply", "M-03", s.digest("plan"), at=LAST_DAY_OF_THE_ORDER
)


@pytest.mark.parametrize("story", [s.DEFERRED_COMMITTED, s.DEFERRED_GRANTED], ids=len)
def test_a_material_supplied_on_its_last_day_makes_the_office_owe_a_review(story):
    step = given(*story).when("supply", "M-02", PAPER, at=LAST_DAY)
    step.then(fact(e.MaterialSupplied, material="M-02", digest=PAPER, review_by=due("2026-10-14")))
    duties = {(d.action, str(d.due.on), d.about) for d in step.it.duties}
    assert {("supply", "2026-10-10", "M-03"), ("review", "2026-10-14", "M-02")} < duties
    assert "M-02" not in {about for action, _, about in duties if action == "supply"}


def test_a_material_is_not_supplied_after_its_date():
    given(*s.DEFERRED_GRANTED).when("supply", "M-02", PAPER, at=TOO_LATE).refused(
        "补交期限已过；责令整改后可以在整改期限内补交"
    )


def test_a_rectification_order_reopens_the_supply_until_its_own_date():
    given(*s.DEFERRED_RECTIFYING).when("supply", "M-03", PAPER, at=LAST_DAY_OF_THE_ORDER).then(
        fact(e.MaterialSupplied, material="M-03", digest=PAPER, review_by=due("2026-10-29"))
    ).owes(("rectify", "2026-10-26"), ("review", "2026-10-29", "M-03"))
    given(*s.DEFERRED_RECTIFYING).when("supply", "M-03", PAPER, at=on("2026-10-27")).refused(
        "补交期限已过；责令整改后可以在整改期限内补交"
    )


def test_an_accepted_material_is_no_longer_missing():
    step = given(*s.DEFERRED_SUPPLIED).when("accept", "M-02", at=LAST_DAY)
    step.then(fact(e.MaterialAccepted, material="M-02")).owes(
        ("supply", "2026-10-10", "M-03"), ("inspect", "2026-10-30")
    )
    assert [m.code for m in step.it.outstanding] == ["M-03"]
    assert step.it.supplements["M-02"].supply.label == "已补齐"


def test_an_inadequate_material_goes_back_with_the_date_it_had():
    given(*s.DEFERRED_SUPPLIED).when("hand_back", "M-02", "已过有效期", at=LAST_DAY).then(
        fact(e.MaterialReturned, material="M-02", reason="已过有效期", due=due("2026-10-10"))
    ).owes(
        ("supply", "2026-10-10", "M-02"),
        ("supply", "2026-10-10", "M-03"),
        ("inspect", "2026-10-30"),
    )


def test_under_an_order_an_inadequate_material_goes_back_with_the_date_of_the_order():
    step = given(*RESUPPLIED).when("hand_back", "M-03", "比例不符", at=LAST_DAY_OF_THE_ORDER)
    step.then(
        fact(e.MaterialReturned, material="M-03", reason="比例不符", due=due("2026-10-26"))
    ).owes(("rectify", "2026-10-26"), ("supply", "2026-10-26", "M-03"))
    assert step.it.supplements["M-03"].due == due("2026-10-26")


def test_a_returned_material_is_supplied_again():
    given(*s.DEFERRED_RETURNED).when("supply", "M-02", s.digest("new"), at=LAST_DAY).then(
        fact(
            e.MaterialSupplied, material="M-02", digest=s.digest("new"), review_by=due("2026-10-14")
        )
    )


@pytest.mark.parametrize(
    ("story", "attempt", "stage"),
    [
        (s.DEFERRED_SUPPLIED, ("supply", "M-02", PAPER), "已补交待审"),
        (s.DEFERRED_ACCEPTED, ("supply", "M-02", PAPER), "已补齐"),
        (s.DEFERRED_GRANTED, ("accept", "M-02"), "待补交"),
        (s.DEFERRED_GRANTED, ("hand_back", "M-02", "已过有效期"), "待补交"),
        (s.DEFERRED_ACCEPTED, ("hand_back", "M-02", "已过有效期"), "已补齐"),
    ],
)
def test_a_material_is_supplied_while_awaited_and_reviewed_once_supplied(story, attempt, stage):
    given(*story).when(*attempt, at=LAST_DAY).refused(f"目前是“{stage}”")


@pytest.mark.parametrize(
    "attempt", [("supply", "M-02", PAPER), ("accept", "M-02"), ("hand_back", "M-02", "已过有效期")]
)
def test_no_material_is_supplied_or_reviewed_while_a_breach_waits_for_its_order(attempt):
    supplied = attempt[0] != "supply"
    story = after(
        s.DEFERRED_SUPPLIED if supplied else s.DEFERRED_GRANTED,
        "find_breach",
        f.BreachKind.SUPPLEMENT_OVERDUE,
        "逾期未补交",
        by=INSPECTOR,
        at=on("2026-10-12"),
    )
    given(*story).when(*attempt, at=on("2026-10-12")).refused(
        "案件已经办结或者正在等待责令整改，现在不能补交材料"
    )


@pytest.mark.parametrize(
    ("story", "code"),
    [(s.DEFERRED_GRANTED, "M-01"), (s.DEFERRED_NOTIFIED, "M-02"), (s.GRANTED, "M-02")],
)
@pytest.mark.parametrize("attempt", [("supply", PAPER), ("accept",), ("hand_back", "缺页")])
def test_only_a_deferred_material_is_supplied_or_reviewed(story, code, attempt):
    verb, *rest = attempt
    given(*story).when(verb, code, *rest).refused("这份材料不在本案的容缺清单内")


def test_the_case_takes_supplies_between_the_promise_and_its_end_but_not_during_a_breach():
    open_for_supplies = [
        told(*story).takes_supplies
        for story in (
            s.DEFERRED_CLEARED,
            s.DEFERRED_COMMITTED,
            s.DEFERRED_GRANTED,
            s.DEFERRED_BREACHED,
        )
    ]
    assert open_for_supplies == [False, True, True, False]
    assert told(*s.DEFERRED_RECTIFYING).takes_supplies


def test_after_a_breach_the_order_replaces_the_dates_of_the_materials():
    given(*s.DEFERRED_BREACHED).owes(("rectify", "2026-10-15"))
    given(*s.DEFERRED_RECTIFYING).owes(("rectify", "2026-10-26"))
